package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A device gets no task that needs more than its owner lends, and people see why.
@Timeout(240)
final class LimitsContract {
    private static final long PATIENCE_S = 160;

    @TempDir private Path folder;

    @Test
    void deviceThatLendsTooLittleGetsNoTaskAndTheReason() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var request = TestHome.request(coordinator, 1);
            long need = MemoryNeed.of(RunPlan.of(request)).bytes();
            var small = TestDevice.Settings.honest("small").lending(need - 1);
            try (var tiny = TestDevice.start(coordinator.uri(), small, folder)) {
                assertThat(tiny.idle()).startsWith("no run is active; ");
                var run = coordinator.startRun(request);
                var reason = tiny.idle();
                assertThat(reason)
                        .startsWith("run " + run.id() + " needs ")
                        .contains(" this device lends; lend more with `join --memory`");
                assertThat(coordinator.devices().getFirst().reason()).hasValue(reason);
                assertThat(run.view().waiting())
                        .startsWith("No device has joined; ")
                        .endsWith(" small: " + reason + ".");
                var enough = TestDevice.Settings.honest("enough").lending(need);
                try (var _ = TestDevice.start(coordinator.uri(), enough, folder)) {
                    var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                    assertThat(view.status()).isEqualTo(Status.FINISHED);
                }
                assertThat(tiny.accepted()).isZero();
            }
        }
    }
}
