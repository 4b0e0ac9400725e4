package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import motley.coordinator.http.BodyReader;
import motley.coordinator.storage.RunRow.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients that stall or say nothing, over real sockets: an honest device beside them finishes its
/// training.
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FloodContract {
    private static final int SILENT_CONNECTIONS = 300;
    private static final int FLOODS = 3;

    @TempDir private Path folder;

    @Test
    void connectionsThatSayNothingKeepNobodyOut() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var silent = new ArrayList<Socket>();
            try {
                for (int i = 0; i < SILENT_CONNECTIONS; i++) {
                    silent.add(new Socket(InetAddress.getLoopbackAddress(), coordinator.port()));
                }
                trainHonestly(coordinator);
            } finally {
                for (var socket : silent) socket.close();
            }
        }
    }

    @Test
    void deviceThatFloodsIsDismissedAndTheTrainingGoesOn() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var honest =
                        TestDevice.start(
                                coordinator.uri(), TestDevice.Settings.honest("honest"), folder)) {
            var run = coordinator.startRun(TestHome.request(coordinator, 6));
            for (int i = 0; i < FLOODS; i++) {
                try (var flooder = TestFlooder.start(coordinator.port(), "flooder-" + i)) {
                    assertThat(flooder.heard()).contains(MessageBudget.EXCEEDED);
                    assertThat(flooder.sent()).isGreaterThanOrEqualTo(MessageBudget.AT_ONCE);
                }
            }
            assertThat(coordinator.devices())
                    .filteredOn(device -> device.name().startsWith("flooder"))
                    .hasSize(FLOODS);
            var view = run.whenOver().get(200, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
            assertThat(honest.accepted()).isPositive();
        }
    }

    @Test
    void bodyThatStallsIsGivenUp() {
        var request = HttpRequest.streaming(HttpMethod.PUT, "/");
        request.write(HttpData.ofUtf8("the beginning"));
        try (var body = BodyReader.of(request, Duration.ofMillis(1))) {
            assertThatThrownBy(() -> drain(body))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("silent");
        }
    }

    private static void drain(BodyReader body) throws Exception {
        while (body.next().isPresent()) {}
    }

    private void trainHonestly(Coordinator coordinator) throws Exception {
        try (var _ =
                TestDevice.start(coordinator.uri(), TestDevice.Settings.honest("honest"), folder)) {
            var run = coordinator.startRun(TestHome.request(coordinator, 2));
            var view = run.whenOver().get(200, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
        }
    }
}
