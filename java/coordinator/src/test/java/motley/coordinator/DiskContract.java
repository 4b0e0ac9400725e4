package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk on which nothing can be written for a while: the run waits and says why, and goes on by
/// itself to the weights it would have had.
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DiskContract {
    private static final int EPOCHS = 3;

    @TempDir private Path folder;

    @Test
    void runWaitsForTheDiskAndGoesOn() throws Exception {
        var home = new TestHome(folder.resolve("calm"));
        String weights;
        try (var coordinator = home.open();
                var _ = device(coordinator)) {
            var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
            weights = run.whenOver().get(200, TimeUnit.SECONDS).weightsSha256().orElseThrow();
        }

        var full = new TestHome(folder.resolve("full"));
        try (var coordinator = full.open()) {
            var incoming = full.folder().resolve("checkpoints/incoming");
            var paused = new CountDownLatch(1);
            try (var _ =
                            coordinator.listen(
                                    event -> {
                                        if (isPaused(event)) paused.countDown();
                                    });
                    var _ = device(coordinator)) {
                var run = coordinator.startRun(TestHome.request(coordinator, EPOCHS));
                block(incoming);
                paused.await();
                assertThat(run.view().waiting()).contains("waits until it can be stored");
                Files.delete(incoming);
                Files.createDirectories(incoming);
                var view = run.whenOver().get(200, TimeUnit.SECONDS);
                assertThat(view.status()).isEqualTo(Status.FINISHED);
                assertThat(view.weightsSha256()).hasValue(weights);
            }
        }
    }

    /// A file where the folder was: nothing can be made in it, by root neither. What is being
    /// written at this moment ends first.
    private static void block(Path incoming) throws Exception {
        do {
            try (var parts = Files.list(incoming)) {
                for (var part : parts.toList()) Files.deleteIfExists(part);
            }
        } while (!isDeleted(incoming));
        Files.writeString(incoming, "in the way");
    }

    private static boolean isDeleted(Path folder) throws IOException {
        try {
            return Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }

    private static boolean isPaused(RunEvent event) {
        return event instanceof RunEvent.StatusChanged changed && changed.status() == Status.PAUSED;
    }

    private TestDevice device(Coordinator coordinator) {
        return TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("a"), folder);
    }
}
