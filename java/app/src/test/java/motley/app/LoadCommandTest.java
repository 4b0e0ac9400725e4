package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Simulated devices on a real coordinator, over real sockets.
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LoadCommandTest {
    @TempDir private Path folder;

    @Test
    void everyTaskIsAnsweredAndCounted() throws Exception {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var coordinator = Coordinators.open(Coordinators.settings(folder, address))) {
            var output =
                    Output.of(
                            "load",
                            "--url",
                            "http://127.0.0.1:" + coordinator.port(),
                            "--devices",
                            "20",
                            "--per-connection",
                            "3",
                            "--seconds",
                            "1",
                            "--task-seconds",
                            "0.1",
                            "--format",
                            "json");
            var told = new ObjectMapper().readTree(output);
            assertThat(told.path("devices").asInt()).isEqualTo(20);
            assertThat(told.path("given").asInt()).isPositive();
            assertThat(told.path("lost").asInt(-1)).as(output).isZero();
            assertThat(told.path("sessionsLost").asInt(-1)).as(output).isZero();
            assertThat(told.path("failedTransfers").asInt(-1)).as(output).isZero();
            assertThat(told.path("counted")).isEqualTo(told.path("accepted"));
        }
    }

    @Test
    void tooManyDevicesAreRefused() {
        assertThat(Main.execute("load", "--devices", "100001")).isEqualTo(1);
        assertThat(Main.execute("load", "--per-connection", "121")).isEqualTo(1);
        assertThat(Main.execute("load", "--task-seconds", "0")).isEqualTo(1);
    }
}
