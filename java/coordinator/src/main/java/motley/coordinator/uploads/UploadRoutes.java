package motley.coordinator.uploads;

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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import motley.coordinator.access.Caller;
import motley.coordinator.http.BodyReader;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// Uploads over HTTP: announce a file, send it piece by piece, ask how far it got.
///
/// Source of the exchange: the tus resumable upload protocol 1.0, "Core"; of it only the headers
/// `Upload-Offset` and `Upload-Length`.
public final class UploadRoutes {
    private static final String ONE = "/v1/uploads/{upload}";
    private static final String OFFSET = "upload-offset";
    private static final String LENGTH = "upload-length";
    private static final Set<String> FIELDS = Set.of("name", "size", "sha256");

    /// A sender in the middle of a file; it can come back.
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private final Uploads uploads;

    public UploadRoutes(Uploads uploads) {
        this.uploads = uploads;
    }

    public List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.POST, "/v1/uploads", Scope.REQUESTORS, this::begin),
                Route.brief(HttpMethod.GET, "/v1/uploads", Scope.REQUESTORS, this::list),
                Route.brief(HttpMethod.GET, ONE, Scope.REQUESTORS, this::show),
                Route.brief(HttpMethod.HEAD, ONE, Scope.REQUESTORS, this::offset),
                Route.lengthy(HttpMethod.PATCH, ONE, Scope.REQUESTORS, this::append),
                Route.brief(HttpMethod.DELETE, ONE, Scope.REQUESTORS, this::delete));
    }

    private HttpResponse begin(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var fields = JsonFields.of(request, FIELDS);
        var wish =
                new Uploads.Wish(
                        fields.text("name"), fields.integer("size"), fields.optionalText("sha256"));
        var upload = uploads.begin(Caller.of(context), wish);
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.CREATED)
                        .contentType(MediaType.JSON_UTF_8)
                        .add(HttpHeaderNames.LOCATION, "/v1/uploads/" + upload.id())
                        .build(),
                HttpData.ofUtf8(json(upload).toString()));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var own = uploads.of(Caller.of(context));
        return Reply.ok(Reply.list("uploads", own, UploadRoutes::json));
    }

    private HttpResponse show(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        return Reply.ok(json(find(context)));
    }

    private HttpResponse offset(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var upload = find(context);
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .add(OFFSET, "" + upload.offsetBytes())
                        .add(LENGTH, "" + upload.sizeBytes())
                        .add(HttpHeaderNames.CACHE_CONTROL, "no-store")
                        .build());
    }

    private HttpResponse append(ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        long offset = offset(request);
        try (var body = BodyReader.of(request, SILENCE_MAX)) {
            var upload = uploads.append(Caller.of(context), id(context), offset, body);
            return HttpResponse.of(
                    ResponseHeaders.builder(HttpStatus.NO_CONTENT)
                            .add(OFFSET, "" + upload.offsetBytes())
                            .build());
        }
    }

    private static long offset(HttpRequest request) {
        var text = request.headers().get(OFFSET, "missing");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "upload-offset: %s (expected: the bytes that are there)".formatted(text), e);
        }
    }

    private HttpResponse delete(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        uploads.delete(Caller.of(context), id(context));
        return HttpResponse.of(ResponseHeaders.of(HttpStatus.NO_CONTENT));
    }

    private Upload find(ServiceRequestContext context) throws IOException {
        return uploads.find(Caller.of(context), id(context));
    }

    private static String id(ServiceRequestContext context) {
        return String.valueOf(context.pathParam("upload"));
    }

    private static ObjectNode json(Upload upload) {
        var object =
                Reply.object()
                        .put("id", upload.id())
                        .put("name", upload.name())
                        .put("size", upload.sizeBytes())
                        .put("offset", upload.offsetBytes())
                        .put("isComplete", upload.isComplete())
                        .put("createdAtMs", upload.createdAtMs());
        upload.sha256().ifPresent(hash -> object.put("sha256", hash));
        return object;
    }
}
