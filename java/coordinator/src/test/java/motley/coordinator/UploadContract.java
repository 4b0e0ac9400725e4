package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import motley.coordinator.access.Person;
import motley.coordinator.access.Role;
import motley.coordinator.http.Problem;
import motley.coordinator.storage.Database;
import motley.coordinator.uploads.UploadLimits;
import motley.coordinator.uploads.Uploads;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files in pieces, against a real server.
@Timeout(240)
final class UploadContract {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int SIZE = 300_000;

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;
    private byte[] bytes;

    @BeforeEach
    void open() throws IOException {
        coordinator = new TestHome(folder.resolve("home")).open();
        bytes = new byte[SIZE];
        new SplittableRandom(1).nextBytes(bytes);
    }

    @AfterEach
    void close() {
        coordinator.close();
        http.close();
    }

    @Test
    void piecesMakeAFile() throws Exception {
        var path = begin(sha256());
        assertThat(offset(path)).isZero();
        assertThat(patch(path, 0, 100_000).statusCode()).isEqualTo(204);
        assertThat(offset(path)).isEqualTo(100_000);
        assertThat(json(get(path)).get("isComplete").booleanValue()).isFalse();
        var last = patch(path, 100_000, SIZE);
        assertThat(last.headers().firstValue("upload-offset")).hasValue("" + SIZE);
        var upload = json(get(path));
        assertThat(upload.get("isComplete").booleanValue()).isTrue();
        assertThat(upload.get("sha256").textValue()).isEqualTo(sha256());
        assertThat(json(get("/v1/uploads")).get("uploads")).hasSize(1);
        problem(patch(path, SIZE, SIZE), 409, "is complete");
    }

    @Test
    void hashIsCountedWhereNoneWasSaid() throws Exception {
        var path = begin("");
        patch(path, 0, SIZE);
        assertThat(json(get(path)).get("sha256").textValue()).isEqualTo(sha256());
    }

    @Test
    void uploadGoesOnAfterARestart() throws Exception {
        var path = begin(sha256());
        patch(path, 0, 123_457);
        coordinator.close();
        coordinator = new TestHome(folder.resolve("home")).open();
        assertThat(offset(path)).isEqualTo(123_457);
        assertThat(patch(path, 123_457, SIZE).statusCode()).isEqualTo(204);
        assertThat(json(get(path)).get("isComplete").booleanValue()).isTrue();
    }

    @Test
    void anotherPositionIsRefused() throws Exception {
        var path = begin("");
        patch(path, 0, 1000);
        problem(patch(path, 0, 1000), 409, "upload-offset: 0 (expected: 1000, what is here)");
        problem(patch(path, 2000, 3000), 409, "upload-offset: 2000 (expected: 1000");
        problem(send(request(path).method("PATCH", BodyPublishers.ofString("x"))), 400, "missing");
        assertThat(offset(path)).isEqualTo(1000);
    }

    @Test
    void whatIsNotAsAnnouncedIsForgotten() throws Exception {
        var path = begin("0".repeat(64));
        problem(patch(path, 0, SIZE), 422, "as announced");
        problem(get(path), 404, "upload");
    }

    @Test
    void longerBodiesThanAnnouncedAreRefused() throws Exception {
        var path = begin("");
        patch(path, 0, SIZE - 10);
        var more = request(path).header("upload-offset", "" + (SIZE - 10));
        var body = BodyPublishers.ofByteArray(new byte[11]);
        problem(send(more.method("PATCH", body)), 413, "longer than the upload");
        assertThat(offset(path)).isEqualTo(SIZE - 10);
    }

    /// A sender in the middle of a body holds the upload; when it is gone, another goes on.
    @Test
    void secondWriterIsRefusedWhileTheFirstSends() throws Exception {
        var path = begin(sha256());
        var out = new PipedOutputStream();
        try (var in = new PipedInputStream(out)) {
            var body = BodyPublishers.ofInputStream(() -> in);
            var slow = request(path).header("upload-offset", "0").method("PATCH", body);
            var first = http.sendAsync(slow.build(), BodyHandlers.ofString());
            out.write(bytes, 0, 65_536); // The client sends 16 KiB at a time.
            out.flush();
            while (offset(path) == 0) Thread.onSpinWait();
            problem(patch(path, 65_536, SIZE), 423, "written by another request");
            problem(send(request(path).DELETE()), 423, "written by another request");
            out.close();
            assertThat(first.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
        }
        assertThat(patch(path, 65_536, SIZE).statusCode()).isEqualTo(204);
    }

    /// HTTP/2 cuts off who still sends when the answer is there, and the answer was lost with it.
    @Test
    void refusalReachesWhoStillSends() throws Exception {
        for (int i = 0; i < 20; i++) {
            var out = new PipedOutputStream();
            try (var in = new PipedInputStream(out)) {
                var body = BodyPublishers.ofInputStream(() -> in);
                var slow = request("/v1/uploads/0").header("upload-offset", "0");
                var sent =
                        http.sendAsync(slow.method("PATCH", body).build(), BodyHandlers.ofString());
                out.write(bytes, 0, 1000 * i);
                out.flush();
                out.close();
                problem(sent.get(120, TimeUnit.SECONDS), 404, "upload");
            }
        }
    }

    @Test
    void deletedUploadIsGone() throws Exception {
        var path = begin("");
        assertThat(send(request(path).DELETE()).statusCode()).isEqualTo(204);
        problem(get(path), 404, "upload");
        try (var left = Files.list(folder.resolve("home/uploads"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void wrongWishesAreNamed() throws Exception {
        problem(post("{\"name\":\"a\"}"), 400, "size: missing");
        problem(post("{\"name\":\"a\",\"size\":0}"), 400, "size: 0 (expected: at least 1");
        problem(post("{\"name\":\"\",\"size\":1}"), 400, "name: ");
        problem(post("{\"name\":\"a\",\"size\":1,\"sha256\":\"x\"}"), 400, "sha256: x");
        problem(post("{\"name\":\"a\",\"size\":1,\"owner\":\"x\"}"), 400, "owner: no such field");
        problem(post("{\"name\":\"a\",\"size\":9999999999999}"), 413, "size: 9999999999999");
    }

    @Test
    void limitsHoldAtTheirValues() throws Exception {
        try (var database = Database.open(folder.resolve("limits.db"))) {
            var limits = new UploadLimits(100, 150, 2, Duration.ofHours(1));
            var clock = new MovedClock();
            var uploads = Uploads.open(folder.resolve("u"), database.jdbi(), clock, limits);
            var ann = new Person("ann", "ann", Set.of(Role.REQUESTOR));
            var bob = new Person("bob", "bob", Set.of(Role.REQUESTOR));
            refused(() -> uploads.begin(ann, wish(101)), "at most 100");
            var first = uploads.begin(ann, wish(100));
            refused(() -> uploads.begin(ann, wish(51)), "at most 150 in all");
            uploads.begin(ann, wish(50));
            refused(() -> uploads.begin(ann, wish(1)), "2 of yours are here");
            uploads.begin(bob, wish(100));
            refused(() -> uploads.find(bob, first.id()), "expected: one that exists");
            refused(() -> uploads.delete(bob, first.id()), "expected: one that exists");
            assertThat(uploads.of(bob)).hasSize(1);

            clock.ahead = Duration.ofHours(2);
            uploads.begin(ann, wish(100));
            assertThat(uploads.of(ann)).hasSize(1);
            refused(() -> uploads.find(ann, first.id()), "expected: one that exists");
        }
    }

    private static final class MovedClock implements InstantSource {
        private Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return InstantSource.system().instant().plus(ahead);
        }
    }

    private static Uploads.Wish wish(long sizeBytes) {
        return new Uploads.Wish("file", sizeBytes, Optional.empty());
    }

    private static void refused(ThrowableAssert.ThrowingCallable call, String reason) {
        assertThatThrownBy(call).isInstanceOf(Problem.class).hasMessageContaining(reason);
    }

    private String begin(String sha256) throws Exception {
        var hash = sha256.isEmpty() ? "" : ",\"sha256\":\"%s\"".formatted(sha256);
        var started = post("{\"name\":\"x.npy\",\"size\":%d%s}".formatted(SIZE, hash));
        assertThat(started.statusCode()).isEqualTo(201);
        return started.headers().firstValue("location").orElseThrow();
    }

    private HttpResponse<String> post(String body) throws Exception {
        return send(request("/v1/uploads").POST(BodyPublishers.ofString(body)));
    }

    private long offset(String path) throws Exception {
        var head = send(request(path).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("upload-length")).hasValue("" + SIZE);
        return head.headers().firstValueAsLong("upload-offset").orElseThrow();
    }

    private HttpResponse<String> patch(String path, int from, int to) throws Exception {
        var body = BodyPublishers.ofByteArray(Arrays.copyOfRange(bytes, from, to));
        return send(request(path).header("upload-offset", "" + from).method("PATCH", body));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(coordinator.uri().resolve(path));
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        assertThat(response.statusCode()).isEqualTo(200);
        return MAPPER.readTree(response.body());
    }

    private static void problem(HttpResponse<String> response, int status, String detail)
            throws IOException {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(MAPPER.readTree(response.body()).get("detail").textValue()).contains(detail);
    }

    private String sha256() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
