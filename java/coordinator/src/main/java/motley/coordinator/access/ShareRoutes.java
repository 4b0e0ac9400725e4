package motley.coordinator.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.Set;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// With whom things of a kind are shared, over HTTP: with people by name, or with everybody. Only
/// their owners see and change that.
public final class ShareRoutes {
    private final Access access;
    private final Shared shared;
    private final Mine mine;

    /// What is shared.
    ///
    /// @param kind as [Shares.Thing] has it
    /// @param path of one of them
    /// @param most what others may do with it at most
    public record Shared(String kind, String path, Shares.May most) {}

    /// Finds what a path names.
    public interface Mine {
        /// @return its id
        /// @throws Problem if there is none, or it is not the caller's to share
        String of(ServiceRequestContext context);
    }

    public ShareRoutes(Access access, Shared shared, Mine mine) {
        this.access = access;
        this.shared = shared;
        this.mine = mine;
    }

    public List<Route> routes() {
        var all = shared.path + "/shares";
        var one = all + "/{person}";
        return List.of(
                Route.brief(HttpMethod.GET, all, Scope.REQUESTORS, this::list),
                Route.brief(HttpMethod.PUT, one, Scope.REQUESTORS, this::put),
                Route.brief(HttpMethod.DELETE, one, Scope.REQUESTORS, this::remove));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(Reply.list("shares", access.shares().of(thing(context)), this::share));
    }

    private HttpResponse put(ServiceRequestContext context, HttpRequest request) {
        var thing = thing(context);
        var person = person(context);
        var may = Shares.May.of(JsonFields.of(request, Set.of("may")).text("may"));
        if (may.compareTo(shared.most) > 0) {
            throw new IllegalArgumentException(
                    "may: %s (expected: %s, the most for a %s)"
                            .formatted(Words.of(may), Words.of(shared.most), shared.kind));
        }
        access.shares().put(thing, person, may);
        access.note(context, "share", "%s %s with %s".formatted(shared.kind, thing.id(), person));
        return Reply.ok(share(new Shares.Share(person, may)));
    }

    private HttpResponse remove(ServiceRequestContext context, HttpRequest request) {
        var thing = thing(context);
        var person = person(context);
        if (!access.shares().remove(thing, person)) throw Problem.notFound("share", person);
        access.note(
                context, "share-end", "%s %s with %s".formatted(shared.kind, thing.id(), person));
        return HttpResponse.of(HttpStatus.NO_CONTENT);
    }

    private Shares.Thing thing(ServiceRequestContext context) {
        return new Shares.Thing(shared.kind, mine.of(context));
    }

    private String person(ServiceRequestContext context) {
        var name = String.valueOf(context.pathParam("person"));
        if (name.equals(Shares.EVERYBODY)) return name;
        return access.personId(name).orElseThrow(() -> Problem.notFound("person", name));
    }

    private ObjectNode share(Shares.Share share) {
        return Reply.object()
                .put("person", share.person())
                .put("name", access.nameOf(share.person()))
                .put("may", Words.of(share.may()));
    }
}
