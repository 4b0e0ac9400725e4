package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every task names its parameters by their hash: bytes that are damaged behind the coordinator's
/// back are noticed, repaired, and leave no trace.
@Timeout(240)
final class DamageContract {
    private static final long PATIENCE_S = 160;
    private static final int EPOCHS = 2;

    /// Behind the header of a shared file, in the middle of the first weights.
    private static final int DAMAGED_BYTE = 1_000;

    @TempDir private Path folder;

    @Test
    void damagedFileOfParametersIsNoticedAndWrittenAnew() throws Exception {
        TestDevice.Conduct damaging =
                (device, assign, outcome, tasks) -> {
                    if (tasks % 3 == 1) damage(device.parametersFile(assign));
                    TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            String weights;
            try (var _ = start(coordinator, "quiet", TestDevice::submitHonestly)) {
                weights = train(coordinator).weightsSha256().orElseThrow();
            }
            try (var device = start(coordinator, "noisy", damaging)) {
                var view = train(coordinator);
                assertThat(view.status()).isEqualTo(Status.FINISHED);
                assertThat(view.weightsSha256()).hasValue(weights);
                assertThat(device.damaged()).isPositive();
            }
        }
    }

    /// Rounded parameters are named by what devices compute with, too.
    @Test
    void tasksNameWhatDevicesComputeWith() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("rounded")).open();
                var device =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("far"), folder)) {
            var plain = TestHome.request(coordinator, EPOCHS);
            var view =
                    coordinator
                            .startRun(plain.withTransfer(Transfer.parse("int8", "bf16")))
                            .whenOver()
                            .get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(device.damaged()).isZero();
        }
    }

    private RunView train(Coordinator coordinator) throws Exception {
        var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
        return run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
    }

    private TestDevice start(Coordinator coordinator, String id, TestDevice.Conduct conduct) {
        var settings = TestDevice.Settings.honest(id).withSharedMemory().withConduct(conduct);
        return TestDevice.start(coordinator.uri(), settings, folder);
    }

    private static void damage(Path file) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, DAMAGED_BYTE);
            one.put(0, (byte) (one.get(0) ^ 0x40));
            channel.write(one.flip(), DAMAGED_BYTE);
        }
    }
}
