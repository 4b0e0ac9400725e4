package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import motley.interchange.ModelJson;
import motley.interchange.SavedModel;
import motley.nn.Layer;
import motley.nn.Model;
import motley.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The HTTP API against a real server: every route of `openapi.yaml` answers as it says.
@Timeout(240)
final class ApiContract {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String NOWHERE = "0".repeat(64);

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;

    @BeforeEach
    void open() throws IOException {
        coordinator = new TestHome(folder.resolve("home")).open();
    }

    @AfterEach
    void close() {
        coordinator.close();
        http.close();
    }

    @Test
    void documentNamesEveryRouteAndNoOther() throws Exception {
        var document = get("/v1/openapi.yaml");
        assertThat(document.statusCode()).isEqualTo(200);
        var promised = new TreeSet<String>();
        var path = "";
        for (var line : document.body().lines().toList()) {
            var named = Pattern.compile("  (/\\S*):").matcher(line);
            var method = Pattern.compile("    (get|head|put|post|patch|delete):").matcher(line);
            if (named.matches()) path = named.group(1);
            if (method.matches()) promised.add(method.group(1) + " " + path);
        }
        var served = new TreeSet<String>();
        for (var route : coordinator.routes()) {
            served.add(route.method().name().toLowerCase(Locale.ROOT) + " " + route.path());
        }
        assertThat(served).isEqualTo(promised);
    }

    @Test
    void emptyCoordinatorHasNothing() throws Exception {
        assertThat(json(get("/v1/health"), 200).get("status").textValue()).isEqualTo("ok");
        assertThat(json(get("/v1/devices"), 200).get("devices")).isEmpty();
        assertThat(json(get("/v1/runs"), 200).get("runs")).isEmpty();
    }

    @Test
    void runIsStartedShownSteeredAndDownloaded() throws Exception {
        var request = RunRequestJson.write(TestHome.request(coordinator, 1)).toString();
        var started = send("POST", "/v1/runs", request);
        var run = json(started, 201);
        var path = started.headers().firstValue("location").orElseThrow();
        assertThat(path).isEqualTo("/v1/runs/" + run.get("id").textValue());
        assertThat(run.get("status").textValue()).isEqualTo("active");
        assertThat(run.get("waiting").textValue()).startsWith("No device has joined");
        assertThat(run.get("request")).isEqualTo(MAPPER.readTree(request));
        problem(get(path + "/model"), 409);
        assertThat(send("POST", path + "/pause", "").statusCode()).isEqualTo(202);
        assertThat(send("POST", path + "/resume", "").statusCode()).isEqualTo(202);

        var events = http.sendAsync(request(path + "/events").build(), BodyHandlers.ofString());
        var timed =
                http.sendAsync(
                        request(path + "/events?times=true").build(), BodyHandlers.ofString());
        try (var _ = TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var types = types(events.get(200, TimeUnit.SECONDS).body());
            assertThat(types.getFirst()).isEqualTo("run");
            assertThat(types.getLast()).isEqualTo("run");
            assertThat(types).contains("device-joined", "round", "evaluation", "status");
            assertThat(types.stream().filter("round"::equals)).hasSize(4);
            assertThat(types).doesNotContain("times");
            requireTimes(timed.get(200, TimeUnit.SECONDS).body());
        }
        var over = json(get(path), 200);
        assertThat(over.get("status").textValue()).isEqualTo("finished");
        assertThat(over.get("lastEvaluation").get("samples").intValue()).isEqualTo(TestHome.TEST);
        problem(send("POST", path + "/stop", ""), 409);
        assertThat(json(get("/v1/devices"), 200).get("devices")).hasSize(1);
        requireWeights(path, over.get("weightsSha256").textValue());
        requireHistory(path);
        requireExamination(path, over.get("lastEvaluation").get("accuracy").doubleValue());
    }

    /// It examines what was evaluated, so it finds the same.
    private void requireExamination(String path, double accuracy) throws Exception {
        var found = json(get(path + "/examination"), 200);
        assertThat(found.get("samples").intValue()).isEqualTo(TestHome.TEST);
        assertThat(found.get("accuracy").doubleValue()).isEqualTo(accuracy, within(1e-6));
        long counted = 0;
        for (var row : found.get("confusion")) {
            for (var cell : row) counted += cell.longValue();
        }
        assertThat(counted).isEqualTo(TestHome.TEST);
        var example = found.get("examples").get(0);
        assertThat(example.get("pixels").binaryValue()).hasSize(28 * 28);
        assertThat(example.get("probability").doubleValue()).isBetween(0.1, 1.0);
    }

    /// The journal is written a moment later.
    private void requireHistory(String path) throws Exception {
        var metrics = json(get(path + "/metrics"), 200);
        while (metrics.get("rounds").size() < 4 || metrics.get("evaluations").isEmpty()) {
            metrics = json(get(path + "/metrics"), 200);
        }
        assertThat(metrics.get("roundsPerPoint").intValue()).isEqualTo(1);
        assertThat(metrics.findValuesAsText("samples"))
                .containsExactly("32", "32", "32", "4", "20");
        var two = json(get(path + "/metrics?points=2"), 200);
        assertThat(two.get("roundsPerPoint").intValue()).isEqualTo(2);
        assertThat(two.get("rounds").findValuesAsText("samples")).containsExactly("64", "36");
        problem(get(path + "/metrics?points=0"), 400);

        var types = json(get(path + "/journal"), 200).findValuesAsText("type");
        assertThat(types).contains("device-joined", "status");
        var newest = json(get(path + "/journal?limit=1"), 200).get("entries").get(0);
        var older = json(get(path + "/journal?before=" + newest.get("sequence")), 200);
        assertThat(older.get("entries")).hasSize(types.size() - 1);
    }

    @Test
    void dialsAreChangedAndKept() throws Exception {
        var request = RunRequestJson.write(TestHome.request(coordinator, 1));
        request.put("optimizer", "rmsprop");
        var started = send("POST", "/v1/runs", request.toString());
        var path = started.headers().firstValue("location").orElseThrow();
        var changed = json(send("PATCH", path, "{\"strategy\":\"async\",\"staleness\":8}"), 200);
        assertThat(changed.get("request").get("strategy").textValue()).isEqualTo("async");
        assertThat(changed.get("request").get("k").intValue()).isEqualTo(1);
        json(send("PATCH", path, "{\"k\":5}"), 200);

        assertThat(problem(send("PATCH", path, "{\"k\":0}"), 400))
                .isEqualTo("k: 0 (expected: at least 1)");
        assertThat(problem(send("PATCH", path, "{\"k\":1000}"), 400))
                .isEqualTo("k: 1000 (expected: at most 13, the tasks of an epoch)");
        assertThat(problem(send("PATCH", path, "{\"epochs\":2}"), 400))
                .isEqualTo(
                        "epochs: cannot be changed (expected: one of strategy, k, staleness,"
                                + " weight, priority, contributors)");
        assertThat(problem(send("PATCH", path, "{\"strategy\":\"sync\",\"k\":2}"), 400))
                .isEqualTo("k: 2 (expected: none, sync has no such dial)");

        coordinator.close();
        coordinator = new TestHome(folder.resolve("home")).open();
        var kept = json(get(path), 200).get("request");
        assertThat(kept.get("strategy").textValue()).isEqualTo("async");
        assertThat(kept.get("k").intValue()).isEqualTo(5);
        assertThat(kept.get("staleness").intValue()).isEqualTo(8);
    }

    @Test
    void momentumBesideOldAnswersIsRefused() throws Exception {
        var request = RunRequestJson.write(TestHome.request(coordinator, 1));
        request.put("strategy", "async");
        assertThat(problem(send("POST", "/v1/runs", request.toString()), 400))
                .startsWith("optimizer: momentum 0.9 (expected: at most 0.5 with async");
        request.remove("optimizer");
        var run = json(send("POST", "/v1/runs", request.toString()), 201);
        assertThat(run.get("request").get("optimizer").textValue()).isEqualTo("sgd:momentum=0");
        assertThat(run.get("request").get("staleness").intValue()).isEqualTo(16);
    }

    /// A model that has no name here travels in whole, is kept as it came, and comes back with its
    /// weights.
    @Test
    void ownModelIsTrained() throws Exception {
        var images = TensorType.f32(28, 28, 1);
        var mine = Model.sequential("mine", images, new Layer.Flatten(), new Layer.Dense(10));
        var request = RunRequestJson.write(TestHome.request(coordinator, 1));
        request.set("model", MAPPER.readTree(ModelJson.text(mine)));
        var run = json(send("POST", "/v1/runs", request.toString()), 201);
        var path = "/v1/runs/" + run.get("id").textValue();
        assertThat(run.get("model").textValue()).isEqualTo("mine");
        assertThat(run.get("request")).isEqualTo(MAPPER.readTree(request.toString()));
        var events = http.sendAsync(request(path + "/events").build(), BodyHandlers.ofString());
        try (var _ = TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            assertThat(types(events.get(200, TimeUnit.SECONDS).body())).contains("evaluation");
        }
        var file = folder.resolve("mine.safetensors");
        http.send(request(path + "/model").build(), BodyHandlers.ofFile(file));
        assertThat(SavedModel.read(file).model()).isEqualTo(mine);
    }

    @Test
    void wrongRunRequestsNameTheField() throws Exception {
        var good = RunRequestJson.write(TestHome.request(coordinator, 1));
        refused(good.deepCopy().put("epochs", 0).toString(), "epochs: 0 (expected: at least 1)");
        refused(
                good.deepCopy().put("epochs", "two").toString(),
                "epochs: \"two\" (expected: a whole number under 2^31)");
        refused(
                good.deepCopy().put("batchsize", 3).toString(),
                "batchsize: no such field (expected: one of aggregation, ancestor, batchSize,");
        refused(good.deepCopy().put("model", "gpt").toString(), "model: gpt (expected: one of");
        var own = good.deepCopy();
        own.putObject("model").put("motley-model", 1).put("name", "mine");
        refused(own.toString(), "model: input: missing (expected: an object)");
        refused(
                good.deepCopy().put("model", 3).toString(),
                "model: 3 (expected: a name or a description)");
        refused(
                good.deepCopy().put("model", "gpt-small").toString(),
                "classes: 10 (expected: 128, what gpt-small tells apart)");
        refused(
                good.deepCopy().put("tasks", 33).toString(),
                "tasks: 33 (expected: 1 to batchSize, 32)");
        refused(
                good.deepCopy().put("aggregation", "krum").toString(),
                "aggregation: krum (expected: mean, clip, median,");
        refused(
                good.deepCopy().put("aggregation", "multi-krum:1").toString(),
                "aggregation: multi-krum:1 over 4 contributions a round (expected: at least 5;");
        refused(
                good.deepCopy().put("optimizer", "tensorflow-adam").toString(),
                "optimizer: tensorflow-adam (expected over devices: keras-adam;");
        refused(good.deepCopy().put("trust", "all").toString(), "trust: all (expected: off or");
        refused("{\"model\":", "body: not JSON: ");
        refused("[]", "body: [] (expected: an object)");
        var elsewhere = good.deepCopy();
        elsewhere.withObject("dataset").put("trainImages", NOWHERE);
        refused(
                elsewhere.toString(),
                "dataset.trainImages: " + NOWHERE + " (expected: a blob that is here)");
        var swapped = good.deepCopy();
        swapped.withObject("dataset").put("testSamples", 21);
        refused(swapped.toString(), "testLabels: [20] (expected: [21])");
        var both = good.deepCopy();
        both.withObject("dataset").put("text", NOWHERE);
        refused(both.toString(), "dataset.trainImages: ");
        var text = RunRequestJson.write(TestHome.textRequest(coordinator, 1));
        text.withObject("dataset").put("trainSamples", 100);
        refused(text.toString(), "dataset.trainSamples: 100 (expected: ");
        text.put("model", "gpt-small");
        refused(text.toString(), "dataset.trainSamples: 100 (expected: 14, what the blob holds)");
        text.put("model", "mnist-mlp");
        refused(
                text.toString(),
                "dataset.text: i32[28] with targets i32[28] (expected: f32[28, 28");
        text.withObject("dataset").put("text", NOWHERE);
        refused(text.toString(), "dataset.text: " + NOWHERE + " (expected: a blob that is here)");
        assertThat(coordinator.runs()).isEmpty();
    }

    @Test
    void blobIsStoredReadAndCut() throws Exception {
        var bytes = "0123456789".repeat(30_000).getBytes(StandardCharsets.UTF_8);
        var path = "/v1/blobs/" + sha256(bytes);
        problem(get(path), 404);
        assertThat(put(path, bytes, "").statusCode()).isEqualTo(201);
        var whole = http.send(request(path).build(), BodyHandlers.ofByteArray());
        assertThat(whole.body()).isEqualTo(bytes);
        var part =
                http.send(
                        request(path).header("range", "bytes=12-299998").build(),
                        BodyHandlers.ofByteArray());
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("content-range")).hasValue("bytes 12-299998/300000");
        assertThat(part.body()).hasSize(299_987);
        assertThat(part.body()[0]).isEqualTo((byte) '2');
        problem(
                http.send(
                        request(path).header("range", "bytes=300000-").build(),
                        BodyHandlers.ofString()),
                416);
        var head = send("HEAD", path, "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("content-length")).hasValue(300_000);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void blobThatIsNotWhatItsNameSaysIsNotStored() throws Exception {
        var path = "/v1/blobs/" + NOWHERE;
        var answer = put(path, new byte[100_000], "");
        assertThat(problem(answer, 422))
                .startsWith("sha256: ")
                .endsWith("(expected: " + NOWHERE + ")");
        problem(get(path), 404);
        try (var left = Files.list(folder.resolve("home/blobs/incoming"))) {
            assertThat(left).isEmpty();
        }
        assertThat(problem(get("/v1/blobs/abc"), 400))
                .isEqualTo("sha256: abc (expected: 64 hexadecimal digits)");
    }

    @Test
    void unknownThingsAreProblems() throws Exception {
        problem(get("/v1/nothing"), 404);
        problem(get("/v1/runs/nobody"), 404);
        problem(get("/v1/runs/nobody/model"), 404);
        problem(get("/v1/runs/nobody/events"), 404);
        problem(get("/v1/runs/nobody/parameters/1"), 404);
        problem(send("POST", "/v1/runs/nobody/stop", ""), 404);
        problem(send("DELETE", "/v1/runs", ""), 405);
        problem(put("/v1/runs/nobody/contributions/1", new byte[4], ""), 401);
    }

    @Test
    void withoutATokenOnlyThisMachineIsServed() throws Exception {
        var foreign = request("/v1/runs").header("origin", "http://evil.example").build();
        assertThat(problem(http.send(foreign, BodyHandlers.ofString()), 403))
                .contains("origin: http://evil.example");
        var own = "http://127.0.0.1:" + coordinator.port();
        var same = request("/v1/runs").header("origin", own).build();
        assertThat(http.send(same, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void tokenIsRequiredWhereThereIsOne() throws Exception {
        try (var guarded = new TestHome(folder.resolve("guarded")).openWithToken()) {
            var token = guarded.token().orElseThrow();
            assertThat(token).hasSize(32);
            var kept = folder.resolve("guarded/token");
            assertThat(Files.readString(kept)).isEqualTo(token);
            assertThat(Files.getPosixFilePermissions(kept)).hasSize(2);
            var uri = guarded.uri().resolve("/v1/runs");
            var anonymous = HttpRequest.newBuilder(uri).build();
            var answer = http.send(anonymous, BodyHandlers.ofString());
            problem(answer, 401);
            assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer");
            var wrong = HttpRequest.newBuilder(uri).header("authorization", "Bearer x").build();
            problem(http.send(wrong, BodyHandlers.ofString()), 401);
            var right =
                    HttpRequest.newBuilder(uri).header("authorization", "Bearer " + token).build();
            assertThat(http.send(right, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            requireTurnedAway(guarded, "", "token: wrong or missing");
            requireTurnedAway(guarded, token + "x", "token: wrong or missing");
        }
    }

    @Test
    void takenPortAndTakenHomeAreNamed() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            var settings = new TestHome(folder.resolve("other")).settings(port, false);
            assertThatThrownBy(() -> Coordinator.open(settings))
                    .isInstanceOf(PortInUseException.class)
                    .hasMessage("port: %d is in use (expected: a free port)", port);
        }
        var home = folder.resolve("home");
        assertThatThrownBy(() -> new TestHome(home).open())
                .isInstanceOf(HomeInUseException.class)
                .hasMessageContaining("is in use by another coordinator");
        try (var freed = new TestHome(folder.resolve("other")).open()) {
            assertThat(freed.runs()).isEmpty();
        }
    }

    private void requireTurnedAway(Coordinator guarded, String token, String reason)
            throws Exception {
        var settings = TestDevice.Settings.honest("stranger").withToken(token);
        try (var device = TestDevice.start(guarded.uri(), settings, folder)) {
            var answer = device.answers().poll(80, TimeUnit.SECONDS);
            assertThat(answer).asString().contains(reason, "mayReturn=false");
            assertThat(guarded.devices()).isEmpty();
        }
    }

    private void requireWeights(String path, String weightsSha256) throws Exception {
        var model = http.send(request(path + "/model").build(), BodyHandlers.ofByteArray()).body();
        var length = ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN).getLong();
        int header = Math.toIntExact(8 + length);
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(model, header, model.length - header);
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(weightsSha256);
        var tensors = MAPPER.readTree(new String(model, 8, header - 8, StandardCharsets.UTF_8));
        assertThat(tensors.get("dense1.weight").get("shape").toString()).isEqualTo("[784,512]");
    }

    private void refused(String body, String detail) throws Exception {
        assertThat(problem(send("POST", "/v1/runs", body), 400)).startsWith(detail);
    }

    private static String problem(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.headers().firstValue("content-type"))
                .hasValue("application/problem+json");
        var problem = json(response, status);
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(problem.get("instance").textValue()).startsWith("/v1/");
        return problem.get("detail").textValue();
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return MAPPER.readTree(response.body());
    }

    /// Each round and evaluation says where its time went, to the rounding of every phase.
    private static void requireTimes(String events) throws Exception {
        assertThat(types(events).stream().filter("times"::equals)).hasSize(5);
        for (var line : events.lines().toList()) {
            if (!line.startsWith("data:") || !line.contains("\"type\":\"times\"")) continue;
            var times = MAPPER.readTree(line.substring("data:".length()));
            var phases = times.get("phases");
            long micros = 0;
            for (var phase : phases) micros += phase.longValue();
            assertThat(micros)
                    .isBetween(
                            times.get("micros").longValue() - phases.size(),
                            times.get("micros").longValue() + 1);
            assertThat(phases.has("evaluation")).isEqualTo(times.get("isEvaluation").asBoolean());
            assertThat(phases.has("update")).isNotEqualTo(times.get("isEvaluation").asBoolean());
        }
    }

    private static List<String> types(String events) {
        var types = new ArrayList<String>();
        for (var line : events.lines().toList()) {
            if (line.startsWith("event:")) types.add(line.substring("event:".length()).strip());
        }
        return types;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        return http.send(request(path).method(method, publisher).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> put(String path, byte[] body, String token) throws Exception {
        return http.send(
                request(path)
                        .header("authorization", "Bearer " + token)
                        .PUT(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(coordinator.uri().resolve(path));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
