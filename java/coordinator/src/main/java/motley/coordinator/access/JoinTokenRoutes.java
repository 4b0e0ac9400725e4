package motley.coordinator.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// A person's tokens for devices, over HTTP, also as a link and as a QR code of it.
final class JoinTokenRoutes {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final MediaType SVG = MediaType.parse("image/svg+xml");

    private final Registry registry;
    private final Proxies proxies;
    private final Consumer<List<String>> expel;

    JoinTokenRoutes(Registry registry, Proxies proxies, Consumer<List<String>> expel) {
        this.registry = registry;
        this.proxies = proxies;
        this.expel = expel;
    }

    List<Route> routes() {
        return List.of(
                route(HttpMethod.GET, "/v1/join-tokens", this::list),
                route(HttpMethod.POST, "/v1/join-tokens", this::create),
                route(HttpMethod.DELETE, "/v1/join-tokens/{token}", this::revoke),
                route(HttpMethod.GET, "/v1/join-tokens/{token}/qr.svg", this::picture));
    }

    private static Route route(HttpMethod method, String path, Route.Handler handler) {
        return Route.brief(method, path, Scope.PROVIDERS, handler);
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        var tokens = registry.joins().of(Caller.of(context).id());
        return Reply.ok(Reply.list("joinTokens", tokens, this::token));
    }

    private HttpResponse create(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("name", "expiresInSeconds"));
        var name = fields.optionalText("name").orElse("");
        var life = fields.seconds("expiresInSeconds", LIFE);
        var token = registry.joins().create(Caller.of(context).id(), name, life);
        registry.note(context, "join-token-create", token.id());
        return Reply.of(
                HttpStatus.CREATED,
                token(token)
                        .put("token", registry.joins().secret(token))
                        .put("link", link(context, request, token)));
    }

    /// Devices that came with it go.
    private HttpResponse revoke(ServiceRequestContext context, HttpRequest request) {
        var id = String.valueOf(context.pathParam("token"));
        var devices = registry.joins().revoke(Caller.of(context).id(), id);
        expel.accept(devices.orElseThrow(() -> Problem.notFound("join token", id)));
        registry.note(context, "join-token-revoke", id);
        return HttpResponse.of(HttpStatus.NO_CONTENT);
    }

    private HttpResponse picture(ServiceRequestContext context, HttpRequest request) {
        var id = String.valueOf(context.pathParam("token"));
        var token =
                registry.joins().of(Caller.of(context).id()).stream()
                        .filter(known -> known.id().equals(id))
                        .findFirst()
                        .orElseThrow(() -> Problem.notFound("join token", id));
        if (registry.joins().hasExpired(token)) {
            throw new Problem(HttpStatus.GONE, "join token: expired (expected: a new one)");
        }
        return HttpResponse.of(HttpStatus.OK, SVG, QrCode.of(link(context, request, token)).svg());
    }

    private String link(ServiceRequestContext context, HttpRequest request, JoinToken token) {
        var address = proxies.address(context, request.headers());
        return address + "/#join=" + registry.joins().secret(token);
    }

    private ObjectNode token(JoinToken token) {
        return Reply.object()
                .put("id", token.id())
                .put("name", token.name())
                .put("createdAtMs", token.createdAtMs())
                .put("expiresAtMs", token.expiresAtMs())
                .put("isExpired", registry.joins().hasExpired(token))
                .put("devices", token.devices());
    }
}
