package motley.wire;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import motley.wire.encoding.ParameterFrame;

/// Bulk bytes between a device and its coordinator as HTTP bodies.
///
/// Calls wait for the network and may be made from any thread. Bodies are streamed: memory does not
/// grow with their size. Closing it ends the calls in progress.
public final class BulkClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ATTEMPTS_MAX = 10;
    private static final int PART_BYTES = 256 << 10;
    private static final int DETAIL_CHARS_MAX = 500;

    private final URI coordinator;
    private final String token;
    private final HttpClient http;

    /// @param token the session's, from [FromCoordinator.Welcome]
    public BulkClient(URI coordinator, String token) {
        this(coordinator, token, Trust.SYSTEM);
    }

    /// @param token the session's, from [FromCoordinator.Welcome]
    public BulkClient(URI coordinator, String token, Trust trust) {
        this.coordinator = coordinator;
        this.token = token;
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .sslContext(trust.context())
                        .build();
    }

    /// Fetches a blob into the file `into`, which appears only when it is whole and its SHA-256 is
    /// right.
    ///
    /// @throws IOException if there is no such blob, its bytes are others, or the network fails
    public void fetchBlob(String sha256, Path into) throws IOException, InterruptedException {
        var response = get("/v1/blobs/" + Check.sha256("sha256", sha256));
        var part = Files.createTempFile(into.toAbsolutePath().getParent(), "fetch-", ".part");
        try (var body = response.body()) {
            if (response.statusCode() != 200) throw refused(response);
            var found = copy(body, part);
            if (!found.equals(sha256)) {
                throw new IOException("blob: %s (expected: %s)".formatted(found, sha256));
            }
            Files.move(part, into, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /// Reads version `version` of a run's parameters into `into`, little-endian f32.
    ///
    /// @return false if the coordinator no longer has that version: the task is out of date
    /// @throws IOException if the body has another length, or the network fails
    public boolean readParameters(String run, long version, MemorySegment into)
            throws IOException, InterruptedException {
        return read("/v1/runs/%s/parameters/%d".formatted(run, version), into);
    }

    /// Reads as many elements as `into` has of version `version`, from element `first` on.
    ///
    /// @return false if the coordinator no longer has that version: the task is out of date
    /// @throws IOException if the body has another length, or the network fails
    public boolean readParameters(String run, long version, long first, MemorySegment into)
            throws IOException, InterruptedException {
        return read(
                "/v1/runs/%s/parameters/%d?first=%d&elements=%d"
                        .formatted(run, version, first, into.byteSize() / Float.BYTES),
                into);
    }

    private boolean read(String path, MemorySegment into) throws IOException, InterruptedException {
        var response = get(path);
        try (var body = response.body()) {
            if (response.statusCode() == 404 || response.statusCode() == 410) return false;
            if (response.statusCode() != 200) throw refused(response);
            fill(into, body);
            return true;
        }
    }

    /// Makes `parameters` version `version` of a run's parameters, rounded to bfloat16. What is
    /// held already is only patched, and read anew where the hash then is another.
    ///
    /// @param held the version that `parameters` holds, if it holds one
    /// @param parameters little-endian f32; of no version if this throws
    /// @return false if the coordinator no longer has that version: the task is out of date
    /// @throws IOException if the frame is malformed, its hash another, or the network fails
    public boolean readRounded(
            String run, long version, OptionalLong held, MemorySegment parameters)
            throws IOException, InterruptedException {
        var path = "/v1/runs/%s/parameters/%d?form=bf16".formatted(run, version);
        var since = held.isPresent() ? "&since=" + held.getAsLong() : "";
        var response = get(path + since);
        ParameterFrame.Applied applied;
        try (var body = response.body()) {
            if (response.statusCode() == 404 || response.statusCode() == 410) return false;
            if (response.statusCode() != 200) throw refused(response);
            applied = ParameterFrame.apply(body, version, held, parameters);
        }
        return switch (applied) {
            case DONE -> true;
            case OTHER_HASH, OTHER_BASE -> {
                if (held.isPresent()) {
                    yield readRounded(run, version, OptionalLong.empty(), parameters);
                }
                throw new IOException(
                        "parameters: version %d of run %s has another hash than was announced"
                                .formatted(version, run));
            }
        };
    }

    /// Leaves an encoded contribution with the coordinator. It counts once the
    /// submission of `lease` is accepted. A coordinator without room is asked again each second.
    ///
    /// @return false if the coordinator has no use for it: the task went to another device, or its
    ///     round is over
    /// @throws IOException if the coordinator refuses it, or the network fails
    public boolean writeContribution(String run, long lease, MemorySegment contribution)
            throws IOException, InterruptedException {
        var path = "/v1/runs/%s/contributions/%d".formatted(run, lease);
        for (int attempt = 1; ; attempt++) {
            var response = put(path, contribution);
            try (var body = response.body()) {
                switch (response.statusCode()) {
                    case 200, 201, 204 -> {
                        return true;
                    }
                    case 404, 409, 410 -> {
                        return false;
                    }
                    case 503 -> {
                        if (attempt == ATTEMPTS_MAX) throw refused(response);
                    }
                    default -> throw refused(response);
                }
                body.skipNBytes(0);
            }
            Thread.sleep(PAUSE);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpResponse<InputStream> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).GET().build(), BodyHandlers.ofInputStream());
    }

    private HttpResponse<InputStream> put(String path, MemorySegment bytes)
            throws IOException, InterruptedException {
        var parts = BodyPublishers.ofByteArrays(() -> new Parts(bytes));
        var request =
                request(path)
                        .header("content-type", "application/octet-stream")
                        .PUT(BodyPublishers.fromPublisher(parts, bytes.byteSize()))
                        .build();
        return http.send(request, BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(coordinator.resolve(path))
                .timeout(ANSWER)
                .header("authorization", "Bearer " + token);
    }

    private static IOException refused(HttpResponse<InputStream> response) throws IOException {
        var detail =
                new String(response.body().readNBytes(DETAIL_CHARS_MAX), StandardCharsets.UTF_8);
        return new IOException(
                "%s: %d %s".formatted(response.request().uri(), response.statusCode(), detail));
    }

    private static String copy(InputStream body, Path into) throws IOException {
        var digest = sha256();
        var part = new byte[PART_BYTES];
        try (var out = Files.newOutputStream(into)) {
            for (int length = body.read(part); length >= 0; length = body.read(part)) {
                digest.update(part, 0, length);
                out.write(part, 0, length);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void fill(MemorySegment into, InputStream body) throws IOException {
        var part = new byte[PART_BYTES];
        long at = 0;
        for (int length = body.read(part); length >= 0; length = body.read(part)) {
            if (at + length > into.byteSize()) throw wrongLength(at + length, into);
            MemorySegment.copy(MemorySegment.ofArray(part), 0, into, at, length);
            at += length;
        }
        if (at != into.byteSize()) throw wrongLength(at, into);
    }

    private static IOException wrongLength(long bytes, MemorySegment into) {
        return new IOException(
                "parameters: %d bytes or more (expected: %d)".formatted(bytes, into.byteSize()));
    }

    /// A segment in parts, each copied when it is asked for.
    private static final class Parts implements Iterator<byte[]> {
        private final MemorySegment bytes;
        private long at;

        Parts(MemorySegment bytes) {
            this.bytes = bytes;
        }

        @Override
        public boolean hasNext() {
            return at < bytes.byteSize();
        }

        @Override
        public byte[] next() {
            if (!hasNext()) throw new NoSuchElementException();
            var part = new byte[(int) Math.min(PART_BYTES, bytes.byteSize() - at)];
            MemorySegment.copy(bytes, at, MemorySegment.ofArray(part), 0, part.length);
            at += part.length;
            return part;
        }
    }
}
