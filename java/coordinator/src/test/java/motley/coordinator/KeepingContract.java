package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.MetricRow;
import motley.coordinator.storage.RunRow.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Best parameters, early ends, and runs that go on from others, over real sockets.
@Timeout(400)
final class KeepingContract {
    private static final long PATIENCE_S = 240;

    /// So fast that the loss soon rises again.
    private static final double TOO_FAST = 0.05;

    @TempDir private Path folder;

    @Test
    void runThatGetsNoBetterEndsWithItsBestParameters() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var _ = device(coordinator)) {
            var losses = Collections.synchronizedList(new ArrayList<Double>());
            var _ = coordinator.listen(event -> remember(event, losses));
            var keeping = new RunRequest.Keeping(2, true);
            var view = finished(coordinator.startRun(request(coordinator, 40, keeping)));
            assertThat(losses).hasSizeLessThan(40);
            int best = losses.indexOf(Collections.min(losses));
            assertThat(losses).hasSize(best + 3);
            assertThat(view.waiting()).contains("no better for 2 evaluations");

            var again = finished(coordinator.startRun(request(coordinator, best + 1)));
            assertThat(view.weightsSha256()).isEqualTo(again.weightsSha256());
        }
    }

    @Test
    void bestParametersStayThoughTheLastOnesAreTheResult() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var _ = device(coordinator)) {
            var losses = Collections.synchronizedList(new ArrayList<Double>());
            var _ = coordinator.listen(event -> remember(event, losses));
            var view = finished(coordinator.startRun(request(coordinator, 12)));
            int best = losses.indexOf(Collections.min(losses));
            assertThat(best).as("the loss has to rise again").isLessThan(9);
            var again = finished(coordinator.startRun(request(coordinator, best + 1)));
            assertThat(model(coordinator, view.id(), "?checkpoint=best"))
                    .isEqualTo(model(coordinator, again.id(), ""))
                    .isNotEqualTo(model(coordinator, view.id(), ""));
        }
    }

    /// With a constant rate and the optimizer's state, two epochs and then one over the same
    /// samples differ from three only by the order of the samples, which the epoch's number
    /// decides.
    @Test
    void runGoesOnFromAnotherOne() throws Exception {
        var home = new TestHome(folder.resolve("home"));
        String child;
        List<Byte> parent;
        try (var coordinator = home.open();
                var _ = device(coordinator)) {
            var first = finished(coordinator.startRun(request(coordinator, 2)));
            parent = model(coordinator, first.id(), "");
            var answer = post(coordinator, first.id(), "{\"epochs\": 1, \"learningRate\": 1e-4}");
            assertThat(answer.statusCode()).isEqualTo(201);
            child = answer.headers().firstValue("location").orElseThrow().replaceFirst(".*/", "");
            var run = coordinator.runs().getLast();
            assertThat(run.id()).isEqualTo(child);
            var view = finished(run);
            assertThat(view.request().ancestor()).hasValue(new RunRequest.Ancestor(first.id(), 8));
            assertThat(view.request().training().epochs()).isEqualTo(1);
            double before = first.lastEvaluation().orElseThrow().loss();
            double after = view.lastEvaluation().orElseThrow().loss();
            assertThat(after).isLessThan(before);
            assertThat(model(coordinator, first.id(), "")).isEqualTo(parent);
        }
        try (var coordinator = home.open()) {
            assertThat(model(coordinator, child, "")).isNotEqualTo(parent);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedByName() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var _ = device(coordinator)) {
            var first = finished(coordinator.startRun(request(coordinator, 1)));
            assertThat(post(coordinator, first.id(), "{\"epoch\": 1}").body())
                    .contains("epoch: no such field");
            assertThat(post(coordinator, first.id(), "{\"model\": \"lstm\"}").body())
                    .contains("model: lstm");
            assertThat(post(coordinator, first.id(), "{\"earlyStop\": -1}").body())
                    .contains("earlyStop: -1 (expected: at least 0)");
            assertThat(post(coordinator, first.id(), "{\"keep\": \"middle\"}").body())
                    .contains("keep: \\\"middle\\\" (expected: last or best)");
            assertThat(post(coordinator, "r0", "{}").statusCode()).isEqualTo(404);
            assertThat(coordinator.runs()).hasSize(1);
        }
    }

    private TestDevice device(Coordinator coordinator) throws Exception {
        return TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("a"), folder);
    }

    private static RunView finished(RunHandle run) throws Exception {
        var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(view.status()).isEqualTo(Status.FINISHED);
        return view;
    }

    private static void remember(RunEvent event, List<Double> losses) {
        if (event instanceof RunEvent.Measured measured
                && measured.metric().kind() == MetricRow.Kind.EVALUATION) {
            losses.add(measured.metric().loss());
        }
    }

    private static RunRequest request(Coordinator coordinator, int epochs) throws IOException {
        return request(coordinator, epochs, RunRequest.Keeping.LAST);
    }

    private static RunRequest request(
            Coordinator coordinator, int epochs, RunRequest.Keeping keeping) throws IOException {
        var usual = TestHome.request(coordinator, epochs);
        var descent = new RunRequest.Descent("adam", OptionalDouble.of(TOO_FAST), "constant", 0);
        var training = new RunRequest.Training(epochs, 32, 4, descent, 7, true);
        return new RunRequest(
                        usual.model(), usual.dataset(), training, usual.crew(), Optional.empty())
                .with(keeping);
    }

    private static List<Byte> model(Coordinator coordinator, String run, String query)
            throws Exception {
        var uri = uri(coordinator, "/v1/runs/" + run + "/model" + query);
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build();
            var answer = http.send(request, BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            var bytes = new ArrayList<Byte>();
            for (byte value : answer.body()) bytes.add(value);
            return bytes;
        }
    }

    private static java.net.http.HttpResponse<String> post(
            Coordinator coordinator, String run, String body) throws Exception {
        var uri = uri(coordinator, "/v1/runs/" + run + "/continue");
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body));
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }

    private static URI uri(Coordinator coordinator, String path) {
        return coordinator.uri().resolve(path);
    }
}
