package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import motley.rounds.Reputation;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Audits between devices of different numeric classes, over real sockets.
@Timeout(300)
final class ClassesContract {
    private static final long PATIENCE_S = 140;

    @TempDir private Path folder;

    /// Each honest device is the only one of its class, so that they have nobody but each other.
    @Test
    void devicesThatComputeDifferentlyConfirmEachOtherAndFindTheLiar() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var _ = start(coordinator, TestDevice.Settings.honest("jvm"));
                var _ = start(coordinator, otherwise("tab", ClassesContract::roundDifferently))) {
            try (var _ =
                    start(
                            coordinator,
                            TestDevice.Settings.honest("liar").withConduct(ClassesContract::lie))) {
                train(coordinator);
            }
            assertThat(reputation(coordinator, "liar").failures()).isEqualTo(2);
            assertThat(reputation(coordinator, "liar").quarantinedUntil()).isPresent();
            for (var honest : new String[] {"jvm", "tab"}) {
                assertThat(reputation(coordinator, honest).failures()).isZero();
                assertThat(reputation(coordinator, honest).confirmed()).isPositive();
            }
        }
    }

    private static void train(Coordinator coordinator) throws Exception {
        while (coordinator.devices().size() < 3) LockSupport.parkNanos(5_000_000);
        var run = coordinator.startRun(TestHome.auditedRequest(coordinator, 1));
        try {
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.weightsSha256()).isPresent();
        } catch (TimeoutException e) {
            throw new AssertionError(run.view().waiting(), e);
        }
    }

    private TestDevice start(Coordinator coordinator, TestDevice.Settings settings) {
        return TestDevice.start(coordinator.uri(), settings, folder);
    }

    private static TestDevice.Settings otherwise(String id, TestDevice.Conduct conduct) {
        return TestDevice.Settings.honest(id).asBrowser("f32").withConduct(conduct);
    }

    /// The last bit of every element, as another order of sums would change it.
    private static void roundDifferently(
            TestDevice device, FromCoordinator.Assign assign, TestDevice.Outcome outcome, int tasks)
            throws Exception {
        change(outcome.gradient(), true);
        TestDevice.submitHonestly(device, assign, outcome, tasks);
    }

    private static void lie(
            TestDevice device, FromCoordinator.Assign assign, TestDevice.Outcome outcome, int tasks)
            throws Exception {
        change(outcome.gradient(), false);
        device.deliver(assign, outcome.gradient());
        var said = outcome.result();
        boolean isEvaluation = assign.work().kind() == FromCoordinator.Kind.EVALUATE;
        var result =
                isEvaluation ? new FromDevice.Result(said.samples(), 0, said.samples(), 1) : said;
        device.send(new FromDevice.Submission(assign.task(), result));
    }

    private static void change(MemorySegment gradient, boolean isRounded) {
        for (long i = 0; i < gradient.byteSize() / 4; i++) {
            float value = gradient.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            gradient.setAtIndex(ValueLayout.JAVA_FLOAT, i, isRounded ? Math.nextUp(value) : -value);
        }
    }

    private static Reputation reputation(Coordinator coordinator, String id) {
        return coordinator.devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow()
                .reputation();
    }
}
