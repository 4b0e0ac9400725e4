package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import motley.rounds.Reputation;
import motley.rounds.robust.Aggregation;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Trainings with devices that lie, over real sockets.
@Timeout(300)
final class TrustContract {
    private static final long PATIENCE_S = 560;
    private static final int EPOCHS = 1;

    @TempDir private Path folder;
    private TestHome home;

    @BeforeEach
    void furnish() {
        home = new TestHome(folder.resolve("home"));
    }

    /// Answers count once they are confirmed, and exactly: the weights are those of honest devices.
    @Test
    void liarIsQuarantinedAndLeavesNoTrace() throws Exception {
        try (var coordinator = home.open();
                var _ = start(coordinator, "a", TestDevice::submitHonestly);
                var _ = start(coordinator, "b", TestDevice::submitHonestly)) {
            String audited;
            try (var _ = start(coordinator, "liar", TrustContract::lie)) {
                audited = train(coordinator, new Precautions(true, new Aggregation.Mean()));
            }
            assertThat(reputation(coordinator, "liar").quarantinedUntil()).isPresent();
            assertThat(reputation(coordinator, "liar").failures()).isEqualTo(2);
            for (var honest : List.of("a", "b")) {
                assertThat(reputation(coordinator, honest).failures()).isZero();
                assertThat(reputation(coordinator, honest).confirmed()).isPositive();
            }
            assertThat(work(coordinator, "liar").tasks()).isZero();
            assertThat(work(coordinator, "liar").withheld()).isPositive();
            assertThat(audited).isEqualTo(train(coordinator, Precautions.NONE));
        }
    }

    @Test
    void quarantineOutlivesTheCoordinatorAndCanBeLifted() throws Exception {
        try (var coordinator = home.open();
                var _ = start(coordinator, "liar", TrustContract::lie);
                var _ = start(coordinator, "a", TestDevice::submitHonestly);
                var _ = start(coordinator, "b", TestDevice::submitHonestly)) {
            train(coordinator, new Precautions(true, new Aggregation.Mean()));
        }
        try (var coordinator = home.open();
                var _ = start(coordinator, "liar", TestDevice::submitHonestly)) {
            await(coordinator, "liar");
            assertThat(reputation(coordinator, "liar").quarantinedUntil()).isPresent();
            assertThat(post(coordinator, "liar/pardon")).isEqualTo(200);
            assertThat(reputation(coordinator, "liar")).isEqualTo(Reputation.NEW);
            assertThat(post(coordinator, "nobody/pardon")).isEqualTo(404);
        }
    }

    /// Alone nobody can be confirmed; the owner's word can.
    @Test
    void trustedDeviceTrainsAlone() throws Exception {
        try (var coordinator = home.open();
                var _ = start(coordinator, "a", TestDevice::submitHonestly)) {
            await(coordinator, "a");
            var run = coordinator.startRun(request(coordinator, true));
            while (!run.view().waiting().contains("second device")) pause();
            assertThat(run.view().waiting()).contains("motley devices --trust");
            assertThat(post(coordinator, "a/trust")).isEqualTo(200);
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.weightsSha256()).isPresent();
        }
    }

    private static RunRequest request(Coordinator coordinator, boolean audits) throws IOException {
        return request(coordinator, new Precautions(audits, new Aggregation.Mean()));
    }

    private static RunRequest request(Coordinator coordinator, Precautions precautions)
            throws IOException {
        var plain = TestHome.request(coordinator, EPOCHS);
        return new RunRequest(
                plain.model(),
                plain.dataset(),
                plain.training(),
                new RunRequest.Crew(1, 0, precautions),
                plain.initialWeights());
    }

    private static String train(Coordinator coordinator, Precautions precautions) throws Exception {
        var run = coordinator.startRun(request(coordinator, precautions));
        var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
        return view.weightsSha256().orElseThrow();
    }

    private TestDevice start(Coordinator coordinator, String id, TestDevice.Conduct conduct) {
        var settings = TestDevice.Settings.honest(id).withConduct(conduct);
        return TestDevice.start(coordinator.uri(), settings, folder);
    }

    /// The gradient the other way round: no number looks odd.
    private static void lie(
            TestDevice device, FromCoordinator.Assign assign, TestDevice.Outcome outcome, int tasks)
            throws Exception {
        var gradient = outcome.gradient();
        for (long i = 0; i < gradient.byteSize() / 4; i++) negate(gradient, i);
        device.deliver(assign, gradient);
        var said = outcome.result();
        boolean isEvaluation = assign.work().kind() == FromCoordinator.Kind.EVALUATE;
        var result =
                isEvaluation ? new FromDevice.Result(said.samples(), 0, said.samples(), 1) : said;
        device.send(new FromDevice.Submission(assign.task(), result));
    }

    private static void negate(MemorySegment gradient, long i) {
        float value = gradient.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        gradient.setAtIndex(ValueLayout.JAVA_FLOAT, i, -value);
    }

    private static int post(Coordinator coordinator, String path) throws Exception {
        var uri = URI.create(coordinator.uri() + "/v1/devices/" + path);
        try (var http = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString("{}"));
            return http.send(request.build(), BodyHandlers.discarding()).statusCode();
        }
    }

    private static void await(Coordinator coordinator, String id) {
        while (coordinator.devices().stream().noneMatch(d -> d.id().equals(id))) pause();
    }

    private static void pause() {
        LockSupport.parkNanos(5_000_000);
    }

    private static Reputation reputation(Coordinator coordinator, String id) {
        return view(coordinator, id).reputation();
    }

    private static DeviceView.Work work(Coordinator coordinator, String id) {
        return view(coordinator, id).work();
    }

    private static DeviceView view(Coordinator coordinator, String id) {
        return coordinator.devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
