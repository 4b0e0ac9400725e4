package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import motley.coordinator.credits.CreditStore;
import motley.coordinator.storage.RunRow.Status;
import motley.wire.FromCoordinator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A coordinator in a process of its own, killed without warning in the middle of a round.
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CrashContract {
    private static final int EPOCHS = 2;

    @TempDir private Path folder;

    /// What is trained, and the round in whose middle the process is killed.
    enum Case {
        SYNC(5),
        /// Beyond the warm-up: the outer optimizer has stepped.
        LOCAL(7),
        /// The first part has moved, the second is half done; devices that keep nothing give
        /// weights that depend on nobody.
        FRAGMENTS(7);

        private final int round;

        Case(int round) {
            this.round = round;
        }

        RunRequest request(Coordinator coordinator) throws IOException {
            return switch (this) {
                case SYNC -> TestHome.request(coordinator, EPOCHS);
                case LOCAL -> TestHome.localRequest(coordinator, EPOCHS + 1);
                case FRAGMENTS -> TestHome.fragmentsRequest(coordinator, EPOCHS + 1);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedCoordinatorGoesOnToTheSameWeights(Case which) throws Exception {
        var undisturbed = new TestHome(folder.resolve("undisturbed"));
        String weights;
        try (var coordinator = undisturbed.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = coordinator.startRun(which.request(coordinator));
            weights = run.whenOver().get(200, TimeUnit.SECONDS).weightsSha256().orElseThrow();
        }

        var home = new TestHome(folder.resolve("killed"));
        killInTheMiddle(home, which);
        RunHandle run;
        try (var coordinator = home.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            run = coordinator.runs().getFirst();
            var view = run.whenOver().get(200, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.weightsSha256()).hasValue(weights);
        }
        requirePaidOnce(home, run);
    }

    /// What was computed before the kill and not kept is paid once, to whoever computed it again.
    private static void requirePaidOnce(TestHome home, RunHandle run) {
        try (var database = TestDatabase.open(home.folder())) {
            var credits = new CreditStore(database.jdbi(), InstantSource.system());
            assertThat(credits.check()).isEmpty();
            long price = RunPrice.of(run.plan()).micros(run.plan().settings().schedule());
            assertThat(credits.paid(run.id())).isEqualTo(price);
            assertThat(credits.totals().reserved()).isZero();
        }
    }

    private void killInTheMiddle(TestHome home, Case which) throws Exception {
        var command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        for (var argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--")) command.add(argument);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(
                List.of(CrashContract.class.getName(), home.folder().toString(), which.name()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            var uri = URI.create(await(output, "listening "));
            TestDevice.Conduct conduct =
                    (device, assign, outcome, tasks) -> {
                        hang(assign, which.round);
                        TestDevice.submitHonestly(device, assign, outcome, tasks);
                    };
            var hanging = TestDevice.Settings.honest("a").withConduct(conduct);
            try (var _ = TestDevice.start(uri, hanging, folder)) {
                await(output, "saved " + which.round);
                process.destroyForcibly().waitFor();
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /// Leaves `round` half done: two of its four contributions are accepted.
    private static void hang(FromCoordinator.Assign assign, int round) throws InterruptedException {
        boolean isTime = assign.task().round() == round && assign.task().slot() == 2;
        if (isTime) new CountDownLatch(1).await();
    }

    private static String await(BufferedReader output, String beginning) throws Exception {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(beginning)) return line.substring(beginning.length());
        }
        throw new AssertionError("the process ended without " + beginning);
    }

    /// The process to be killed: says where it listens and each round it could go on from.
    public static void main(String[] arguments) throws Exception {
        var coordinator = new TestHome(Path.of(arguments[0])).open();
        var _ =
                coordinator.listen(
                        event -> {
                            if (event instanceof RunEvent.Checkpointed saved) {
                                System.out.println("saved " + saved.round());
                            }
                        });
        coordinator.startRun(Case.valueOf(arguments[1]).request(coordinator));
        System.out.println("listening " + coordinator.uri());
        Thread.currentThread().join();
    }
}
