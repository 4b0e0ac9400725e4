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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stored data sets, against a real server.
@Timeout(240)
final class DatasetContract {
    private static final ObjectMapper MAPPER = new ObjectMapper();

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
    void imagesAreCutShownTrainedOnAndRemoved() throws Exception {
        var images = upload("images", idx(100, 1));
        var labels = upload("labels", labels(100));
        var made =
                json(
                        post(
                                "/v1/datasets",
                                """
                                {"name":"rows","files":["%s","%s"],"testShare":0.2,"seed":3}
                                """
                                        .formatted(images, labels)),
                        202);
        assertThat(made.at("/versions/0/status").textValue()).isIn("preparing", "ready");
        var ready = ready("rows", 1);
        assertThat(ready.get("trainSamples").intValue()).isEqualTo(80);
        assertThat(ready.get("testSamples").intValue()).isEqualTo(20);
        assertThat(ready.get("input").textValue()).isEqualTo("f32[28, 28, 1]");
        assertThat(ready.get("classes").intValue()).isEqualTo(10);
        assertThat(ready.get("classCounts")).hasSize(10);
        assertThat(ready.get("inputMean").doubleValue()).isBetween(0.1, 0.9);
        assertThat(json(get("/v1/uploads"), 200).get("uploads")).isEmpty();

        var preview = json(get("/v1/datasets/rows/preview?count=3"), 200);
        assertThat(preview.get("samples")).hasSize(3);
        assertThat(preview.at("/samples/0/picture").textValue())
                .startsWith("data:image/png;base64,iVBOR");

        var run =
                json(
                        post(
                                "/v1/runs",
                                """
                                {"model":"mnist-mlp","batchSize":16,"dataset":{"stored":"%s",
                                "index":"%s","trainSamples":80,"testSamples":20}}
                                """
                                        .formatted(
                                                made.get("id").textValue(),
                                                ready.get("index").textValue())),
                        201);
        var id = run.get("id").textValue();
        var path = "/v1/datasets/" + made.get("id").textValue();
        assertThat(json(get(path), 200).at("/usedBy/0").textValue()).isEqualTo(id);
        problem(delete(path + "?confirm=x"), 409, "needed by runs that are not over: " + id);
        assertThat(post("/v1/runs/" + id + "/stop", "").statusCode()).isEqualTo(202);
        while (json(get("/v1/runs/" + id), 200).get("status").textValue().equals("active")) {
            Thread.onSpinWait();
        }
        problem(delete(path), 409, "runs made of it: " + id);
        assertThat(delete(path + "?confirm=" + made.get("id").textValue()).statusCode())
                .isEqualTo(204);
        problem(get(path), 404, "dataset");
        problem(get("/v1/blobs/" + ready.get("index").textValue()), 404, "blob");
    }

    @Test
    void addedSamplesShareTheShardsOfTheVersionBefore() throws Exception {
        create("a", upload("t.csv", "1,2,x\n3,4,y\n5,6,x\n"), "\"testShare\":0,");
        var first = ready("a", 1);
        var csv = upload("t.csv", "7,8,x\n9,9,y\n");
        var again = "{\"files\":[\"%s\"],\"testShare\":0}".formatted(csv);
        json(post("/v1/datasets/a/versions", again), 202);
        var second = ready("a", 2);
        assertThat(second.get("trainSamples").intValue()).isEqualTo(5);
        var index = get("/v1/blobs/" + second.get("index").textValue()).body();
        var before = get("/v1/blobs/" + first.get("index").textValue()).body();
        var shard = before.lines().filter(line -> line.startsWith("train ")).findFirst();
        assertThat(index).contains(shard.orElseThrow());

        create("b", upload("t.csv", "1,2,x\n3,4,y\n5,6,x\n"), "\"testShare\":0,");
        var equal = ready("b", 1);
        assertThat(equal.get("index")).isEqualTo(first.get("index"));
        var id = json(get("/v1/datasets/b"), 200).get("id").textValue();
        assertThat(delete("/v1/datasets/b?confirm=" + id).statusCode()).isEqualTo(204);
        assertThat(get("/v1/datasets/a/preview").statusCode()).isEqualTo(200);
    }

    @Test
    void filesThatCannotBeUsedSayWhy() throws Exception {
        create("bad", upload("t.csv", "1,2\n3\n"), "");
        var failed = version("bad", 1);
        assertThat(failed.get("status").textValue()).isEqualTo("failed");
        assertThat(failed.get("reason").textValue())
                .isEqualTo("t.csv: line 2: 1 columns (expected: 2, as in the first line)");
        assertThat(json(get("/v1/uploads"), 200).get("uploads")).hasSize(1);
        problem(get("/v1/datasets/bad/preview"), 409, "no version that is ready");
        problem(post("/v1/datasets", "{\"name\":\"x\",\"files\":[]}"), 400, "files: 0");
        problem(post("/v1/datasets", "{\"name\":\"x\",\"files\":[\"u1\"]}"), 404, "upload: u1");
        problem(post("/v1/datasets", "{\"name\":\"../x\",\"files\":[\"u1\"]}"), 400, "name: ../x");
        problem(post("/v1/datasets", "{\"name\":\"bad\",\"files\":[\"u1\"]}"), 409, "name: bad");
    }

    @Test
    void whatWasBeingPreparedGoesOnAfterARestart() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 200_000; i++)
            text.append(i % 10).append(',').append(i % 7).append('\n');
        create("long", upload("t.csv", text.toString()), "");
        coordinator.close();
        coordinator = new TestHome(folder.resolve("home")).open();
        assertThat(ready("long", 1).get("trainSamples").intValue()).isEqualTo(180_000);
        try (var blobs = Files.list(folder.resolve("home/blobs/incoming"))) {
            assertThat(blobs).isEmpty();
        }
    }

    private void create(String name, String upload, String more) throws Exception {
        var body = "{\"name\":\"%s\",%s\"files\":[\"%s\"]}".formatted(name, more, upload);
        json(post("/v1/datasets", body), 202);
    }

    private JsonNode ready(String dataset, int number) throws Exception {
        var version = version(dataset, number);
        assertThat(version.get("status").textValue()).as("%s", version).isEqualTo("ready");
        return version;
    }

    private JsonNode version(String dataset, int number) throws Exception {
        while (true) {
            var shown = json(get("/v1/datasets/" + dataset), 200);
            var version = shown.get("versions").get(number - 1);
            if (!version.get("status").textValue().equals("preparing")) return version;
            Thread.onSpinWait();
        }
    }

    private static byte[] idx(int samples, long seed) {
        var random = new SplittableRandom(seed);
        var images = ByteBuffer.allocate(16 + samples * 784);
        images.putInt(0x803).putInt(samples).putInt(28).putInt(28);
        while (images.hasRemaining()) images.put((byte) random.nextInt(256));
        return images.array();
    }

    private static byte[] labels(int samples) {
        var labels = ByteBuffer.allocate(8 + samples).putInt(0x801).putInt(samples);
        for (int i = 0; i < samples; i++) labels.put((byte) (i % 10));
        return labels.array();
    }

    private String upload(String name, String text) throws Exception {
        return upload(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private String upload(String name, byte[] bytes) throws Exception {
        var wish = "{\"name\":\"%s\",\"size\":%d}".formatted(name, bytes.length);
        var id = json(post("/v1/uploads", wish), 201).get("id").textValue();
        var body = BodyPublishers.ofByteArray(bytes);
        var patch = request("/v1/uploads/" + id).header("upload-offset", "0");
        assertThat(send(patch.method("PATCH", body)).statusCode()).isEqualTo(204);
        return id;
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).POST(BodyPublishers.ofString(body)));
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
        return HttpRequest.newBuilder(coordinator.uri().resolve(path));
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
