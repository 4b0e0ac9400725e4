package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.Set;
import motley.coordinator.access.Access;
import motley.coordinator.access.Caller;
import motley.coordinator.access.Shares;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// With whom runs are shared, over HTTP. Only their owners see and change that.
final class RunShareRoutes {
    private final Runs runs;
    private final Access access;

    RunShareRoutes(Runs runs, Access access) {
        this.runs = runs;
        this.access = access;
    }

    List<Route> routes() {
        var one = "/v1/runs/{run}/shares/{person}";
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/runs/{run}/shares", Scope.REQUESTORS, this::list),
                Route.brief(HttpMethod.PUT, one, Scope.REQUESTORS, this::put),
                Route.brief(HttpMethod.DELETE, one, Scope.REQUESTORS, this::remove));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        var shares = access.shares().of(mine(context));
        return Reply.ok(Reply.list("shares", shares, this::share));
    }

    private HttpResponse put(ServiceRequestContext context, HttpRequest request) {
        var thing = mine(context);
        var person = person(context);
        var may = Shares.May.of(JsonFields.of(request, Set.of("may")).text("may"));
        access.shares().put(thing, person, may);
        access.note(context, "share", "run %s with %s".formatted(thing.id(), person));
        return Reply.ok(share(new Shares.Share(person, may)));
    }

    private HttpResponse remove(ServiceRequestContext context, HttpRequest request) {
        var thing = mine(context);
        var person = person(context);
        if (!access.shares().remove(thing, person)) throw Problem.notFound("share", person);
        access.note(context, "share-end", "run %s with %s".formatted(thing.id(), person));
        return HttpResponse.of(HttpStatus.NO_CONTENT);
    }

    private Shares.Thing mine(ServiceRequestContext context) {
        var id = String.valueOf(context.pathParam("run"));
        return runs.find(id)
                .filter(run -> Caller.of(context).mayUse(run.owner()))
                .map(run -> new Shares.Thing("run", run.id()))
                .orElseThrow(() -> Problem.notFound("run", id));
    }

    private String person(ServiceRequestContext context) {
        var name = String.valueOf(context.pathParam("person"));
        return access.personId(name).orElseThrow(() -> Problem.notFound("person", name));
    }

    private ObjectNode share(Shares.Share share) {
        return Reply.object()
                .put("person", share.person())
                .put("name", access.nameOf(share.person()))
                .put("may", Json.word(share.may()));
    }
}
