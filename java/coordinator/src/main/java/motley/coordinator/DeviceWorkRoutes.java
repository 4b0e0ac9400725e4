package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import motley.coordinator.access.Access;
import motley.coordinator.access.Caller;
import motley.coordinator.access.Role;
import motley.coordinator.credits.CreditStore;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// What a device did, for whom, and with what effect: the answers that count, by the ledger, which
/// knows them over restarts.
final class DeviceWorkRoutes {
    private final Fleet fleet;
    private final Runs runs;
    private final CreditStore credits;
    private final Access access;

    DeviceWorkRoutes(Coordinator.Parts parts) {
        fleet = parts.fleet();
        runs = parts.runs();
        credits = parts.credits();
        access = parts.access();
    }

    List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/devices/{device}/work", Scope.PEOPLE, this::work));
    }

    /// Of a device that was somebody else's before only what it did since.
    private HttpResponse work(ServiceRequestContext context, HttpRequest request) {
        var id = String.valueOf(context.pathParam("device"));
        var person = Caller.of(context);
        var owner =
                access.ownerOf(id)
                        .filter(person::mayUse)
                        .orElseThrow(() -> Problem.notFound("device", id));
        var payee = person.is(Role.ADMINISTRATOR) ? "" : owner;
        var work = credits.work(id, payee);
        var object = Reply.object().put("device", id);
        fleet.views().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .ifPresent(device -> object.put("name", device.name()));
        object.put("tasks", work.stream().mapToLong(CreditStore.Contribution::tasks).sum())
                .put("samples", work.stream().mapToLong(CreditStore.Contribution::samples).sum())
                .put("flops", work.stream().mapToLong(CreditStore.Contribution::flops).sum())
                .put("micros", work.stream().mapToLong(CreditStore.Contribution::micros).sum());
        var array = object.putArray("runs");
        work.forEach(each -> array.add(of(each)));
        return Reply.ok(object);
    }

    private ObjectNode of(CreditStore.Contribution work) {
        long all = credits.paid(work.run());
        var object =
                Reply.object()
                        .put("run", work.run())
                        .put("tasks", work.tasks())
                        .put("samples", work.samples())
                        .put("flops", work.flops())
                        .put("micros", work.micros())
                        .put("share", all == 0 ? 0 : (double) work.micros() / all)
                        .put("firstAtMs", work.firstAtMs())
                        .put("lastAtMs", work.lastAtMs());
        var run = runs.find(work.run());
        if (run.isEmpty()) return object;
        var view = run.get().view();
        object.put("model", view.request().model().name())
                .put("for", access.nameOf(view.owner()))
                .put("status", Json.word(view.status()));
        view.lastEvaluation().ifPresent(metric -> object.set("effect", Json.metric(metric)));
        return object;
    }
}
