package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import motley.coordinator.access.Access;
import motley.coordinator.access.Caller;
import motley.coordinator.access.Role;
import motley.coordinator.credits.CreditStore;
import motley.coordinator.http.Page;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.storage.RunRow;

/// What devices did, for whom, and with what effect: the answers that count, by the ledger, which
/// knows them over restarts; and whether a device will help.
final class DeviceWorkRoutes {
    private static final int FORECASTS_MAX = 8;

    private final Fleet fleet;
    private final Runs runs;
    private final CreditStore credits;
    private final Access access;
    private final HelpForecast forecast;

    DeviceWorkRoutes(Coordinator.Parts parts) {
        fleet = parts.fleet();
        runs = parts.runs();
        credits = parts.credits();
        access = parts.access();
        forecast = parts.forecast();
    }

    List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/devices/work", Scope.PEOPLE, this::all),
                Route.brief(HttpMethod.GET, "/v1/devices/{device}/work", Scope.PEOPLE, this::work),
                // Rounds are simulated.
                Route.lengthy(
                        HttpMethod.GET,
                        "/v1/devices/{device}/forecast",
                        Scope.PEOPLE,
                        this::forecast));
    }

    /// One's own devices that were ever paid for something, also those that are not here.
    private HttpResponse all(ServiceRequestContext context, HttpRequest request) {
        var person = Caller.of(context);
        var names = new HashMap<String, String>();
        fleet.views().forEach(device -> names.put(device.id(), device.name()));
        return Reply.ok(
                Page.of(context)
                        .replyFrom(
                                "devices",
                                credits.earnings(person.id()),
                                each -> of(each, names),
                                CreditStore.Earning::device));
    }

    private static ObjectNode of(CreditStore.Earning earning, Map<String, String> names) {
        var object =
                Reply.object()
                        .put("device", earning.device())
                        .put("runs", earning.runs())
                        .put("tasks", earning.tasks())
                        .put("samples", earning.samples())
                        .put("micros", earning.micros())
                        .put("lastAtMs", earning.lastAtMs());
        var name = names.get(earning.device());
        if (name != null) object.put("name", name);
        return object;
    }

    /// For each run under way that may be given to it.
    private HttpResponse forecast(ServiceRequestContext context, HttpRequest request) {
        var id = String.valueOf(context.pathParam("device"));
        var connected =
                fleet.views().stream()
                        .filter(device -> device.state() != DeviceView.State.SILENT)
                        .toList();
        var device =
                connected.stream()
                        .filter(each -> each.id().equals(id))
                        .filter(each -> Caller.of(context).mayUse(each.owner()))
                        .findFirst()
                        .orElseThrow(() -> Problem.notFound("device", id));
        var candidate = new Contributors.Candidate(device.id(), device.name(), device.owner());
        var object = Reply.object().put("device", id);
        var array = object.putArray("runs");
        runs.all().reversed().stream()
                .filter(run -> run.status() == RunRow.Status.ACTIVE)
                .filter(run -> run.request().claim().contributors().admits(candidate, run.owner()))
                .limit(FORECASTS_MAX)
                .forEach(run -> array.add(of(run, device, forecast.of(run, device, connected))));
        return Reply.ok(object);
    }

    private ObjectNode of(RunHandle run, DeviceView device, HelpForecast.Help help) {
        var object =
                Reply.object()
                        .put("run", run.id())
                        .put("model", run.request().model().name())
                        .put("for", access.nameOf(run.owner()))
                        .put("isAtWork", device.run().filter(run.id()::equals).isPresent())
                        .put("verdict", Json.word(help.verdict()))
                        .put("isMeasured", help.isMeasured());
        help.with().ifPresent(perSecond -> object.put("samplesPerSecondWith", perSecond));
        help.without().ifPresent(perSecond -> object.put("samplesPerSecondWithout", perSecond));
        return object;
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
