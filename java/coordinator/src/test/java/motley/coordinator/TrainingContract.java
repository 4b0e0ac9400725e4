package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.TaskKey;
import motley.wire.Transport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whole trainings over real sockets: whoever takes part, and whatever happens to them, the
/// weights are the same.
@Timeout(240)
final class TrainingContract {
    private static final long PATIENCE_S = 160;
    private static final int EPOCHS = 2;

    @TempDir private static Path before;
    private static String weights;

    @TempDir private Path folder;

    @BeforeAll
    static void trainUndisturbed() throws Exception {
        try (var coordinator = new TestHome(before.resolve("home")).open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(),
                                TestDevice.Settings.honest("solo").withSharedMemory(),
                                before)) {
            var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            weights = view.weightsSha256().orElseThrow();
        }
    }

    @Test
    void weightsDoNotDependOnTheDevices() throws Exception {
        try (var coordinator = home("home").open()) {
            var alone = train(coordinator, TestDevice.Settings.honest("a"));
            assertThat(alone.weightsSha256()).hasValue(weights);
            assertThat(alone.status()).isEqualTo(Status.FINISHED);
            assertThat(alone.lastEvaluation().orElseThrow().samples()).isEqualTo(TestHome.TEST);
            assertThat(alone.lastEvaluation().orElseThrow().epoch()).isEqualTo(EPOCHS - 1);
            assertThat(alone.progress().round()).isEqualTo(4);

            var two =
                    train(
                            coordinator,
                            TestDevice.Settings.honest("b").withSharedMemory(),
                            TestDevice.Settings.honest("c").over(Transport.WEBSOCKET));
            assertThat(two.weightsSha256()).hasValue(weights);

            var four =
                    train(
                            coordinator,
                            TestDevice.Settings.honest("d"),
                            TestDevice.Settings.honest("e").withSharedMemory(),
                            TestDevice.Settings.honest("f")
                                    .withSharedMemory()
                                    .over(Transport.WEBSOCKET),
                            TestDevice.Settings.honest("g"));
            assertThat(four.weightsSha256()).hasValue(weights);
            assertThat(four.lastRound().orElseThrow().loss())
                    .isEqualTo(alone.lastRound().orElseThrow().loss());
        }
    }

    /// A decoder that reads a text in windows: whole numbers in and out, and many positions a
    /// sample.
    @Test
    void weightsOfATextModelDoNotDependOnTheDevices() throws Exception {
        try (var coordinator = home("text").open()) {
            var request = TestHome.textRequest(coordinator, EPOCHS);
            var alone = train(coordinator, request, TestDevice.Settings.honest("a"));
            assertThat(alone.status()).isEqualTo(Status.FINISHED);
            var evaluation = alone.lastEvaluation().orElseThrow();
            assertThat(evaluation.samples()).isEqualTo(request.dataset().testSamples());
            assertThat(evaluation.loss()).isLessThan(Math.log(128));
            assertThat(evaluation.accuracy()).isStrictlyBetween(0.0, 1.0);
            var two =
                    train(
                            coordinator,
                            request,
                            TestDevice.Settings.honest("b").withSharedMemory(),
                            TestDevice.Settings.honest("c"));
            assertThat(two.weightsSha256()).isEqualTo(alone.weightsSha256());
            assertThat(two.lastEvaluation().orElseThrow().accuracy())
                    .isEqualTo(evaluation.accuracy());
            var four =
                    train(
                            coordinator,
                            request,
                            TestDevice.Settings.honest("d"),
                            TestDevice.Settings.honest("e").withSharedMemory(),
                            TestDevice.Settings.honest("f").withSharedMemory(),
                            TestDevice.Settings.honest("g"));
            assertThat(four.weightsSha256()).isEqualTo(alone.weightsSha256());
        }
    }

    /// A task of local steps is a function of what the coordinator says, so that any device may do
    /// it: here one dies in the middle of the local rounds.
    @Test
    void weightsAfterLocalStepsDoNotDependOnTheDevices() throws Exception {
        try (var coordinator = home("local").open()) {
            var request = TestHome.localRequest(coordinator, 3);
            var alone = train(coordinator, request, TestDevice.Settings.honest("a"));
            assertThat(alone.status()).isEqualTo(Status.FINISHED);
            assertThat(alone.progress().samplesDone()).isEqualTo(3 * TestHome.TRAIN);
            assertThat(alone.weightsSha256()).isNotEqualTo(Optional.of(weights));
            var three =
                    train(
                            coordinator,
                            request,
                            TestDevice.Settings.honest("b").withSharedMemory(),
                            TestDevice.Settings.honest("c")
                                    .withConduct(TrainingContract::dieInLocalSteps),
                            TestDevice.Settings.honest("d"));
            assertThat(three.weightsSha256()).isEqualTo(alone.weightsSha256());
        }
    }

    /// The parts of a model, over HTTP and through files, with a device that dies: what is said of
    /// who keeps nothing is that the weights depend on nobody, and that answers are as long as a
    /// part.
    @Test
    void partsAreSynchronisedInTurns() throws Exception {
        try (var coordinator = home("fragments").open()) {
            var request = TestHome.fragmentsRequest(coordinator, 3);
            var alone = train(coordinator, request, TestDevice.Settings.honest("a"));
            assertThat(alone.status()).isEqualTo(Status.FINISHED);
            assertThat(alone.progress().samplesDone()).isEqualTo(3 * TestHome.TRAIN);
            var largest = Fragments.of(request.model().parameters(), 2).parts().getFirst();
            var traffic = alone.traffic();
            assertThat(traffic.lastUpBytes()).isLessThanOrEqualTo(4L * largest.elements());
            var three =
                    train(
                            coordinator,
                            request,
                            TestDevice.Settings.honest("b").withSharedMemory(),
                            TestDevice.Settings.honest("c")
                                    .withConduct(TrainingContract::dieInLocalSteps),
                            TestDevice.Settings.honest("d"));
            assertThat(three.weightsSha256()).isEqualTo(alone.weightsSha256());
        }
    }

    /// Both optimizers' states are in a checkpoint, whether it was made before or after the border.
    @Test
    void closedCoordinatorGoesOnWithLocalSteps() throws Exception {
        String uninterrupted;
        try (var coordinator = home("local-whole").open()) {
            var request = TestHome.localRequest(coordinator, 3);
            var view = train(coordinator, request, TestDevice.Settings.honest("a"));
            uninterrupted = view.weightsSha256().orElseThrow();
        }
        for (int rounds : List.of(4, 7)) {
            var home = home("local-" + rounds);
            String id;
            try (var coordinator = home.open();
                    var _ =
                            TestDevice.start(
                                    coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
                var request = TestHome.localRequest(coordinator, 3);
                id = startAndAwaitRounds(coordinator, request, rounds).id();
            }
            try (var coordinator = home.open();
                    var _ =
                            TestDevice.start(
                                    coordinator.uri(), TestDevice.Settings.honest("b"), folder)) {
                var run = coordinator.run(id).orElseThrow();
                var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                assertThat(view.weightsSha256()).hasValue(uninterrupted);
            }
        }
    }

    /// One device dies with a task in its hands, one with a contribution delivered and not
    /// submitted: neither leaves a trace.
    @Test
    void killedDevicesLeaveNoTrace() throws Exception {
        TestDevice.Conduct dyingEarly =
                (device, assign, outcome, tasks) -> {
                    if (tasks == 2) device.kill();
                    else TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        TestDevice.Conduct dyingLate =
                (device, assign, outcome, tasks) -> {
                    device.deliver(assign, outcome.gradient());
                    if (tasks == 3) device.kill();
                    else device.send(new FromDevice.Submission(assign.task(), outcome.result()));
                };
        try (var coordinator = home("killed").open()) {
            var run =
                    train(
                            coordinator,
                            TestDevice.Settings.honest("a").withConduct(dyingEarly),
                            TestDevice.Settings.honest("b")
                                    .withSharedMemory()
                                    .withConduct(dyingLate),
                            TestDevice.Settings.honest("c"));
            assertThat(run.weightsSha256()).hasValue(weights);
        }
    }

    @Test
    void badContributionsAreRefusedWithAReasonAndLeaveNoTrace() throws Exception {
        TestDevice.Conduct poisoning =
                (device, assign, outcome, tasks) -> {
                    if (tasks == 1) poison(outcome.gradient());
                    TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        TestDevice.Conduct shortening =
                (device, assign, outcome, tasks) -> {
                    if (tasks == 1) {
                        device.send(new FromDevice.Submission(assign.task(), outcome.result()));
                    } else {
                        TestDevice.submitHonestly(device, assign, outcome, tasks);
                    }
                };
        TestDevice.Conduct repeating =
                (device, assign, outcome, tasks) -> {
                    TestDevice.submitHonestly(device, assign, outcome, tasks);
                    device.send(new FromDevice.Submission(assign.task(), outcome.result()));
                };
        TestDevice.Conduct stale =
                (device, assign, outcome, tasks) -> {
                    var key = withFence(assign.task(), assign.task().fence() - 1);
                    if (tasks == 1) device.send(new FromDevice.Submission(key, outcome.result()));
                    TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        try (var coordinator = home("bad").open()) {
            assertThat(refusals(coordinator, poisoning).getFirst())
                    .isEqualTo("gradient: not finite (expected: finite elements and loss)");
            assertThat(refusals(coordinator, shortening).getFirst())
                    .isEqualTo("gradient: other shapes (expected: those of the model)");
            assertThat(refusals(coordinator, repeating)).isNotEmpty();
            assertThat(refusals(coordinator, stale).getFirst())
                    .isEqualTo("fence: 0 (expected: 1, the coordinator has restarted)");
        }
    }

    @Test
    void closedCoordinatorGoesOnWhereItWas() throws Exception {
        var home = home("closed");
        String id;
        try (var coordinator = home.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = startAndAwaitRounds(coordinator, 3);
            id = run.id();
        }
        // Opened and closed without a device: nothing is lost by doing nothing.
        home.open().close();
        try (var coordinator = home.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = coordinator.run(id).orElseThrow();
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.weightsSha256()).hasValue(weights);
        }
        try (var coordinator = home.open()) {
            var view = coordinator.run(id).orElseThrow().view();
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.weightsSha256()).hasValue(weights);
            assertThat(coordinator.model(coordinator.run(id).orElseThrow())).isPresent();
        }
    }

    @Test
    void pausedRunStaysPausedAndGoesOn() throws Exception {
        var home = home("paused");
        String id;
        try (var coordinator = home.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = startAndAwaitRounds(coordinator, 2);
            id = run.id();
            awaitStatus(coordinator, run, Status.PAUSED, run::pause);
        }
        try (var coordinator = home.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = coordinator.run(id).orElseThrow();
            assertThat(run.status()).isEqualTo(Status.PAUSED);
            awaitStatus(coordinator, run, Status.ACTIVE, run::resume);
            assertThat(run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS).weightsSha256())
                    .hasValue(weights);
        }
    }

    /// Checkpoints cannot be written while their folder is missing: as on a full disk, the run
    /// waits, says why, and goes on by itself when it is back.
    @Test
    void runThatCannotBeStoredWaitsAndGoesOn() throws Exception {
        var home = home("full");
        try (var coordinator = home.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var incoming = home.folder().resolve("checkpoints").resolve("incoming");
            var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
            awaitStatus(
                    coordinator,
                    run,
                    Status.PAUSED,
                    () -> {
                        try {
                            Files.delete(incoming);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            assertThat(run.view().waiting())
                    .startsWith("The run waits until it can be stored: checkpoint: ");
            Files.createDirectory(incoming);
            assertThat(run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS).weightsSha256())
                    .hasValue(weights);
        }
    }

    @Test
    void stoppedRunKeepsWhatItHas() throws Exception {
        try (var coordinator = home("stopped").open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = startAndAwaitRounds(coordinator, 1);
            run.stop("enough");
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.STOPPED);
            assertThat(view.waiting()).isEqualTo("The run is over: enough.");
            assertThat(view.weightsSha256()).isPresent();
        }
    }

    /// Two runs share two devices; each ends with the weights it has alone.
    @Test
    void runsAtOnceDoNotDisturbEachOther() throws Exception {
        try (var coordinator = home("both").open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder);
                var _ =
                        TestDevice.start(
                                coordinator.uri(),
                                TestDevice.Settings.honest("b").withSharedMemory(),
                                folder)) {
            var request = TestHome.request(coordinator, EPOCHS);
            var one = coordinator.startRun(request);
            var other = coordinator.startRun(request);
            assertThat(one.whenOver().get(PATIENCE_S, TimeUnit.SECONDS).weightsSha256())
                    .hasValue(weights);
            assertThat(other.whenOver().get(PATIENCE_S, TimeUnit.SECONDS).weightsSha256())
                    .hasValue(weights);
        }
    }

    /// A device that connects again before its old connection is noticed as dead replaces it, and
    /// the old one's end does not end the new one.
    @Test
    void newConnectionReplacesTheOldOne() throws Exception {
        try (var coordinator = home("replaced").open();
                var old =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = startAndAwaitRounds(coordinator, 1);
            try (var young =
                    TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
                var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                assertThat(view.weightsSha256()).hasValue(weights);
                assertThat(young.accepted()).isPositive();
                assertThat(coordinator.devices()).hasSize(1);
                assertThat(coordinator.devices().getFirst().state())
                        .isEqualTo(DeviceView.State.IDLE);
            }
            assertThat(old.answers())
                    .contains(
                            new FromCoordinator.Goodbye(
                                    "another connection of this device", false));
        }
    }

    /// A device that is lost as soon as it is given local steps.
    private static void dieInLocalSteps(
            TestDevice device, FromCoordinator.Assign assign, TestDevice.Outcome outcome, int tasks)
            throws Exception {
        if (assign.work().local().isPresent()) device.kill();
        else TestDevice.submitHonestly(device, assign, outcome, tasks);
    }

    private TestHome home(String name) {
        return new TestHome(folder.resolve(name));
    }

    private RunView train(Coordinator coordinator, TestDevice.Settings... crew) throws Exception {
        return train(coordinator, TestHome.request(coordinator, EPOCHS), crew);
    }

    private RunView train(Coordinator coordinator, RunRequest request, TestDevice.Settings... crew)
            throws Exception {
        return TestDevice.train(coordinator, request, folder, crew);
    }

    /// Trains with one device of this conduct and an honest one, and returns what was refused.
    private List<String> refusals(Coordinator coordinator, TestDevice.Conduct conduct)
            throws Exception {
        var bad = TestDevice.Settings.honest("bad").withConduct(conduct);
        try (var culprit = TestDevice.start(coordinator.uri(), bad, folder);
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("good"), folder)) {
            var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.weightsSha256()).hasValue(weights);
            return culprit.answers().stream()
                    .filter(FromCoordinator.Refused.class::isInstance)
                    .map(answer -> ((FromCoordinator.Refused) answer).reason())
                    .toList();
        }
    }

    private static RunHandle startAndAwaitRounds(Coordinator coordinator, int rounds)
            throws Exception {
        return startAndAwaitRounds(coordinator, TestHome.request(coordinator, EPOCHS), rounds);
    }

    private static RunHandle startAndAwaitRounds(
            Coordinator coordinator, RunRequest request, int rounds) throws Exception {
        var measured = new LinkedBlockingQueue<RunEvent>();
        try (var _ =
                coordinator.listen(
                        event -> {
                            if (event instanceof RunEvent.Measured) measured.add(event);
                        })) {
            var run = coordinator.startRun(request);
            for (int i = 0; i < rounds; i++) {
                assertThat(measured.poll(PATIENCE_S, TimeUnit.SECONDS)).isNotNull();
            }
            return run;
        }
    }

    private static void awaitStatus(
            Coordinator coordinator, RunHandle run, Status status, Runnable cause)
            throws Exception {
        var reached = new CompletableFuture<RunEvent>();
        try (var _ =
                coordinator.listen(
                        event -> {
                            if (event instanceof RunEvent.StatusChanged changed
                                    && changed.run().equals(run.id())
                                    && changed.status() == status) reached.complete(event);
                        })) {
            cause.run();
            reached.get(PATIENCE_S, TimeUnit.SECONDS);
        }
    }

    private static void poison(MemorySegment gradient) {
        gradient.setAtIndex(ValueLayout.JAVA_FLOAT, 1_000, Float.NaN);
    }

    private static TaskKey withFence(TaskKey key, long fence) {
        return new TaskKey(
                key.run(), key.lease(), fence, key.round(), key.slot(), key.parameterVersion());
    }
}
