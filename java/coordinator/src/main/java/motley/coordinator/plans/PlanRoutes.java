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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.storage.BlobStore;
import org.jspecify.annotations.Nullable;

/// Plans over HTTP.
public final class PlanRoutes {
    private static final int ABILITIES_MAX = 64;
    private static final int ABILITY_CHARS_MAX = 100;
    private static final String ENGINE = "engine";
    private static final String MEMORY = "memoryBytes";

    private final Plans plans;

    public PlanRoutes(Plans plans) {
        this.plans = plans;
    }

    public List<Route> routes() {
        return List.of(
                Route.brief(
                        HttpMethod.GET, "/v1/programs/{sha256}/plan", Scope.DEVICE, this::plan));
    }

    private HttpResponse plan(ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        var program = String.valueOf(context.pathParam("sha256"));
        require(BlobStore.isName(program), "sha256: %s (expected: 64 hexadecimal digits)", program);
        var abilities = abilities(context);
        var engine = abilities.remove(ENGINE);
        require(engine != null, "engine: missing (expected: one of %s)", plans.engines());
        var memory = abilities.remove(MEMORY);
        var device = new Plans.Device(String.valueOf(engine), memoryBytes(memory), abilities);
        var plan =
                plans.plan(program, device).orElseThrow(() -> Problem.notFound("program", program));
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.JSON_UTF_8)
                        .contentLength(plan.length)
                        .add(HttpHeaderNames.CACHE_CONTROL, "private, no-cache")
                        .build();
        return HttpResponse.of(headers, HttpData.wrap(plan));
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
