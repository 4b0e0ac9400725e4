package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.MetricRow;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.Strategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// k-batch and async over real sockets, with devices that die and a coordinator that is closed:
/// every sample counts once an epoch, and the model learns.
@Timeout(480)
final class StrategyContract {
    private static final long PATIENCE_S = 400;
    private static final int EPOCHS = 8;

    /// 100 samples in tasks of eight.
    private static final int TASKS = 13;

    @TempDir private Path folder;

    @Test
    void kBatchLearnsAlthoughADeviceIsKilled() throws Exception {
        var strategy = new Strategy(3, 0, Strategy.Local.NONE);
        var home = new TestHome(folder.resolve("k-batch"));
        String id;
        try (var coordinator = home.open()) {
            var view = train(coordinator, strategy, "adam", 0.002);
            id = view.id();
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.lastEvaluation().orElseThrow().accuracy()).isGreaterThan(0.7);
            assertThat(view.progress().rounds()).isEqualTo(5);
        }
        requireEverySampleOnce(home, id, 5);
    }

    @Test
    void asyncLearnsAlthoughADeviceIsKilled() throws Exception {
        var strategy = new Strategy(1, 8, Strategy.Local.NONE);
        var home = new TestHome(folder.resolve("async"));
        String id;
        try (var coordinator = home.open()) {
            var view = train(coordinator, strategy, "sgd:momentum=0", 0.05);
            id = view.id();
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.lastEvaluation().orElseThrow().accuracy()).isGreaterThan(0.7);
            assertThat(view.progress().rounds()).isEqualTo(TASKS);
        }
        requireEverySampleOnce(home, id, TASKS);
    }

    @Test
    void closedCoordinatorGoesOnInTheMiddleOfAnEpoch() throws Exception {
        var home = new TestHome(folder.resolve("closed"));
        String id;
        try (var coordinator = home.open();
                var _ = device(coordinator, "a")) {
            var rounds = new LinkedBlockingQueue<RunEvent>();
            try (var _ =
                    coordinator.listen(
                            event -> {
                                if (event instanceof RunEvent.Measured) rounds.add(event);
                            })) {
                var strategy = new Strategy(1, 8, Strategy.Local.NONE);
                var request = request(coordinator, strategy, "rmsprop", 0.001);
                id = coordinator.startRun(request).id();
                for (int i = 0; i < TASKS + 5; i++) {
                    assertThat(rounds.poll(PATIENCE_S, TimeUnit.SECONDS)).isNotNull();
                }
            }
        }
        try (var coordinator = home.open();
                var _ = device(coordinator, "a")) {
            var run = coordinator.run(id).orElseThrow();
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
        }
        requireEverySampleOnce(home, id, TASKS);
    }

    /// Two devices over HTTP and one with mapped files, of which one dies with a task in hand.
    private RunView train(Coordinator coordinator, Strategy strategy, String optimizer, double rate)
            throws Exception {
        TestDevice.Conduct dying =
                (device, assign, outcome, tasks) -> {
                    if (tasks == 5) device.kill();
                    else TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        var crew =
                List.of(
                        TestDevice.Settings.honest("a"),
                        TestDevice.Settings.honest("b").withSharedMemory(),
                        TestDevice.Settings.honest("c").withConduct(dying));
        var devices = new ArrayList<TestDevice>();
        try {
            for (var member : crew) {
                devices.add(TestDevice.start(coordinator.uri(), member, folder));
            }
            var seen = new LinkedBlockingQueue<RunEvent.Measured>();
            try (var _ =
                    coordinator.listen(
                            event -> {
                                if (event instanceof RunEvent.Measured now) seen.add(now);
                            })) {
                var run = coordinator.startRun(request(coordinator, strategy, optimizer, rate));
                var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                requireStandings(List.copyOf(seen));
                return view;
            }
        } finally {
            devices.forEach(TestDevice::close);
        }
    }

    /// What people are told after each update is never more than all, and in the end it is all.
    private static void requireStandings(List<RunEvent.Measured> seen) {
        for (var now : seen) {
            var at = now.standing();
            assertThat(at.roundOfEpoch()).isBetween(1, at.roundsOfEpoch());
            assertThat(at.samplesLeft()).isBetween(0L, (long) EPOCHS * TestHome.TRAIN);
        }
        assertThat(seen.getLast().standing().samplesLeft()).isZero();
    }

    private TestDevice device(Coordinator coordinator, String name) {
        return TestDevice.start(coordinator.uri(), TestDevice.Settings.honest(name), folder);
    }

    static RunRequest request(
            Coordinator coordinator, Strategy strategy, String optimizer, double rate)
            throws Exception {
        var usual = TestHome.request(coordinator, EPOCHS);
        var descent = new RunRequest.Descent(optimizer, OptionalDouble.of(rate), "constant", 0);
        var training = new RunRequest.Training(EPOCHS, 32, 4, descent, 7, true);
        return new RunRequest(
                        usual.model(), usual.dataset(), training, usual.crew(), Optional.empty())
                .with(strategy);
    }

    /// In the database of a closed coordinator, after whatever restarts.
    static void requireEverySampleOnce(TestHome home, String run, int updatesOfAnEpoch)
            throws Exception {
        List<MetricRow> rounds;
        try (var database = TestDatabase.open(home.folder())) {
            rounds = database.metrics(run, MetricRow.Kind.ROUND, 10_000);
        }
        assertThat(rounds).hasSize(EPOCHS * updatesOfAnEpoch);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            int of = epoch;
            long samples =
                    rounds.stream()
                            .filter(round -> round.epoch() == of)
                            .mapToLong(MetricRow::samples)
                            .sum();
            assertThat(samples).as("samples of epoch %d", epoch).isEqualTo(TestHome.TRAIN);
        }
    }
}
