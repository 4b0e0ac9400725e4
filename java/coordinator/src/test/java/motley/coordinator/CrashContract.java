package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import motley.wire.FromCoordinator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator in a process of its own, killed without warning in the middle of a round.
@Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CrashContract {
    private static final int EPOCHS = 2;

    @TempDir private Path folder;

    @Test
    void killedCoordinatorGoesOnToTheSameWeights() throws Exception {
        var undisturbed = new TestHome(folder.resolve("undisturbed"));
        String weights;
        try (var coordinator = undisturbed.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
            weights = run.whenOver().get(50, TimeUnit.SECONDS).weightsSha256().orElseThrow();
        }

        var home = new TestHome(folder.resolve("killed"));
        killInTheMiddle(home);
        try (var coordinator = home.open();
                var _ =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("a"), folder)) {
            var run = coordinator.runs().getFirst();
            var view = run.whenOver().get(50, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(view.weightsSha256()).hasValue(weights);
        }
    }

    private void killInTheMiddle(TestHome home) throws Exception {
        var command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        for (var argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--")) command.add(argument);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(CrashContract.class.getName(), home.folder().toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            var uri = URI.create(await(output, "listening "));
            var hanging = TestDevice.Settings.honest("a").withConduct(CrashContract::hangInRound5);
            try (var _ = TestDevice.start(uri, hanging, folder)) {
                await(output, "saved 5");
                process.destroyForcibly().waitFor();
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /// Leaves round 5 half done: two of its four contributions are accepted.
    private static void hangInRound5(
            TestDevice device, FromCoordinator.Assign assign, TestDevice.Outcome outcome, int tasks)
            throws Exception {
        boolean isTime = assign.task().round() == 5 && assign.task().slot() == 2;
        if (isTime) new CountDownLatch(1).await();
        TestDevice.submitHonestly(device, assign, outcome, tasks);
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
        coordinator.startRun(TestHome.request(coordinator, EPOCHS));
        System.out.println("listening " + coordinator.uri());
        Thread.currentThread().join();
    }
}
