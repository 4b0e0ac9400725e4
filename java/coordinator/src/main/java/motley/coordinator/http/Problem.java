package motley.coordinator.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.List;
import motley.tensor.OneLine;
import org.jspecify.annotations.Nullable;

/// What is wrong with a request, as `application/problem+json`. Source: RFC 9457.
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final MediaType TYPE = MediaType.parse("application/problem+json");

    private final transient HttpStatus status;
    private final Duration retryAfter;
    private final transient List<FieldError> errors;

    public Problem(HttpStatus status, String detail) {
        this(status, detail, Duration.ZERO);
    }

    /// @param retryAfter when to try again; zero: that is not said
    public Problem(HttpStatus status, String detail, Duration retryAfter) {
        this(status, detail, retryAfter, List.of());
    }

    private Problem(
            HttpStatus status, String detail, Duration retryAfter, List<FieldError> errors) {
        super(OneLine.of(detail));
        this.status = status;
        this.retryAfter = retryAfter;
        this.errors = List.copyOf(errors);
    }

    /// Several fields are wrong; each is said, in `errors`.
    ///
    /// @param errors one at least
    public static Problem ofFields(List<FieldError> errors) {
        var first = errors.getFirst().text();
        var more = errors.size() == 1 ? "" : "; and %d more".formatted(errors.size() - 1);
        return new Problem(HttpStatus.UNPROCESSABLE_ENTITY, first + more, Duration.ZERO, errors);
    }

    /// @param what the argument that names it
    public static Problem notFound(String what, String name) {
        return new Problem(
                HttpStatus.NOT_FOUND, "%s: %s (expected: one that exists)".formatted(what, name));
    }

    /// @param path the path that was asked for
    public HttpResponse response(String path) {
        var answer = answer(status, detail(), path, errors);
        if (!retryAfter.isPositive()) return answer.toHttpResponse();
        long seconds = Math.ceilDiv(retryAfter.toMillis(), 1_000L);
        var headers =
                answer.headers().toBuilder().set(HttpHeaderNames.RETRY_AFTER, "" + seconds).build();
        return HttpResponse.of(headers, answer.content());
    }

    private String detail() {
        var message = getMessage();
        return message == null ? "" : message;
    }

    private static AggregatedHttpResponse answer(
            HttpStatus status, String detail, String path, List<FieldError> errors) {
        var body =
                Reply.object()
                        .put("type", "about:blank")
                        .put("title", status.reasonPhrase())
                        .put("status", status.code())
                        .put("detail", detail)
                        .put("instance", path);
        if (!errors.isEmpty()) {
            var array = body.putArray("errors");
            errors.forEach(error -> array.add(error.json()));
        }
        return AggregatedHttpResponse.of(headers(status).build(), HttpData.ofUtf8(body.toString()));
    }

    private static ResponseHeadersBuilder headers(HttpStatus status) {
        var headers = ResponseHeaders.builder(status).contentType(TYPE);
        if (status.equals(HttpStatus.UNAUTHORIZED)) {
            headers.add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (status.equals(HttpStatus.SERVICE_UNAVAILABLE)) {
            headers.add(HttpHeaderNames.RETRY_AFTER, "1");
        }
        return headers;
    }

    /// Gives the errors that the server finds by itself, such as unknown paths, the same form.
    public static final class Renderer implements ServerErrorHandler {
        @Override
        public @Nullable HttpResponse onServiceException(
                ServiceRequestContext context, Throwable cause) {
            return null;
        }

        @Override
        public @Nullable AggregatedHttpResponse renderStatus(
                @Nullable ServiceRequestContext context,
                ServiceConfig config,
                @Nullable RequestHeaders headers,
                HttpStatus status,
                @Nullable String description,
                @Nullable Throwable cause) {
            var path = headers == null ? "" : headers.path();
            return answer(status, description == null ? "" : description, path, List.of());
        }
    }
}
