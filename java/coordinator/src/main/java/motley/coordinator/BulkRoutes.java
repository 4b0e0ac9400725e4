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
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import motley.coordinator.access.Caller;
import motley.coordinator.access.Shares;
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
        var file =
                parts.blobs()
                        .find(name)
                        .filter(found -> mayRead(context, request, name))
                        .orElseThrow(() -> Problem.notFound("blob", name));
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

    /// A device is told the names of what it needs; people have what they deposited.
    private boolean mayRead(ServiceRequestContext context, HttpRequest request, String name) {
        return guard.device(request.headers()).isPresent()
                || parts.access().blobs().mayRead(name, Caller.of(context));
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
            parts.access().blobs().add(name, Caller.of(context));
            return HttpResponse.of(ResponseHeaders.of(HttpStatus.CREATED));
        } catch (WrongHashException e) {
            throw new Problem(HttpStatus.UNPROCESSABLE_ENTITY, String.valueOf(e.getMessage()));
        }
    }

    HttpResponse parameters(ServiceRequestContext context, HttpRequest request) {
        long version = number(context, "version");
        var exchange = exchange(context);
        requireReader(context, request);
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

    /// Parameters are for the devices that work for the run, and for who may see it.
    private void requireReader(ServiceRequestContext context, HttpRequest request) {
        var id = String.valueOf(context.pathParam("run"));
        var device = guard.device(request.headers());
        boolean isAllowed =
                device.isPresent()
                        ? device.flatMap(Device::run).filter(run -> run.id().equals(id)).isPresent()
                        : parts.runs().find(id).filter(run -> maySee(context, run)).isPresent();
        if (!isAllowed) throw Problem.notFound("active run", id);
    }

    private boolean maySee(ServiceRequestContext context, RunHandle run) {
        var thing = new Shares.Thing("run", run.id());
        var shares = parts.access().shares();
        return shares.allows(Caller.of(context), Shares.May.READ, thing, run.owner());
    }

    private static Optional<HttpData> body(
            ServiceRequestContext context, Exchange exchange, long version) {
        var form = Optional.ofNullable(context.queryParam("form")).orElse("f32");
        return switch (ParameterForm.parse(form)) {
            case F32 -> {
                var part = Stretch.of(context);
                yield exchange.parameters(version)
                        .map(all -> HttpData.wrap(part.isEmpty() ? all : part.get().of(all)));
            }
            case BF16 -> exchange.roundedParameters(version, since(context)).map(HttpData::wrap);
        };
    }

    /// A stretch of the parameters.
    private record Stretch(long first, long elements) {
        /// Empty where all of them were asked for.
        static Optional<Stretch> of(ServiceRequestContext context) {
            var first = context.queryParam("first");
            var elements = context.queryParam("elements");
            if (first == null || elements == null) return Optional.empty();
            return Optional.of(
                    new Stretch(wholeNumber("first", first), wholeNumber("elements", elements)));
        }

        /// What it is of `all`, which is released where it is nothing.
        ByteBuf of(ByteBuf all) {
            long count = all.readableBytes() / Float.BYTES;
            boolean isIn = first >= 0 && elements >= 1 && elements <= count - first;
            if (isIn) return all.slice((int) (4 * first), (int) (4 * elements));
            all.release();
            throw new IllegalArgumentException(
                    "elements: %d from %d on (expected: some of the %d there are)"
                            .formatted(elements, first, count));
        }
    }

    private static OptionalLong since(ServiceRequestContext context) {
        var text = context.queryParam("since");
        if (text == null) return OptionalLong.empty();
        return OptionalLong.of(wholeNumber("since", text));
    }

    /// What a task takes beside parameters, for the device that has it.
    HttpResponse inputs(ServiceRequestContext context, HttpRequest request) throws IOException {
        long lease = number(context, "lease");
        var device = guard.device(request.headers()).orElseThrow();
        var exchange = exchange(context);
        var body = exchange.inputs().of(device, lease).orElseThrow(() -> unwanted(lease));
        exchange.traffic().sent(body.length);
        device.traffic().sent(body.length);
        var headers =
                ResponseHeaders.builder(HttpStatus.OK)
                        .contentType(MediaType.OCTET_STREAM)
                        .contentLength(body.length)
                        .build();
        return HttpResponse.of(headers, HttpData.wrap(body));
    }

    HttpResponse contribution(ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        long lease = number(context, "lease");
        var device = guard.device(request.headers()).orElseThrow();
        var exchange = exchange(context);
        return switch (exchange.begin(lease, device)) {
            case Inbox.Begun.Writing(var body) -> {
                var response = write(request, body, lease);
                exchange.traffic().received(body.sizeBytes());
                device.traffic().received(body.sizeBytes());
                yield response;
            }
            case Inbox.Begun.Unwanted() -> throw unwanted(lease);
            case Inbox.Begun.Repeated() ->
                    throw new Problem(
                            HttpStatus.CONFLICT, "lease: %d has its contribution".formatted(lease));
            case Inbox.Begun.NoRoom() ->
                    throw new Problem(
                            HttpStatus.SERVICE_UNAVAILABLE,
                            "too many contributions wait; try again in a second");
        };
    }

    private static HttpResponse write(HttpRequest request, Inbox.Body into, long lease)
            throws IOException, InterruptedException {
        boolean isComplete = false;
        try (var body = BodyReader.of(request)) {
            for (var part = body.next(); part.isPresent(); part = body.next()) {
                if (into.append(part.get())) continue;
                throw into.isWanted() ? tooLong(into) : unwanted(lease);
            }
            isComplete = true;
        } finally {
            if (!isComplete) into.abandon();
        }
        var flaw = into.finish();
        if (flaw.isEmpty()) return HttpResponse.of(ResponseHeaders.of(HttpStatus.NO_CONTENT));
        throw new Problem(HttpStatus.BAD_REQUEST, flaw.get());
    }

    /// To the sender this is no failure: another device was faster, or the round is over.
    private static Problem unwanted(long lease) {
        return new Problem(
                HttpStatus.GONE,
                "lease: %d (expected: one that this device holds)".formatted(lease));
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
