package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.RunRow.Status;
import motley.wire.DeviceHealth;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.GrpcSessionClient;
import motley.wire.Protocol;
import motley.wire.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients that flood, stall or say nothing, over real sockets: they are refused with a reason, and
/// an honest device beside them finishes its training.
@Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FloodContract {
    private static final int SILENT_CONNECTIONS = 1_000;
    private static final int FLOODS = 2;
    private static final int BEATS = 200_000;

    @TempDir private Path folder;

    @Test
    void floodingDevicesAreTurnedAwayAndHonestOnesGoOn() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var floods = new ArrayList<Flood>();
            for (int i = 0; i < FLOODS; i++) floods.add(Flood.start(coordinator, "flood" + i));
            trainHonestly(coordinator);
            floods.forEach(Flood::end);
        }
    }

    @Test
    void deviceThatSaysTooMuchIsDismissedWithTheReason() throws IOException {
        var heard = new ArrayList<FromCoordinator>();
        Session<FromCoordinator> session =
                new Session<>() {
                    @Override
                    public boolean send(FromCoordinator message) {
                        return heard.add(message);
                    }

                    @Override
                    public void close(String why) {}
                };
        var fleet = new Fleet(Access.ofEverybody(), Optional.empty(), 10, InstantSource.system());
        var handler = fleet.open(session);
        handler.received(hello("flood"));
        for (int i = 0; i < 2 * MessageBudget.AT_ONCE; i++) {
            handler.received(new FromDevice.Heartbeat(DeviceHealth.unknown(), 0));
        }
        assertThat(heard).contains(new FromCoordinator.Goodbye(MessageBudget.EXCEEDED, true));
    }

    @Test
    void connectionsThatSayNothingKeepNobodyOut() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var silent = new ArrayList<Socket>();
            try {
                for (int i = 0; i < SILENT_CONNECTIONS; i++) {
                    silent.add(new Socket("127.0.0.1", coordinator.port()));
                }
                trainHonestly(coordinator);
            } finally {
                for (var socket : silent) socket.close();
            }
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
                TestDevice.start(
                        coordinator.uri(), TestDevice.Settings.honest("honest"), folder)) {
            var run = coordinator.startRun(TestHome.request(coordinator, 2));
            var view = run.whenOver().get(50, TimeUnit.SECONDS);
            assertThat(view.status()).isEqualTo(Status.FINISHED);
        }
    }

    private static FromDevice.Hello hello(String id) {
        return new FromDevice.Hello(Protocol.VERSION, "", id, id, TestDevice.profile());
    }

    /// A device that joins and then says that it lives, as fast as it can.
    private record Flood(Session<FromDevice> session, Thread thread) {
        static Flood start(Coordinator coordinator, String id) {
            Session.Handler<FromCoordinator> deaf =
                    new Session.Handler<>() {
                        @Override
                        public void received(FromCoordinator message) {}

                        @Override
                        public void closed(String why) {}
                    };
            var session = GrpcSessionClient.connect(coordinator.uri(), deaf);
            session.send(hello(id));
            var thread = Thread.ofPlatform().daemon().start(() -> flood(session));
            return new Flood(session, thread);
        }

        private static void flood(Session<FromDevice> session) {
            var beat = new FromDevice.Heartbeat(DeviceHealth.unknown(), 0);
            int sent = 0;
            while (sent < BEATS && session.send(beat)) sent++;
        }

        void end() {
            session.close("done");
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
