package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import java.util.zip.ZipInputStream;
import motley.coordinator.TestPeople.Proof;
import motley.interchange.ModelJson;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasFile;
import motley.nn.Models;
import motley.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stored models, against a real server.
@Timeout(240)
final class ModelContract {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;
    private Proof proof = Proof.NONE;

    @AfterEach
    void close() {
        coordinator.close();
        http.close();
    }

    private void open() throws IOException {
        coordinator = new TestHome(folder.resolve("home")).open();
    }

    @Test
    void kerasModelIsStoredTrainedAndComesBack() throws Exception {
        open();
        var made = json(add("digits", upload("my.keras", keras("small_mlp.keras"))), 201);
        var version = made.at("/versions/0");
        assertThat(version.get("form").textValue()).isEqualTo("keras");
        assertThat(version.get("input").textValue()).isEqualTo("f32[28, 28, 1]");
        assertThat(version.get("parameters").intValue()).isEqualTo(784 * 16 + 16 + 16 * 10 + 10);
        assertThat(version.get("layers")).hasSize(5);
        assertThat(version.at("/compiled/optimizer").textValue()).startsWith("keras-adam");
        assertThat(version.at("/compiled/learningRate").floatValue()).isEqualTo(0.002f);
        assertThat(json(get("/v1/uploads"), 200).get("uploads")).isEmpty();

        var run = run("{\"stored\":\"digits\"}");
        var id = run.get("id").textValue();
        assertThat(run.get("model").textValue()).isEqualTo("digits");
        assertThat(run.at("/request/optimizer").textValue()).startsWith("keras-adam");
        assertThat(run.at("/request/learningRate").floatValue()).isEqualTo(0.002f);
        assertThat(run.at("/request/initialWeights")).isEqualTo(version.get("blob"));
        assertThat(json(get("/v1/models/digits"), 200).at("/usedBy/0").textValue()).isEqualTo(id);
        try (var _ = TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            coordinator.run(id).orElseThrow().whenOver().join();
        }
        for (var query : new String[] {"", "&checkpoint=best"}) {
            requireTrained("/v1/runs/" + id + "/model?format=", query);
        }
        var next = json(post("/v1/runs/" + id + "/continue", "{}"), 201).get("id").textValue();
        assertThat(bytes("/v1/runs/" + next + "/model?format=h5")).startsWith(0x89, 'H', 'D', 'F');
    }

    private void requireTrained(String path, String query) throws Exception {
        var plain = file("run.safetensors", bytes(path + "safetensors" + query));
        var saved = SavedModel.read(plain);
        assertThat(saved.keras()).isPresent();
        for (var form : new String[] {"keras", "h5"}) {
            var read = KerasFile.read(file("run." + form, bytes(path + form + query))).saved();
            for (int i = 0; i < saved.weights().size(); i++) {
                assertThat(content(read.weights().get(i)))
                        .isEqualTo(content(saved.weights().get(i)));
            }
        }
        var names = new ArrayList<String>();
        try (var zip =
                new ZipInputStream(
                        Files.newInputStream(file("run.npz", bytes(path + "npz" + query))))) {
            for (var e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                names.add(e.getName().replace(".npy", ""));
            }
        }
        assertThat(names).containsExactlyElementsOf(saved.tensors().keySet());
    }

    private static byte[] content(Tensor tensor) {
        return tensor.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    @Test
    void versionsAreTheirContent() throws Exception {
        open();
        var text = ModelJson.text(Models.named("mnist-mlp"));
        assertThat(json(add("mine", upload("a.json", text)), 201).get("versions")).hasSize(1);
        assertThat(json(add("mine", upload("b.json", text)), 200).get("versions")).hasSize(1);
        var weights = folder.resolve("w.safetensors");
        var model = Models.named("mnist-mlp");
        new SavedModel(
                        model,
                        model.parameters().stream().map(s -> Tensor.onHeap(s.type())).toList())
                .write(weights);
        var second = json(add("mine", upload("w", Files.readAllBytes(weights))), 201);
        assertThat(second.get("versions")).hasSize(2);
        assertThat(second.at("/versions/1/hasWeights").booleanValue()).isTrue();
        var both =
                add("both", upload("w", Files.readAllBytes(weights)) + "\",\"" + upload("a", text));
        assertThat(json(both, 201).at("/versions/0/form").textValue()).isEqualTo("safetensors");
        assertThat(get("/v1/models/mine/file?version=1").body()).contains("motley-model");
        problem(get("/v1/models/mine/file?version=1&format=npz"), 409, "has no weights yet");
        problem(get("/v1/models/mine/file?format=keras"), 400, "not from Keras");
        problem(get("/v1/models/mine/file?format=onnx"), 400, "format: onnx");
        problem(get("/v1/models/mine/file?version=3"), 404, "version: 3");
        var old = run("{\"stored\":\"mine\",\"version\":1}");
        assertThat(old.at("/request/initialWeights").isMissingNode()).isTrue();
    }

    @Test
    void modelIsRemovedWithWhatNobodyNeeds() throws Exception {
        open();
        var made = json(add("digits", upload("my.keras", keras("small_mlp.keras"))), 201);
        var id = made.get("id").textValue();
        var blob = made.at("/versions/0/blob").textValue();
        var run = run("{\"stored\":\"" + id + "\"}").get("id").textValue();
        problem(delete("/v1/models/digits"), 409, "runs that began with it: " + run);
        assertThat(delete("/v1/models/digits?confirm=" + id).statusCode()).isEqualTo(204);
        problem(get("/v1/models/digits"), 404, "model");
        var store = folder.resolve("home/blobs").resolve(blob.substring(0, 2)).resolve(blob);
        assertThat(store).exists();
        var text = ModelJson.text(Models.named("mnist-cnn"));
        var other = json(add("other", upload("a.json", text)), 201);
        var gone = other.at("/versions/0/blob").textValue();
        assertThat(delete("/v1/models/other?confirm=" + other.get("id").textValue()).statusCode())
                .isEqualTo(204);
        assertThat(folder.resolve("home/blobs").resolve(gone.substring(0, 2)).resolve(gone))
                .doesNotExist();
    }

    @Test
    void whatIsNotUnderstoodIsRefusedByName() throws Exception {
        open();
        refused("lambda.keras", keras("bad_unknown_layer.keras"), "lambda.keras: ");
        refused("cut.h5", keras("bad_truncated.h5"), "cut.h5: ");
        refused("net.pt", "PK\3\4 no archive".getBytes(StandardCharsets.UTF_8), "net.pt: ");
        refused("x.pkl", "\u0080\4\u0095".getBytes(StandardCharsets.ISO_8859_1), "first bytes");
        refused("m.json", "{\"motley-model\":1}".getBytes(StandardCharsets.UTF_8), "m.json: name");
        var wide =
                """
                {"motley-model":1,"name":"w","input":{"dtype":"f32","shape":[20000]},
                "layers":[{"layer":"dense","units":20000}]}
                """;
        refused("wide.json", wide.getBytes(StandardCharsets.UTF_8), "wide.json: weights: ");
        problem(add("../x", "u1"), 400, "name: ../x");
        problem(add("x", "u1"), 404, "upload: u1");
        problem(post("/v1/models", "{\"name\":\"x\",\"files\":[]}"), 400, "files: 0");
        problem(post("/v1/runs", "{\"model\":{\"stored\":\"nix\"}}"), 404, "model: nix");
        assertThat(json(get("/v1/models"), 200).get("models")).isEmpty();
        try (var files = Files.walk(folder.resolve("home/blobs"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private void refused(String name, byte[] bytes, String reason) throws Exception {
        var answer = add("x", upload(name, bytes));
        problem(answer, 422, reason);
        var detail = MAPPER.readTree(answer.body()).get("detail").textValue();
        assertThat(detail).hasLineCount(1).hasSizeLessThan(400).doesNotContain("home");
    }

    @Test
    void sharedModelsAndDataAreSeenTrainedOnAndNotChanged() throws Exception {
        coordinator = new TestHome(folder.resolve("home")).openWithToken();
        var people = new TestPeople(coordinator, http);
        var ann = people.bearer(people.person("ann", "requestor"), "read", "train");
        var bob = people.bearer(people.person("bob", "requestor"), "read", "train");
        proof = ann;
        var model = json(add("digits", upload("m.keras", keras("small_mlp.keras"))), 201);
        var csv = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            for (int p = 0; p < 784; p++) csv.append(p % (i + 2)).append(',');
            csv.append(i % 10).append('\n');
        }
        var table = upload("t.csv", csv.toString());
        json(post("/v1/datasets", "{\"name\":\"t\",\"files\":[\"" + table + "\"]}"), 202);
        while (!get("/v1/datasets/t").body().contains("\"ready\"")) Thread.onSpinWait();
        var id = model.get("id").textValue();
        var path = "/v1/models/" + id;

        proof = bob;
        problem(get(path), 404, "model");
        proof = ann;
        json(put("/v1/models/digits/shares/bob", "{\"may\":\"read\"}"), 200);
        json(put("/v1/datasets/t/shares/everybody", "{\"may\":\"read\"}"), 200);
        problem(put("/v1/models/digits/shares/bob", "{\"may\":\"write\"}"), 400, "may: write");
        problem(put("/v1/models/digits/shares/eve", "{\"may\":\"read\"}"), 404, "person: eve");
        assertThat(json(get("/v1/models/digits/shares"), 200).at("/shares/0/name").textValue())
                .isEqualTo("bob");

        proof = bob;
        var seen = json(get("/v1/models"), 200).at("/models/0");
        assertThat(seen.get("ownerName").textValue()).isEqualTo("ann");
        assertThat(seen.get("isMine").booleanValue()).isFalse();
        assertThat(seen.has("usedBy")).isFalse();
        assertThat(json(get("/v1/datasets/t/preview"), 200).get("samples")).isNotEmpty();
        var body =
                """
                {"model":{"stored":"digits"},"dataset":{"stored":"t"},"batchSize":4}
                """;
        problem(post("/v1/runs", body), 400, "dataset inputs");
        problem(delete(path + "?confirm=" + id), 403, "shared with you");
        problem(put(path + "/shares/bob", "{\"may\":\"read\"}"), 403, "shared with you");
        problem(delete("/v1/datasets/t?confirm=x"), 403, "shared with you");
        var own = json(add("digits", upload("m.keras", keras("small_mlp.keras"))), 201);
        assertThat(own.get("id").textValue()).isNotEqualTo(id);
        proof = ann;
        assertThat(delete("/v1/models/digits/shares/bob").statusCode()).isEqualTo(204);
        proof = bob;
        problem(get(path), 404, "model");
    }

    private JsonNode run(String model) throws Exception {
        var request = RunRequestJson.write(TestHome.request(coordinator, 1));
        request.remove("model");
        request.remove(java.util.List.of("optimizer", "learningRate", "schedule"));
        request.set("model", MAPPER.readTree(model));
        return json(post("/v1/runs", request.toString()), 201);
    }

    private static byte[] keras(String name) throws IOException {
        try (var in = ModelContract.class.getResourceAsStream("keras/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private HttpResponse<String> add(String name, String upload) throws Exception {
        return post("/v1/models", "{\"name\":\"%s\",\"files\":[\"%s\"]}".formatted(name, upload));
    }

    private String upload(String name, String text) throws Exception {
        return upload(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private String upload(String name, byte[] bytes) throws Exception {
        var wish = "{\"name\":\"%s\",\"size\":%d}".formatted(name, bytes.length);
        var id = json(post("/v1/uploads", wish), 201).get("id").textValue();
        var patch = request("/v1/uploads/" + id).header("upload-offset", "0");
        var body = BodyPublishers.ofByteArray(bytes);
        assertThat(send(patch.method("PATCH", body)).statusCode()).isEqualTo(204);
        return id;
    }

    private byte[] bytes(String path) throws Exception {
        var answer = http.send(request(path).GET().build(), BodyHandlers.ofByteArray());
        assertThat(answer.statusCode())
                .as("%s: %s", path, new String(answer.body(), StandardCharsets.ISO_8859_1))
                .isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> put(String path, String body) throws Exception {
        return send(request(path).PUT(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> delete(String path) throws Exception {
        return send(request(path).DELETE());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(coordinator.uri().resolve(path));
        proof.headers().forEach(request::header);
        return request;
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(status);
        return MAPPER.readTree(response.body());
    }

    private static void problem(HttpResponse<String> response, int status, String detail)
            throws IOException {
        assertThat(MAPPER.readTree(response.body()).get("detail").textValue()).contains(detail);
        assertThat(response.statusCode()).isEqualTo(status);
    }
}
