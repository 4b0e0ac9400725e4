package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import motley.coordinator.storage.RunRow.Status;
import motley.wire.FromCoordinator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Trainings on samples that stay on devices, over real sockets.
@Timeout(240)
final class OnDevicesContract {
    private static final long PATIENCE_S = 160;
    private static final int EPOCHS = 6;
    private static final String IMAGES = "f32[28, 28, 1]";

    @TempDir private Path folder;

    @Test
    void meanOfWhatDevicesLearnIsTheNextModel() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var one = start(coordinator, "one", "digits", IMAGES);
                var two = start(coordinator, "two", "digits", IMAGES)) {
            one.idle();
            two.idle();
            var view = train(coordinator, 2);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.progress().round()).isEqualTo(1);
            var first = view.lastRound().orElseThrow();
            assertThat(first.loss()).isLessThan(2);
            assertThat(view.lastEvaluation().orElseThrow().samples()).isEqualTo(TestHome.TEST);
            assertThat(view.lastEvaluation().orElseThrow().accuracy()).isGreaterThan(0.5);
            assertThat(one.accepted()).isGreaterThanOrEqualTo(EPOCHS);
            assertThat(two.accepted()).isGreaterThanOrEqualTo(EPOCHS);
        }
    }

    /// Devices without the samples, or with others, are told why they get nothing.
    @Test
    void othersTakeNoPartAndHearWhy() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("others")).open();
                var without = start(coordinator, "without", "letters", IMAGES);
                var wrong = start(coordinator, "wrong", "digits", "f32[32, 32, 3]")) {
            without.idle();
            wrong.idle();
            assertThatThrownBy(() -> coordinator.startRun(request(coordinator, 1)))
                    .hasMessageContaining("no device that is here offers samples of this name")
                    .hasMessageContaining("[digits, letters]");
            try (var right = start(coordinator, "right", "digits", IMAGES)) {
                right.idle();
                var run = coordinator.startRun(request(coordinator, 1));
                assertThat(without.idle()).contains("samples called digits");
                assertThat(wrong.idle()).contains("f32[32, 32, 3] with targets i32[]");
                run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                assertThat(without.accepted() + wrong.accepted()).isZero();
            }
        }
    }

    /// The coordinator is closed in the middle; the weights are those of an undisturbed run.
    @Test
    void closedCoordinatorGoesOnToTheSameWeights() throws Exception {
        String weights;
        try (var coordinator = new TestHome(folder.resolve("whole")).open();
                var one = start(coordinator, "one", "digits", IMAGES);
                var two = start(coordinator, "two", "digits", IMAGES)) {
            one.idle();
            two.idle();
            weights = train(coordinator, 2).weightsSha256().orElseThrow();
        }
        var home = new TestHome(folder.resolve("closed"));
        String id;
        var trained = new AtomicInteger();
        TestDevice.Conduct stopping =
                (device, assign, outcome, tasks) -> {
                    boolean trains = assign.work().kind() == FromCoordinator.Kind.TRAIN;
                    if (trains && trained.incrementAndGet() > 3) device.kill();
                    else TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        try (var coordinator = home.open();
                var one = start(coordinator, "one", "digits", IMAGES);
                var two =
                        TestDevice.start(
                                coordinator.uri(),
                                TestDevice.Settings.honest("two")
                                        .offering("digits", IMAGES)
                                        .withConduct(stopping),
                                folder)) {
            one.idle();
            two.idle();
            var run = coordinator.startRun(request(coordinator, 2));
            id = run.id();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
            while (trained.get() <= 3 && System.nanoTime() < end) {
                LockSupport.parkNanos(5_000_000);
            }
            assertThat(run.status()).isEqualTo(Status.ACTIVE);
        }
        try (var coordinator = home.open();
                var _ = start(coordinator, "one", "digits", IMAGES);
                var _ = start(coordinator, "two", "digits", IMAGES)) {
            var run = coordinator.run(id).orElseThrow();
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.weightsSha256()).hasValue(weights);
        }
    }

    @Test
    void settingsThatDoNotFitAreRefused() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("refused")).open()) {
            var text = RunRequestJson.write(request(coordinator, 1));
            assertThatThrownBy(() -> RunPlan.of(parse(text.deepCopy().put("tasks", 4))))
                    .hasMessageStartingWith("tasks: 4 (expected: 1 where data stay on devices");
            assertThatThrownBy(() -> RunPlan.of(parse(text.deepCopy().put("trust", "audit"))))
                    .hasMessageStartingWith("trust: audit (expected: off where data stay");
            assertThatThrownBy(() -> parse(text.deepCopy().put("strategy", "sync")))
                    .hasMessage("strategy: sync (expected: local, where data stay on devices)");
            assertThat(parse(text)).isEqualTo(request(coordinator, 1));
        }
    }

    private static RunRequest parse(JsonNode text) {
        return RunRequestJson.parse(text.toString());
    }

    private RunView train(Coordinator coordinator, int quorum) throws Exception {
        var run = coordinator.startRun(request(coordinator, quorum));
        return run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
    }

    private static RunRequest request(Coordinator coordinator, int quorum) throws Exception {
        var text = RunRequestJson.write(TestHome.request(coordinator, EPOCHS));
        text.put("batchSize", 4).put("tasks", 1).put("minDevices", quorum);
        text.remove("strategy");
        text.withObject("/dataset/onDevices").put("name", "digits").put("quorum", quorum);
        return parse(text);
    }

    private TestDevice start(Coordinator coordinator, String id, String name, String input) {
        var settings = TestDevice.Settings.honest(id).offering(name, input);
        return TestDevice.start(coordinator.uri(), settings, folder);
    }
}
