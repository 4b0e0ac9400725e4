package motley.coordinator.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// What administrators read of who did what.
final class AuditRoutes {
    private static final int PAGE = 100;

    private final Registry registry;

    AuditRoutes(Registry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(Route.brief(HttpMethod.GET, "/v1/audit", Scope.ADMINISTRATORS, this::list));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        long before = number(context, "before", Long.MAX_VALUE);
        int count = Math.clamp(number(context, "count", PAGE), 1, AuditLog.PAGE_MAX);
        return Reply.ok(
                Reply.list("entries", registry.audit().before(before, count), AuditRoutes::entry));
    }

    private static long number(ServiceRequestContext context, String name, long usual) {
        var text = context.queryParam(name);
        if (text == null) return usual;
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a whole number)".formatted(name, text), e);
        }
    }

    private static ObjectNode entry(AuditLog.Entry entry) {
        return Reply.object()
                .put("sequence", entry.sequence())
                .put("atMs", entry.atMs())
                .put("person", entry.person())
                .put("name", entry.name())
                .put("action", entry.action())
                .put("subject", entry.subject())
                .put("address", entry.address());
    }
}
