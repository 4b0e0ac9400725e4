package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Projects at a real coordinator, from a draft to the comparison of two.
@Timeout(240)
final class ProjectsContract {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String ALL = "/v1/projects";
    private static final long MUCH_LATER = 4_102_444_800_000L;

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Coordinator coordinator;
    private ObjectNode request;

    @BeforeEach
    void begin() throws IOException {
        open(1);
        request = RunRequestJson.write(TestHome.request(coordinator, 1));
    }

    @AfterEach
    void close() {
        coordinator.close();
        http.close();
    }

    private void open(int runsMax) throws IOException {
        var usual = new TestHome(folder.resolve("home")).settings(0, false);
        coordinator = Coordinator.open(usual.withRunsMax(runsMax));
    }

    @Test
    void draftSaysWhatItLacksAndTakesItLater() throws Exception {
        var draft = create("{\"name\":\"digits\",\"epochs\":2}");
        assertThat(draft.get("status").textValue()).isEqualTo("draft");
        assertThat(fields(draft)).containsExactly("model", "dataset");
        var path = path(draft);
        var early = json(send("POST", path + "/start", ""), 422);
        assertThat(early.get("detail").textValue()).startsWith("model: missing (expected: ");
        assertThat(fields(early)).containsExactly("model", "dataset");

        var whole = json(send("PATCH", path, request.deepCopy().put("k", 2).toString()), 422);
        assertThat(fields(whole)).containsExactly("k");
        assertThat(whole.at("/errors/0/proposal").isNull()).isTrue();
        var right = json(send("PATCH", path, request.toString()), 200);
        assertThat(fields(right)).isEmpty();
        assertThat(right.at("/outline/tasks").intValue()).isEqualTo(13);
        assertThat(right.at("/outline/steps").intValue()).isEqualTo(4);
        assertThat(right.at("/outline/reserveMicros").longValue()).isPositive();
        assertThat(right.get("request")).isEqualTo(MAPPER.readTree(request.toString()));
        assertThat(json(get(path), 200).get("fields").get("name").textValue()).isEqualTo("digits");
        json(send("PATCH", path, "{\"dataset\":null}"), 200);
        assertThat(fields(json(get(path), 200))).containsExactly("dataset");
        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
        json(get(path), 404);
        assertThat(json(get(ALL), 200).get("projects")).isEmpty();
    }

    /// The old grid's form: so many tasks in all, K of them a step.
    @Test
    void hundredTasksTenAStep() throws Exception {
        var fields = whole("grid").put("epochs", 4).put("totalTasks", 100).put("k", 10);
        fields.remove(List.of("batchSize", "tasks", "strategy"));
        var draft = create(fields.toString());
        assertThat(fields(draft)).isEmpty();
        assertThat(draft.at("/outline/tasks").intValue()).isEqualTo(100);
        assertThat(draft.at("/outline/samplesPerTask").intValue()).isEqualTo(4);
        assertThat(draft.at("/request/strategy").textValue()).isEqualTo("k-batch");
        assertThat(draft.at("/request/k").intValue()).isEqualTo(10);
        assertThat(draft.at("/request/batchSize").intValue()).isEqualTo(40);

        var wrong = check(fields.deepCopy().put("totalTasks", 110));
        assertThat(wrong.at("/errors/0/field").textValue()).isEqualTo("totalTasks");
        assertThat(wrong.at("/errors/0/proposal").intValue()).isEqualTo(100);
        wrong = check(fields.deepCopy().put("k", 26));
        assertThat(wrong.at("/errors/0/expected").textValue())
                .isEqualTo("1 to 25, the tasks of an epoch");
        assertThat(wrong.at("/errors/0/proposal").intValue()).isEqualTo(25);
        wrong = check(fields.deepCopy().put("batchSize", 7));
        assertThat(wrong.at("/errors/0/field").textValue()).isEqualTo("batchSize");
    }

    @Test
    void everyWrongFieldIsSaidAtOnceWithWhatWouldDo() throws Exception {
        var fields = whole("x").put("epochs", 0).put("batchSize", 101).put("optimizer", "adm");
        fields.put("weight", 5_000).put("priority", "hihg").put("strategy", "k_batch").put("k", 0);
        fields.put("deadlineMs", 5).put("validationShare", 1.5).put("earlyStopp", 3);
        var errors = check(fields).get("errors");
        var proposals =
                Map.of(
                        "epochs", "1",
                        "batchSize", "90",
                        "optimizer", "\"adam\"",
                        "weight", "1000",
                        "priority", "\"high\"",
                        "strategy", "\"k-batch\"",
                        "k", "1",
                        "validationShare", "0.1",
                        "earlyStopp", "null");
        for (var proposal : proposals.entrySet()) {
            var error = error(errors, proposal.getKey());
            assertThat(error.path("proposal").toString())
                    .as(errors.toString())
                    .isEqualTo(proposal.getValue());
            assertThat(error.get("value")).isEqualTo(fields.get(proposal.getKey()));
        }
        assertThat(error(errors, "deadlineMs").get("proposal").longValue())
                .isGreaterThan(1_700_000_000_000L);
        assertThat(errors).hasSize(10);
    }

    /// Whatever is wrong, doing what is proposed leaves nothing that was said.
    @Test
    void proposalsDo() throws Exception {
        for (long seed = 0; seed < 150; seed++) {
            var fields = spoilt(new SplittableRandom(seed));
            var errors = check(fields).get("errors");
            boolean isMendable = true;
            for (var error : errors) {
                var name = error.get("field").textValue();
                isMendable &= error.has("proposal");
                if (error.path("proposal").isNull()) fields.remove(name);
                else if (error.has("proposal")) fields.set(name, error.get("proposal"));
            }
            if (!isMendable) continue;
            assertThat(check(fields).get("errors")).as("seed %d: %s", seed, errors).isEmpty();
        }
    }

    private ObjectNode spoilt(SplittableRandom random) throws IOException {
        var fields = whole("spoilt");
        var names = ProjectFields.names().stream().filter(n -> !n.equals("dataset")).toList();
        var values =
                List.of(
                        "0",
                        "-1",
                        "3",
                        "1000000",
                        "1.5",
                        "\"\"",
                        "\"adam\"",
                        "\"sync\"",
                        "\"k-batch\"",
                        "\"async\"",
                        "\"local\"",
                        "true",
                        "[]",
                        "{}");
        for (int i = 0; i < 4; i++) {
            var value = values.get(random.nextInt(values.size()));
            fields.set(names.get(random.nextInt(names.size())), MAPPER.readTree(value));
        }
        return fields;
    }

    @Test
    void projectsWaitForAPlaceTheirTurnAndARestart() throws Exception {
        var first = start(create(whole("first").toString()));
        assertThat(first.get("status").textValue()).isEqualTo("running");
        var second = start(create(whole("second").toString()));
        assertThat(second.get("status").textValue()).isEqualTo("queued");
        assertThat(second.get("waiting").textValue())
                .startsWith("1 of 1 runs are active and 0 wait before it");
        var third = start(create(whole("third").put("priority", "high").toString()));
        assertThat(third.get("status").textValue()).isEqualTo("queued");
        assertThat(status(path(second))).isEqualTo("queued");

        coordinator.close();
        open(1);
        assertThat(status(path(first))).isEqualTo("running");
        assertThat(status(path(third))).isEqualTo("queued");
        json(send("POST", path(first) + "/pause", ""), 202);
        await(path(third), "running");
        assertThat(status(path(first))).isEqualTo("paused");
        assertThat(status(path(second))).isEqualTo("queued");
        assertThat(json(send("POST", path(second) + "/stop", ""), 202).get("status").textValue())
                .isEqualTo("draft");
        json(send("POST", path(third) + "/stop", ""), 202);
        await(path(third), "stopped");
        assertThat(send("DELETE", path(first), "").statusCode()).isEqualTo(409);
        json(send("POST", path(first) + "/resume", ""), 202);
        await(path(first), "running");
        assertThat(coordinator.runs()).hasSize(2);
    }

    @Test
    void deadlineEndsARunWithWhatItHas() throws Exception {
        var project = start(create(whole("short").put("deadlineMs", MUCH_LATER).toString()));
        assertThat(project.get("status").textValue()).isEqualTo("running");
        TestPeople.execute(folder.resolve("home"), "update project set deadline_ms = 1");
        await(path(project), "stopped");
        var over = json(get(path(project)), 200);
        assertThat(over.get("waiting").textValue())
                .isEqualTo("The run is over: its deadline has passed.");
        assertThat(over.has("weightsSha256")).isTrue();
        var next = json(send("PATCH", path(project), "{\"epochs\":3}"), 409);
        assertThat(next.get("detail").textValue()).startsWith("epochs: the project has started");
    }

    @Test
    void startTimeIsWaitedFor() throws Exception {
        var project = start(create(whole("later").put("startAtMs", MUCH_LATER).toString()));
        assertThat(project.get("status").textValue()).isEqualTo("queued");
        assertThat(project.get("waiting").textValue())
                .isEqualTo("It starts at 2100-01-01T00:00:00Z.");
        json(send("PATCH", path(project), "{\"startAtMs\":null}"), 200);
        await(path(project), "running");
    }

    @Test
    void finishedProjectIsClonedContinuedAndCompared() throws Exception {
        try (var _ = TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var first = start(create(whole("first").toString()));
            await(path(first), "completed");
            var run = json(get(path(first)), 200).get("run").textValue();
            var clone = json(send("POST", path(first) + "/clone", "{\"batchSize\":50}"), 201);
            assertThat(clone.get("name").textValue()).isEqualTo("first again");
            assertThat(clone.get("status").textValue()).isEqualTo("draft");
            start(clone);
            await(path(clone), "completed");

            var body = "{\"name\":\"more\",\"epochs\":2}";
            var more = json(send("POST", path(first) + "/continue", body), 201);
            assertThat(fields(more)).isEmpty();
            start(more);
            await(path(more), "completed");
            assertThat(json(get(path(more)), 200).at("/request/ancestor/run").textValue())
                    .isEqualTo(run);

            var with = "/comparison?with=" + clone.get("id").textValue();
            var comparison = json(get(path(first) + with), 200);
            assertThat(comparison.get("differences").toString())
                    .isEqualTo("[{\"field\":\"batchSize\",\"first\":32,\"second\":50}]");
            assertThat(comparison.at("/first/bestAccuracy").doubleValue()).isBetween(0.0, 1.0);
            assertThat(comparison.at("/second/paidMicros").longValue()).isPositive();
            assertThat(json(get(path(first) + "/comparison?with=none"), 404).get("detail").asText())
                    .startsWith("with: none");
        }
    }

    @Test
    void projectGoesOnFromRunsThatAreThereOnly() throws Exception {
        var fields = whole("more");
        fields.putObject("continues").put("run", "r-none");
        assertThat(fields(check(fields))).containsExactly("continues");
        assertThat(fields(json(send("POST", ALL, fields.toString()), 422)))
                .containsExactly("continues");
    }

    private ObjectNode whole(String name) {
        return request.deepCopy().put("name", name);
    }

    private JsonNode create(String fields) throws Exception {
        return json(send("POST", ALL, fields), 201);
    }

    private JsonNode check(ObjectNode fields) throws Exception {
        return json(send("POST", ALL + "/check", fields.toString()), 200);
    }

    private JsonNode start(JsonNode project) throws Exception {
        return json(send("POST", path(project) + "/start", ""), 202);
    }

    private String status(String path) throws Exception {
        return json(get(path), 200).get("status").textValue();
    }

    /// The test's time limit is that of the waiting.
    private void await(String path, String status) throws Exception {
        var found = status(path);
        while (!found.equals(status)) found = status(path);
    }

    private static String path(JsonNode project) {
        return ALL + "/" + project.get("id").textValue();
    }

    private static List<String> fields(JsonNode answer) {
        return StreamSupport.stream(answer.path("errors").spliterator(), false)
                .map(error -> error.get("field").textValue())
                .toList();
    }

    private static JsonNode error(JsonNode errors, String field) {
        for (var error : errors) {
            if (error.get("field").textValue().equals(field)) return error;
        }
        throw new AssertionError(field + " is not among " + errors);
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return MAPPER.readTree(response.body());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "");
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        var uri = coordinator.uri().resolve(path);
        return http.send(
                HttpRequest.newBuilder(uri).method(method, publisher).build(),
                BodyHandlers.ofString());
    }
}
