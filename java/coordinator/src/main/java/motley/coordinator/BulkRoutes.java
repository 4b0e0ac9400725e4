package motley.coordinator;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import motley.coordinator.http.BodyReader;
import motley.coordinator.http.Problem;
import motley.coordinator.storage.BlobStore;
import motley.coordinator.storage.WrongHashException;
import motley.wire.encoding.ParameterForm;

/// Bulk bytes over HTTP: blobs, parameters, contributions. All bodies are streamed; memory does
/// not grow with their length.
final class BulkRoutes {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");

    private final Coordinator.Parts parts;
    private final Guard guard;
    private final long blobBytesMax;

    BulkRoutes(Coordinator.Parts parts, Guard guard, long blobBytesMax) {
        this.parts = parts;
        this.guard = guard;
        this.blobBytesMax = blobBytesMax;
    }

    HttpResponse readBlob(ServiceRequestContext context, HttpRequest request) throws IOException {
        var name = name(context);
        var file = parts.blobs().find(name).orElseThrow(() -> Problem.notFound("blob", name));
        long sizeBytes = Files.size(file);
        var asked = Optional.ofNullable(request.headers().get(HttpHeaderNames.RANGE));
        var range = asked.flatMap(text -> range(text, sizeBytes));
        var headers =
                ResponseHeaders.builder(
                                range.isEmpty() ? HttpStatus.OK : HttpStatus.PARTIAL_CONTENT)
                        .contentType(MediaType.OCTET_STREAM)
                        .add(HttpHeaderNames.ACCEPT_RANGES, "bytes")
                        .add(HttpHeaderNames.ETAG, '"' + name + '"')
                        .add(HttpHeaderNames.CACHE_CONTROL, "private, immutable, max-age=31536000");
        range.ifPresent(r -> headers.add(HttpHeaderNames.CONTENT_RANGE, r.header(sizeBytes)));
        long length = range.map(Range::length).orElse(sizeBytes);
        headers.contentLength(length);
        if (request.method() == HttpMethod.HEAD || length == 0) {
            return HttpResponse.of(headers.build());
        }
        var bytes = StreamMessage.of(file);
        var body = range.isEmpty() ? bytes : bytes.range(range.get().first, length);
        return HttpResponse.of(headers.build(), body);
    }

    HttpResponse writeBlob(ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        var name = name(context);
        requireRoom(request.headers().contentLength());
        try (var body = BodyReader.of(request);
                var blob = parts.blobs().write()) {
            for (var part = body.next(); part.isPresent(); part = body.next()) {
                requireRoom(blob.sizeBytes() + part.get().remaining());
                blob.append(part.get());
            }
            blob.commit(name);
            return HttpResponse.of(ResponseHeaders.of(HttpStatus.CREATED));
        } catch (WrongHashException e) {
            throw new Problem(HttpStatus.UNPROCESSABLE_ENTITY, String.valueOf(e.getMessage()));
        }
    }

    HttpResponse parameters(ServiceRequestContext context, HttpRequest request) {
        long version = number(context, "version");
        var exchange = exchange(context);
        var body =
                body(context, exchange, version)
                        .orElseThrow(
                                () ->
                                        new Problem(
                                                HttpStatus.GONE,
                                                "version: %d (expected: the newest)"
                                                        .formatted(version)));
        int sizeBytes = body.length();
        exchange.traffic().sent(sizeBytes);
        guard.device(request.headers()).ifPresent(device -> device.traffic().sent(sizeBytes));
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.OCTET_STREAM)
                        .contentLength(sizeBytes)
                        .build();
        return HttpResponse.of(headers, body);
    }

    private static Optional<HttpData> body(
            ServiceRequestContext context, Exchange exchange, long version) {
        var form = Optional.ofNullable(context.queryParam("form")).orElse("f32");
        return switch (ParameterForm.parse(form)) {
            case F32 -> exchange.parameters(version).map(HttpData::wrap);
            case BF16 -> exchange.roundedParameters(version, since(context)).map(HttpData::wrap);
        };
    }

    private static OptionalLong since(ServiceRequestContext context) {
        var text = context.queryParam("since");
        if (text == null) return OptionalLong.empty();
        return OptionalLong.of(wholeNumber("since", text));
    }

    HttpResponse contribution(ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        long lease = number(context, "lease");
        var device = guard.device(request.headers()).orElseThrow();
        var exchange = exchange(context);
        return switch (exchange.begin(lease, device)) {
            case Inbox.Begun.Writing(var body) -> {
                var response = write(request, body);
                exchange.traffic().received(body.sizeBytes());
                device.traffic().received(body.sizeBytes());
                yield response;
            }
            case Inbox.Begun.Unwanted() ->
                    throw new Problem(
                            HttpStatus.GONE,
                            "lease: %d (expected: one that this device holds)".formatted(lease));
            case Inbox.Begun.Repeated() ->
                    throw new Problem(
                            HttpStatus.CONFLICT, "lease: %d has its contribution".formatted(lease));
            case Inbox.Begun.NoRoom() ->
                    throw new Problem(
                            HttpStatus.SERVICE_UNAVAILABLE,
                            "too many contributions wait; try again in a second");
        };
    }

    private static HttpResponse write(HttpRequest request, Inbox.Body into)
            throws IOException, InterruptedException {
        boolean isComplete = false;
        try (var body = BodyReader.of(request)) {
            for (var part = body.next(); part.isPresent(); part = body.next()) {
                if (!into.append(part.get())) throw tooLong(into);
            }
            isComplete = true;
        } finally {
            if (!isComplete) into.abandon();
        }
        var flaw = into.finish();
        if (flaw.isEmpty()) return HttpResponse.of(ResponseHeaders.of(HttpStatus.NO_CONTENT));
        throw new Problem(HttpStatus.BAD_REQUEST, flaw.get());
    }

    private static Problem tooLong(Inbox.Body body) {
        return new Problem(
                HttpStatus.BAD_REQUEST,
                "contribution: more than %d bytes (expected: at most %d)"
                        .formatted(body.sizeBytes(), body.sizeBytesMax()));
    }

    private Exchange exchange(ServiceRequestContext context) {
        var id = String.valueOf(context.pathParam("run"));
        var loop = parts.runs().find(id).map(RunHandle::loop);
        return loop.orElseThrow(() -> Problem.notFound("active run", id)).exchange();
    }

    private void requireRoom(long sizeBytes) {
        if (sizeBytes <= blobBytesMax) return;
        throw new Problem(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                "blob: %d bytes or more (expected: at most %d)".formatted(sizeBytes, blobBytesMax));
    }

    private static String name(ServiceRequestContext context) {
        var name = String.valueOf(context.pathParam("sha256"));
        if (BlobStore.isName(name)) return name;
        throw new Problem(
                HttpStatus.BAD_REQUEST,
                "sha256: %s (expected: 64 hexadecimal digits)".formatted(name));
    }

    private static long number(ServiceRequestContext context, String parameter) {
        return wholeNumber(parameter, String.valueOf(context.pathParam(parameter)));
    }

    private static long wholeNumber(String parameter, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a whole number)".formatted(parameter, text), e);
        }
    }

    /// A part of a blob, `first` to `last` inclusive.
    private record Range(long first, long last) {
        long length() {
            return last - first + 1;
        }

        String header(long sizeBytes) {
            return "bytes %d-%d/%d".formatted(first, last, sizeBytes);
        }
    }

    /// What is no single range of bytes is ignored, as RFC 9110 §14.2 allows.
    private static Optional<Range> range(String text, long sizeBytes) {
        var range = RANGE.matcher(text);
        if (!range.matches()) return Optional.empty();
        long first = Long.parseLong(range.group(1));
        long end = range.group(2).isEmpty() ? sizeBytes - 1 : Long.parseLong(range.group(2));
        if (first >= sizeBytes || end < first) {
            throw new Problem(
                    HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                    "range: %s (expected: within %d bytes)".formatted(text, sizeBytes));
        }
        return Optional.of(new Range(first, Math.min(end, sizeBytes - 1)));
    }
}
