package motley.coordinator;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import motley.coordinator.access.Access;
import motley.coordinator.access.Caller;
import motley.coordinator.access.Shares;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.models.ModelForm;

/// Runs over HTTP: start them, look at them, steer them, take what they learned.
final class RunRoutes {
    static final String KIND = "run";

    private final Runs runs;
    private final Listeners listeners;
    private final Access access;
    private final RequestReader reader;
    private final RunModels models;

    RunRoutes(Coordinator.Parts parts, RunModels models) {
        runs = parts.runs();
        listeners = parts.listeners();
        access = parts.access();
        reader = new RequestReader(parts.models(), parts.datasets(), access.blobs());
        this.models = models;
    }

    HttpResponse start(ServiceRequestContext context, HttpRequest request) throws IOException {
        var person = Caller.of(context);
        var body = request.aggregate().join().contentUtf8();
        return created(runs.start(reader.read(person, body), person.id()));
    }

    /// The settings are those of the other run, but for the fields of the body.
    HttpResponse startFrom(ServiceRequestContext context, HttpRequest request) throws IOException {
        var ancestor = find(context);
        var person = Caller.of(context);
        var body = request.aggregate().join().contentUtf8();
        var settings = reader.read(person, ancestor.request(), body);
        var which = which(context, Runs.Which.LATEST);
        return created(runs.startFrom(ancestor, which, settings, person.id()));
    }

    static Runs.Which which(ServiceRequestContext context, Runs.Which usual) {
        var word = context.queryParam("checkpoint");
        if (word == null) return usual;
        return switch (word) {
            case "latest" -> Runs.Which.LATEST;
            case "best" -> Runs.Which.BEST;
            default ->
                    throw new IllegalArgumentException(
                            "checkpoint: %s (expected: latest or best)".formatted(word));
        };
    }

    private static HttpResponse created(RunHandle run) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.CREATED)
                        .contentType(MediaType.JSON_UTF_8)
                        .add(HttpHeaderNames.LOCATION, "/v1/runs/" + run.id())
                        .build(),
                HttpData.ofUtf8(Json.run(run.view()).toString()));
    }

    HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        var person = Caller.of(context);
        var shared = access.shares().with(person, KIND);
        var views =
                runs.all().stream()
                        .filter(run -> person.mayUse(run.owner()) || shared.contains(run.id()))
                        .map(RunHandle::view)
                        .toList();
        return Reply.ok(Reply.list("runs", views, Json::run));
    }

    HttpResponse show(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(Json.run(find(context).view()));
    }

    HttpResponse events(ServiceRequestContext context, HttpRequest request) {
        boolean withTimes = "true".equals(context.queryParam("times"));
        return EventStream.of(find(context), listeners, withTimes);
    }

    HttpResponse stop(ServiceRequestContext context, HttpRequest request) {
        active(context).stop("asked for");
        return accepted();
    }

    HttpResponse pause(ServiceRequestContext context, HttpRequest request) {
        active(context).pause();
        return accepted();
    }

    HttpResponse resume(ServiceRequestContext context, HttpRequest request) {
        active(context).resume();
        return accepted();
    }

    /// Other dials for a run.
    HttpResponse change(ServiceRequestContext context, HttpRequest request) {
        var run = active(context);
        var body = request.aggregate().join().contentUtf8();
        var change = StrategyJson.object(body);
        var claimed = change.deepCopy().retain(Claim.CHANGEABLE);
        var claim = run.request().claim().with(claimed);
        var dials = change.deepCopy().remove(Claim.CHANGEABLE);
        if (!dials.isEmpty() || claimed.isEmpty()) {
            runs.choose(run, StrategyJson.change(run.request(), dials.toString()));
        }
        if (!claimed.isEmpty()) runs.claim(run, claim);
        return Reply.ok(Json.run(run.view()));
    }

    HttpResponse model(ServiceRequestContext context, HttpRequest request) throws IOException {
        var run = find(context);
        boolean isChosen = context.queryParam("checkpoint") != null;
        var form = ModelForm.of(context);
        var elements =
                isChosen
                        ? runs.weights(run.id(), which(context, Runs.Which.LATEST))
                        : runs.weights(run);
        return models.answer(
                run,
                elements.orElseThrow(
                        () ->
                                new Problem(
                                        HttpStatus.CONFLICT,
                                        "run: %s has no such checkpoint yet".formatted(run.id()))),
                form);
    }

    /// The id of the caller's own run that the path names; another's is not there at all.
    String mine(ServiceRequestContext context) {
        var id = String.valueOf(context.pathParam("run"));
        return runs.find(id)
                .filter(run -> Caller.of(context).mayUse(run.owner()))
                .map(RunHandle::id)
                .orElseThrow(() -> Problem.notFound("run", id));
    }

    /// The run that the path names; another's is not there at all.
    RunHandle find(ServiceRequestContext context) {
        var id = String.valueOf(context.pathParam("run"));
        return runs.find(id)
                .filter(run -> allows(context, run, Shares.May.READ))
                .orElseThrow(() -> Problem.notFound("run", id));
    }

    private boolean allows(ServiceRequestContext context, RunHandle run, Shares.May may) {
        var thing = new Shares.Thing(KIND, run.id());
        return access.shares().allows(Caller.of(context), may, thing, run.owner());
    }

    private RunHandle active(ServiceRequestContext context) {
        var run = find(context);
        if (!allows(context, run, Shares.May.WRITE)) {
            throw new Problem(
                    HttpStatus.FORBIDDEN,
                    "run: %s is shared with you to read (expected: to write)".formatted(run.id()));
        }
        if (!run.status().isOver()) return run;
        throw new Problem(HttpStatus.CONFLICT, "run: %s is over".formatted(run.id()));
    }

    private static HttpResponse accepted() {
        return HttpResponse.of(ResponseHeaders.of(HttpStatus.ACCEPTED));
    }
}
