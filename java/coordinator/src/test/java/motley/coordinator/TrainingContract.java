package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import motley.coordinator.storage.RunRow.Status;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/// Whole trainings over real sockets: whoever takes part, and whatever happens to them, the
/// weights are the same.
@Timeout(60)
final class TrainingContract {
    private static final long PATIENCE_S = 40;

    @TempDir private Path folder;

    @Test
    void weightsDoNotDependOnTheDevices() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var alone = train(coordinator, TestDevice.Settings.honest("a"));
            assertThat(alone.status()).isEqualTo(Status.FINISHED);
            assertThat(alone.lastEvaluation().orElseThrow().samples()).isEqualTo(TestHome.TEST);
            assertThat(alone.progress().round()).isEqualTo(7);

            var shared = train(coordinator, TestDevice.Settings.honest("b").withSharedMemory());
            assertThat(shared.weightsSha256()).isEqualTo(alone.weightsSha256());

            var four =
                    train(
                            coordinator,
                            TestDevice.Settings.honest("c"),
                            TestDevice.Settings.honest("d").withSharedMemory(),
                            TestDevice.Settings.honest("e").withSharedMemory(),
                            TestDevice.Settings.honest("f"));
            assertThat(four.weightsSha256()).isEqualTo(alone.weightsSha256());
            assertThat(four.lastRound().orElseThrow().loss())
                    .isEqualTo(alone.lastRound().orElseThrow().loss());
        }
    }

    private RunView train(Coordinator coordinator, TestDevice.Settings... crew) throws Exception {
        var devices = new ArrayList<TestDevice>();
        for (var member : crew) {
            devices.add(TestDevice.start(coordinator.uri(), member, folder));
        }
        try {
            var run = coordinator.startRun(TestHome.request(coordinator, 2));
            return run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
        } finally {
            for (var device : devices) device.close();
        }
    }
}
