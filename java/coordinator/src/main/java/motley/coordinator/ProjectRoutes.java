package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.function.Function;
import motley.coordinator.access.Caller;
import motley.coordinator.http.Page;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.projects.Project;

/// Projects over HTTP: prepare, look at, start, steer, copy and compare them.
final class ProjectRoutes {
    private static final String ALL = "/v1/projects";
    private static final String ONE = ALL + "/{project}";

    private final Projects projects;
    private final ProjectComparison comparison;
    private final ProjectJson json;

    ProjectRoutes(Projects projects, ProjectComparison comparison) {
        this.projects = projects;
        this.comparison = comparison;
        json = new ProjectJson(projects);
    }

    List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.POST, ALL, Scope.REQUESTORS, this::create),
                Route.brief(HttpMethod.GET, ALL, Scope.PEOPLE, this::list),
                Route.brief(HttpMethod.POST, ALL + "/check", Scope.REQUESTORS, this::check),
                Route.brief(HttpMethod.GET, ONE, Scope.PEOPLE, this::show),
                Route.brief(HttpMethod.PATCH, ONE, Scope.REQUESTORS, this::change),
                Route.brief(HttpMethod.DELETE, ONE, Scope.REQUESTORS, this::remove),
                verb("start", c -> projects.start(find(c), Caller.of(c))),
                verb("stop", c -> projects.stop(find(c))),
                verb("pause", c -> projects.pause(find(c))),
                verb("resume", c -> projects.resume(find(c))),
                Route.brief(HttpMethod.POST, ONE + "/clone", Scope.REQUESTORS, this::copy),
                Route.brief(HttpMethod.POST, ONE + "/continue", Scope.REQUESTORS, this::goOn),
                Route.brief(HttpMethod.GET, ONE + "/comparison", Scope.PEOPLE, this::compare));
    }

    private Route verb(String verb, Function<ServiceRequestContext, Project> doing) {
        return Route.brief(
                HttpMethod.POST,
                ONE + "/" + verb,
                Scope.REQUESTORS,
                (c, r) -> Reply.of(HttpStatus.ACCEPTED, json.brief(doing.apply(c))));
    }

    private HttpResponse create(ServiceRequestContext context, HttpRequest request) {
        return created(context, projects.create(fields(request), Caller.of(context)));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        var mine = projects.of(Caller.of(context)).reversed();
        return Reply.ok(Page.of(context).replyFrom("projects", mine, json::brief, Project::id));
    }

    /// What would be said to a project with these fields. Nothing is kept.
    private HttpResponse check(ServiceRequestContext context, HttpRequest request) {
        var found = projects.look(fields(request), Caller.of(context));
        return Reply.ok(ProjectJson.addTo(Reply.object(), found));
    }

    private HttpResponse show(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(whole(context, find(context)));
    }

    private HttpResponse change(ServiceRequestContext context, HttpRequest request) {
        var person = Caller.of(context);
        var changed = projects.change(find(context), fields(request), person);
        return Reply.ok(whole(context, changed));
    }

    private HttpResponse remove(ServiceRequestContext context, HttpRequest request) {
        projects.remove(find(context));
        return HttpResponse.of(HttpStatus.NO_CONTENT);
    }

    private HttpResponse copy(ServiceRequestContext context, HttpRequest request) {
        var copy = projects.copy(find(context), fields(request), Caller.of(context));
        return created(context, copy);
    }

    private HttpResponse goOn(ServiceRequestContext context, HttpRequest request) {
        var which = RunRoutes.which(context, Runs.Which.LATEST);
        var next = projects.goOn(find(context), which, fields(request), Caller.of(context));
        return created(context, next);
    }

    private HttpResponse compare(ServiceRequestContext context, HttpRequest request) {
        var first = find(context);
        var with = String.valueOf(context.queryParam("with"));
        var second =
                projects.find(with)
                        .filter(other -> Caller.of(context).mayUse(other.owner()))
                        .orElseThrow(() -> Problem.notFound("with", with));
        return Reply.ok(comparison.of(first, second));
    }

    private HttpResponse created(ServiceRequestContext context, Project project) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.CREATED)
                        .contentType(MediaType.JSON_UTF_8)
                        .add(HttpHeaderNames.LOCATION, ALL + "/" + project.id())
                        .build(),
                HttpData.ofUtf8(whole(context, project).toString()));
    }

    private ObjectNode whole(ServiceRequestContext context, Project project) {
        var fields = Projects.fields(project.fields());
        var found =
                project.isOpen()
                        ? projects.look(fields, Caller.of(context))
                        : ProjectCheck.Found.NOTHING;
        return json.whole(project, found);
    }

    private static ObjectNode fields(HttpRequest request) {
        return Projects.fields(request.aggregate().join().contentUtf8());
    }

    /// The project that the path names; another's is not there at all.
    private Project find(ServiceRequestContext context) {
        var id = String.valueOf(context.pathParam("project"));
        return projects.find(id)
                .filter(project -> Caller.of(context).mayUse(project.owner()))
                .orElseThrow(() -> Problem.notFound("project", id));
    }
}
