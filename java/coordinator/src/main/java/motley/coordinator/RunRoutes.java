package motley.coordinator;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;

/// Runs over HTTP: start them, look at them, steer them, take what they learned.
final class RunRoutes {
    private static final MediaType SAFETENSORS = MediaType.OCTET_STREAM;

    private final Runs runs;
    private final Listeners listeners;

    RunRoutes(Runs runs, Listeners listeners) {
        this.runs = runs;
        this.listeners = listeners;
    }

    HttpResponse start(ServiceRequestContext context, HttpRequest request) throws IOException {
        var body = request.aggregate().join().contentUtf8();
        return created(runs.start(RunRequestJson.parse(body)));
    }

    /// The settings are those of the other run, but for the fields of the body.
    HttpResponse startFrom(ServiceRequestContext context, HttpRequest request) throws IOException {
        var ancestor = find(context);
        var body = request.aggregate().join().contentUtf8();
        var settings = RunRequestJson.changed(ancestor.request(), body);
        var run = runs.startFrom(ancestor, which(context, Runs.Which.LATEST), settings);
        return created(run);
    }

    private static Runs.Which which(ServiceRequestContext context, Runs.Which usual) {
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
        var views = runs.all().stream().map(RunHandle::view).toList();
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
        runs.choose(run, StrategyJson.change(run.request(), body));
        return Reply.ok(Json.run(run.view()));
    }

    HttpResponse model(ServiceRequestContext context, HttpRequest request) throws IOException {
        var run = find(context);
        boolean isChosen = context.queryParam("checkpoint") != null;
        var found =
                isChosen
                        ? ModelFile.of(run, runs, which(context, Runs.Which.LATEST))
                        : ModelFile.of(run, runs);
        var model =
                found.orElseThrow(
                        () ->
                                new Problem(
                                        HttpStatus.CONFLICT,
                                        "run: %s has no such checkpoint yet".formatted(run.id())));
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(SAFETENSORS)
                        .contentLength(model.sizeBytes())
                        .add(
                                HttpHeaderNames.CONTENT_DISPOSITION,
                                "attachment; filename=\"%s.safetensors\"".formatted(run.id()))
                        .build();
        StreamMessage<HttpData> head = StreamMessage.of(HttpData.wrap(model.header().bytes()));
        return HttpResponse.of(
                headers, StreamMessage.concat(head, StreamMessage.of(model.elements())));
    }

    private RunHandle find(ServiceRequestContext context) {
        var id = context.pathParam("run");
        return runs.find(String.valueOf(id))
                .orElseThrow(() -> Problem.notFound("run", String.valueOf(id)));
    }

    private RunHandle active(ServiceRequestContext context) {
        var run = find(context);
        if (!run.status().isOver()) return run;
        throw new Problem(HttpStatus.CONFLICT, "run: %s is over".formatted(run.id()));
    }

    private static HttpResponse accepted() {
        return HttpResponse.of(ResponseHeaders.of(HttpStatus.ACCEPTED));
    }
}
