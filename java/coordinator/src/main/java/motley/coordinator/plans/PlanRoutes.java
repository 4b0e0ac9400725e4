package motley.coordinator.plans;

import static motley.tensor.Require.require;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.storage.BlobStore;
import org.jspecify.annotations.Nullable;

/// Plans over HTTP.
public final class PlanRoutes {
    private static final int ABILITIES_MAX = 64;
    private static final int ABILITY_CHARS_MAX = 100;
    private static final int TUNED_MAX = 16;
    private static final String KERNEL = "[a-z0-9 ]{1,100}";
    private static final String ENGINE = "engine";
    private static final String MEMORY = "memoryBytes";

    private final Plans plans;

    public PlanRoutes(Plans plans) {
        this.plans = plans;
    }

    public List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/programs/{sha256}/plan", Scope.DEVICE, this::plan),
                Route.brief(HttpMethod.GET, "/v1/self-test", Scope.DEVICE, this::selfTest),
                Route.brief(HttpMethod.POST, "/v1/tunings", Scope.DEVICE, this::tune));
    }

    private HttpResponse tune(ServiceRequestContext context, HttpRequest request) {
        var abilities = abilities(context);
        var device = device(abilities);
        var fields = JsonFields.of(request, Set.of("kernels", "variants"));
        var kernels = fields.texts("kernels");
        var variants = fields.texts("variants");
        require(
                kernels.size() == variants.size() && kernels.size() <= TUNED_MAX,
                "kernels: %d with %d variants (expected: as many, at most %d)",
                kernels.size(),
                variants.size(),
                TUNED_MAX);
        var found = new LinkedHashMap<String, String>();
        for (int i = 0; i < kernels.size(); i++) {
            var kernel = kernels.get(i);
            require(
                    kernel.matches(KERNEL),
                    "kernel: %.100s (expected: letters, digits and spaces, at most 100)",
                    kernel);
            found.put(kernel, variants.get(i));
        }
        plans.tune(device, found);
        return Reply.ok(Reply.object());
    }

    /// @param abilities without what is no ability, afterwards
    private Plans.Device device(Map<String, String> abilities) {
        var engine = abilities.remove(ENGINE);
        require(engine != null, "engine: missing (expected: one of %s)", plans.engines());
        var memory = abilities.remove(MEMORY);
        return new Plans.Device(String.valueOf(engine), memoryBytes(memory), abilities);
    }

    private HttpResponse plan(ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        var program = String.valueOf(context.pathParam("sha256"));
        require(BlobStore.isName(program), "sha256: %s (expected: 64 hexadecimal digits)", program);
        var abilities = abilities(context);
        var device = device(abilities);
        var plan =
                plans.plan(program, device).orElseThrow(() -> Problem.notFound("program", program));
        return json(plan);
    }

    private HttpResponse selfTest(ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        return json(plans.selfTest(device(abilities(context))));
    }

    private static HttpResponse json(byte[] text) {
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.JSON_UTF_8)
                        .contentLength(text.length)
                        .add(HttpHeaderNames.CACHE_CONTROL, "private, no-cache")
                        .build();
        return HttpResponse.of(headers, HttpData.wrap(text));
    }

    private static Map<String, String> abilities(ServiceRequestContext context) {
        var abilities = new TreeMap<String, String>();
        var params = context.queryParams();
        require(
                params.size() <= ABILITIES_MAX,
                "abilities: %d (expected: at most %d)",
                params.size(),
                ABILITIES_MAX);
        for (var name : params.names()) {
            var value = String.valueOf(params.get(name));
            require(
                    Math.max(name.length(), value.length()) <= ABILITY_CHARS_MAX,
                    "abilities: one of %d characters (expected: at most %d)",
                    Math.max(name.length(), value.length()),
                    ABILITY_CHARS_MAX);
            abilities.put(name, value);
        }
        return abilities;
    }

    private static long memoryBytes(@Nullable String text) {
        if (text == null) return Long.MAX_VALUE;
        try {
            long bytes = Long.parseLong(text);
            require(bytes >= 1, "memoryBytes: %d (expected: at least 1)", bytes);
            return bytes;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "memoryBytes: %s (expected: a whole number)".formatted(text), e);
        }
    }
}
