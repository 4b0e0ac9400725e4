package motley.coordinator.operations;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.function.Consumer;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// Where probes and Prometheus look. The first two tell everybody that there is a coordinator and
/// whether it works, nothing of what it does.
public final class OperationRoutes {
    private final Readiness readiness;
    private final Consumer<Exposition> figures;

    /// @param figures writes all of them
    public OperationRoutes(Readiness readiness, Consumer<Exposition> figures) {
        this.readiness = readiness;
        this.figures = figures;
    }

    public List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/healthz", Scope.PUBLIC, this::live),
                Route.brief(HttpMethod.GET, "/readyz", Scope.PUBLIC, this::ready),
                Route.brief(HttpMethod.GET, "/metrics", Scope.MONITORS, this::metrics));
    }

    private HttpResponse live(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(Reply.object().put("status", "ok"));
    }

    private HttpResponse ready(ServiceRequestContext context, HttpRequest request) {
        var report = readiness.look();
        var object = Reply.object().put("status", report.isReady() ? "ready" : "not-ready");
        var checks = object.putObject("checks");
        report.works().forEach(checks::put);
        var status = report.isReady() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
        return Reply.of(status, object);
    }

    private HttpResponse metrics(ServiceRequestContext context, HttpRequest request) {
        var text = new Exposition();
        figures.accept(text);
        return HttpResponse.of(HttpStatus.OK, MediaType.parse(Exposition.MEDIA_TYPE), text.text());
    }
}
