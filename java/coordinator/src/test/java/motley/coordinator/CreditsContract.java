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
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.robust.Aggregation;
import motley.rounds.sharing.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What runs cost and who is paid, through real trainings on a real database.
@Timeout(300)
final class CreditsContract {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int EPOCHS = 2;

    /// Rounds of 32, 32, 32 samples in four tasks, one of 4 in one, and an evaluation in one.
    private static final int TASKS = EPOCHS * (3 * 4 + 1 + 1);

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
    void everyTaskIsPaidOnceAndTheRestGoesBack() throws Exception {
        var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
        long price = RunPrice.of(run.plan()).micros(run.plan().settings().schedule());
        var before = json("GET", "/v1/credits", "", 200);
        assertThat(before.get("reservedMicros").longValue()).isEqualTo(price);
        assertThat(before.get("balanceMicros").longValue()).isEqualTo(-price);

        finish(run);
        var after = json("GET", "/v1/credits", "", 200);
        assertThat(after.get("balanceMicros").longValue()).isZero();
        assertThat(after.get("reservedMicros").longValue()).isZero();
        assertThat(after.get("earnedMicros").longValue()).isEqualTo(price);
        assertThat(after.get("spentMicros").longValue()).isEqualTo(price);
        requireBalanced(TASKS + 1);
    }

    @Test
    void statementGoesOnPageByPage() throws Exception {
        finish(coordinator.startRun(TestHome.request(coordinator, EPOCHS)));
        int entries = 0;
        var path = "/v1/credits/statement?limit=10";
        for (var next = path; !next.isEmpty(); ) {
            var page = json("GET", next, "", 200);
            assertThat(page.get("entries").size()).isLessThanOrEqualTo(10);
            for (var entry : page.get("entries")) {
                boolean isWork = entry.get("cause").textValue().equals("work");
                assertThat(entry.has("device")).isEqualTo(isWork);
                entries++;
            }
            next = page.has("next") ? path + "&after=" + page.get("next").textValue() : "";
        }
        assertThat(entries).isEqualTo(TASKS + 1);
        assertThat(problem("GET", "/v1/credits/statement?limit=0", "", 400))
                .isEqualTo("limit: 0 (expected: 1 to 1000)");
    }

    /// Confirmed answers are paid, also those that were not added.
    @Test
    void auditedWorkIsPaidOnceConfirmed() throws Exception {
        var plain = TestHome.request(coordinator, 1);
        var audited =
                new RunRequest(
                        plain.model(),
                        plain.dataset(),
                        plain.training(),
                        new RunRequest.Crew(2, 0, new Precautions(true, new Aggregation.Mean())),
                        plain.initialWeights());
        var run = coordinator.startRun(audited);
        try (var _ = device("b")) {
            finish(run);
        }
        var check = json("GET", "/v1/credits/check", "", 200);
        long once = RunPrice.of(run.plan()).micros(run.plan().settings().schedule());
        assertThat(check.get("isBalanced").booleanValue()).isTrue();
        assertThat(check.get("paidMicros").longValue()).isBetween(once + 1, 2 * once);
        assertThat(check.get("reservedMicros").longValue()).isZero();
    }

    @Test
    void budgetEndsTheRunBeforeARoundThatItDoesNotPay() throws Exception {
        var request = TestHome.request(coordinator, EPOCHS);
        var whole = RunPrice.of(RunPlan.of(request));
        long price = whole.micros(RunPlan.of(request).settings().schedule());
        var claim =
                new Claim(
                        1,
                        Priority.NORMAL,
                        new Contributors.Everybody(),
                        OptionalLong.of(price / 2));
        var run = coordinator.startRun(request.with(claim));
        try (var _ = device("a")) {
            var view = run.whenOver().get(560, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.STOPPED);
            assertThat(view.waiting()).contains("the budget of ").contains("another round");
        }
        long spent = json("GET", "/v1/credits", "", 200).get("spentMicros").longValue();
        assertThat(spent).isPositive().isLessThanOrEqualTo(price / 2);
    }

    @Test
    void limitOfDebtsAndGrants() throws Exception {
        json("PUT", "/v1/credits/limit", "{\"micros\":0}", 200);
        var request = RunRequestJson.write(TestHome.request(coordinator, 1)).toString();
        assertThat(problem("POST", "/v1/runs", request, 400)).startsWith("budget: ");
        assertThat(coordinator.runs()).isEmpty();
        var granted =
                json("POST", "/v1/credits/grants", "{\"person\":\"owner\",\"micros\":900000}", 201);
        assertThat(granted.get("balanceMicros").longValue()).isEqualTo(900_000);
        json("POST", "/v1/runs", request, 201);
        json("PUT", "/v1/credits/limit", "{}", 200);
        assertThat(problem("POST", "/v1/credits/grants", "{\"person\":\"a\",\"micros\":0}", 400))
                .isEqualTo("credits: 0 micro-credits (expected: above 0)");
    }

    /// A balance that somebody has tampered with is found.
    @Test
    void checkFindsWhatDoesNotAddUp() throws Exception {
        finish(coordinator.startRun(TestHome.request(coordinator, 1)));
        coordinator.close();
        try (var database = TestDatabase.open(folder.resolve("home"))) {
            database.jdbi()
                    .useHandle(
                            handle ->
                                    handle.execute(
                                            "update credit_account set balance = balance + 7 where"
                                                    + " account = 'person:owner'"));
        }
        coordinator = new TestHome(folder.resolve("home")).open();
        var check = json("GET", "/v1/credits/check", "", 200);
        assertThat(check.get("isBalanced").booleanValue()).isFalse();
        assertThat(check.get("findings").get(0).textValue())
                .isEqualTo("all accounts together: 7 micro-credits (expected: 0)");
        assertThat(check.get("findings").get(1).textValue())
                .isEqualTo(
                        "person:owner: holds 7 micro-credits (expected: 0, what its entries make)");
    }

    private void finish(RunHandle run) throws Exception {
        try (var _ = device("a")) {
            run.whenOver().get(560, TimeUnit.SECONDS);
        }
    }

    private AutoCloseable device(String name) throws Exception {
        return TestDevice.start(coordinator.uri(), TestDevice.Settings.honest(name), folder);
    }

    private void requireBalanced(int entries) throws Exception {
        var check = json("GET", "/v1/credits/check", "", 200);
        assertThat(check.get("findings")).isEmpty();
        assertThat(check.get("entries").intValue()).isEqualTo(entries);
    }

    private String problem(String method, String path, String body, int status) throws Exception {
        return json(method, path, body, status).get("detail").textValue();
    }

    private JsonNode json(String method, String path, String body, int status) throws Exception {
        var request =
                HttpRequest.newBuilder(coordinator.uri().resolve(path))
                        .method(method, BodyPublishers.ofString(body));
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return MAPPER.readTree(answer.body());
    }
}
