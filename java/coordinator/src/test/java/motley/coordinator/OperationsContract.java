package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import motley.coordinator.TestPeople.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What probes and Prometheus find at a real coordinator.
@Timeout(240)
final class OperationsContract {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /// A sample as the format has it: a name, perhaps labels, a number.
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(\\{[a-z]+=\"[^\"]*\"})? (-?[0-9.E-]+|NaN|[+-]Inf)");

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void figuresTellWhatATrainingDid() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var _ = TestDevice.start(coordinator.uri(), honest(), folder)) {
            var run = coordinator.startRun(TestHome.request(coordinator, 1));
            var path = "/v1/runs/" + run.id();
            run.whenOver().get(200, TimeUnit.SECONDS);
            assertThat(get(coordinator, path).statusCode()).isEqualTo(200);
            assertThat(get(coordinator, path + "x").statusCode()).isEqualTo(404);
            var figures = figures(get(coordinator, "/metrics"));
            assertThat(figures)
                    .containsEntry("motley_runs{status=\"finished\"}", "1")
                    .containsEntry("motley_runs{status=\"active\"}", "0")
                    .containsEntry("motley_rounds_applied_total", "4")
                    .containsEntry("motley_evaluations_total", "1")
                    .containsEntry("motley_samples_accepted_total{kind=\"train\"}", "100")
                    .containsEntry("motley_samples_accepted_total{kind=\"evaluate\"}", "20")
                    .containsEntry("motley_tasks_accepted_total{kind=\"train\"}", "13")
                    .containsEntry("motley_journal_writable", "1")
                    .containsKey("motley_jvm_heap_used_bytes")
                    .containsKey("motley_disk_free_bytes");
            long devices =
                    figures.entrySet().stream()
                            .filter(each -> each.getKey().startsWith("motley_devices{"))
                            .mapToLong(each -> Long.parseLong(each.getValue()))
                            .sum();
            assertThat(devices).isEqualTo(1);
            assertThat(number(figures, "motley_checkpoints_total")).isPositive();
            assertThat(number(figures, "motley_http_requests_total{status=\"4xx\"}")).isPositive();
        }
    }

    @Test
    void runThatGoesOnHasFiguresOfItsOwn() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var run = coordinator.startRun(TestHome.request(coordinator, 1));
            var figures = figures(get(coordinator, "/metrics"));
            var label = "{run=\"" + run.id() + "\"}";
            assertThat(figures)
                    .containsEntry("motley_runs{status=\"active\"}", "1")
                    .containsEntry("motley_run_samples" + label, "100")
                    .containsEntry("motley_run_samples_done" + label, "0")
                    .containsEntry("motley_run_loss_nats" + label, "NaN")
                    .containsKey("motley_run_mailbox_messages" + label);
        }
    }

    @Test
    void everybodyMayProbeAndLearnsNothing() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).openWithToken()) {
            assertThat(get(coordinator, "/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
            var ready = get(coordinator, "/readyz");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(MAPPER.readTree(ready.body()))
                    .isEqualTo(
                            MAPPER.readTree(
                                    "{\"status\":\"ready\",\"checks\":{\"database\":true,"
                                            + "\"journal\":true,\"disk\":true}}"));
            assertThat(ready.headers().firstValue("x-request-id")).isPresent();
            assertThat(get(coordinator, "/metrics").statusCode()).isEqualTo(401);
        }
    }

    /// What Prometheus holds can read figures and nothing else.
    @Test
    void tokenForFiguresReadsFiguresOnly() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).openWithToken()) {
            var people = new TestPeople(coordinator, http);
            var boss = people.person("boss", "administrator");
            var watcher = people.bearer(boss, "metrics");
            assertThat(people.get(watcher, "/metrics").status()).isEqualTo(200);
            assertThat(people.get(watcher, "/v1/runs").status()).isEqualTo(403);
            assertThat(people.get(watcher, "/v1/accounts").status()).isEqualTo(403);
            var requestor = people.person("someone", "requestor");
            assertThat(people.get(requestor.proof(), "/metrics").status()).isEqualTo(403);
            var theirs = people.bearer(requestor, "metrics");
            assertThat(people.get(theirs, "/metrics").status()).isEqualTo(403);
            assertThat(people.get(Proof.NONE, "/metrics").status()).isEqualTo(401);
        }
    }

    private static TestDevice.Settings honest() {
        return TestDevice.Settings.honest("a");
    }

    private static double number(Map<String, String> figures, String name) {
        return Double.parseDouble(figures.getOrDefault(name, "-1"));
    }

    /// Each sample by its name and labels; every line has the form, every family is described once.
    private static Map<String, String> figures(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("content-type").orElse(""))
                .startsWith("text/plain; version=0.0.4");
        var figures = new TreeMap<String, String>();
        var described = new HashSet<String>();
        for (var line : response.body().lines().toList()) {
            if (line.startsWith("# HELP")) continue;
            if (line.startsWith("# TYPE")) {
                assertThat(described.add(line.split(" ", -1)[2])).as(line).isTrue();
                continue;
            }
            var sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            assertThat(described).contains(sample.group(1));
            figures.put(line.substring(0, line.lastIndexOf(' ')), sample.group(3));
        }
        return figures;
    }

    private HttpResponse<String> get(Coordinator coordinator, String path)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(coordinator.uri().resolve(path)).build();
        return http.send(request, BodyHandlers.ofString());
    }
}
