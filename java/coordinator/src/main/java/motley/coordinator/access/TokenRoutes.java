package motley.coordinator.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// A person's tokens for programs, over HTTP. A token makes no stronger and no longer-lived one.
final class TokenRoutes {
    private static final Duration LIFE = Duration.ofDays(90);

    private final Registry registry;

    TokenRoutes(Registry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/tokens", Scope.ACCOUNT, this::list),
                Route.brief(HttpMethod.POST, "/v1/tokens", Scope.ACCOUNT, this::create),
                Route.brief(HttpMethod.DELETE, "/v1/tokens/{token}", Scope.ACCOUNT, this::revoke));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        var tokens = registry.tokens().of(Caller.of(context).id());
        return Reply.ok(Reply.list("tokens", tokens, TokenRoutes::token));
    }

    private HttpResponse create(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("name", "scopes", "expiresInSeconds"));
        var name = fields.text("name");
        var words = fields.optionalTexts("scopes").orElse(List.of("read"));
        var scopes = Words.parse("scopes", words, TokenScope.class);
        var credential = Caller.credential(context);
        if (!credential.scopes().containsAll(scopes)) {
            var more = EnumSet.copyOf(scopes);
            more.removeAll(credential.scopes());
            throw new Problem(
                    HttpStatus.FORBIDDEN,
                    "scopes: %s (expected: none that the token which asks has not)"
                            .formatted(Words.list(more)));
        }
        var life = fields.seconds("expiresInSeconds", LIFE);
        long latestMs =
                credential instanceof Credential.Token(var asking)
                        ? asking.expiresAtMs()
                        : Long.MAX_VALUE;
        var owner = Caller.of(context).id();
        var created = registry.tokens().create(owner, name, scopes, life, latestMs);
        registry.note(context, "token-create", created.token().id() + " for " + Words.list(scopes));
        return Reply.of(HttpStatus.CREATED, token(created.token()).put("token", created.secret()));
    }

    private HttpResponse revoke(ServiceRequestContext context, HttpRequest request) {
        var id = String.valueOf(context.pathParam("token"));
        if (!registry.tokens().revoke(Caller.of(context).id(), id)) {
            throw Problem.notFound("token", id);
        }
        registry.note(context, "token-revoke", id);
        return HttpResponse.of(HttpStatus.NO_CONTENT);
    }

    private static ObjectNode token(ApiToken token) {
        var object =
                Reply.object()
                        .put("id", token.id())
                        .put("name", token.name())
                        .put("createdAtMs", token.createdAtMs())
                        .put("expiresAtMs", token.expiresAtMs());
        var scopes = object.putArray("scopes");
        token.scopes().stream().sorted().forEach(scope -> scopes.add(Words.of(scope)));
        return object;
    }
}
