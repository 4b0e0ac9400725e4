package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What sessions must do over real sockets, whatever carries them.
abstract class SessionContract {
    private static final long PATIENCE_S = 80;

    static final FromDevice.Hello HELLO =
            new FromDevice.Hello(
                    Protocol.VERSION,
                    "token",
                    "device-1",
                    "Anna's laptop",
                    new DeviceProfile(
                            "Linux",
                            "a processor",
                            8,
                            2,
                            16L << 30,
                            4L << 30,
                            OptionalDouble.of(40),
                            List.of("cpu"),
                            "jvm-1",
                            "0.1"));

    /// What a session sends by itself, whenever it is due.
    private static final Set<Record> BEATS =
            Set.of(
                    new FromDevice.Heartbeat(DeviceHealth.unknown(), 0),
                    new FromCoordinator.Pulse());

    private final BlockingQueue<Session<FromCoordinator>> accepted = new LinkedBlockingQueue<>();
    private final Log<FromDevice> atCoordinator = new Log<>();
    private final Log<FromCoordinator> atDevice = new Log<>();
    private final Transport transport;
    private final AutoCloseable service;
    private final Server server;
    private final URI uri;

    /// Adds the service of a transport to a server.
    interface Services {
        /// @return what to close in the end
        AutoCloseable add(
                ServerBuilder server,
                Function<Session<FromCoordinator>, Session.Handler<FromDevice>> sessions);
    }

    SessionContract(Transport transport, Services services) {
        this.transport = transport;
        var builder =
                Server.builder().http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        service =
                services.add(
                        builder,
                        session -> {
                            accepted.add(session);
                            return atCoordinator;
                        });
        server = builder.build();
        server.start().join();
        uri = URI.create("http://127.0.0.1:" + server.activeLocalPort());
    }

    /// Where the server listens.
    final URI uri() {
        return uri;
    }

    /// What the coordinator hears.
    final Log<FromDevice> atCoordinator() {
        return atCoordinator;
    }

    /// The coordinator's end of the newest session.
    final Session<FromCoordinator> coordinator() throws InterruptedException {
        return accepted.poll(PATIENCE_S, TimeUnit.SECONDS);
    }

    /// Without waiting: event loops take two seconds to end.
    @AfterEach
    void stop() throws Exception {
        var _ = server.stop();
        service.close();
    }

    @Test
    void messagesArriveInOrderBothWays() throws Exception {
        var device = transport.connect(uri, atDevice);
        device.send(HELLO);
        device.send(new FromDevice.WorkRequest());
        assertThat(atCoordinator.next()).isEqualTo(HELLO);
        assertThat(atCoordinator.next()).isEqualTo(new FromDevice.WorkRequest());

        var coordinator = accepted.poll(PATIENCE_S, TimeUnit.SECONDS);
        for (int i = 0; i < 100; i++) coordinator.send(new FromCoordinator.Accepted(i));
        for (int i = 0; i < 100; i++) {
            assertThat(atDevice.next()).isEqualTo(new FromCoordinator.Accepted(i));
        }
        device.close("done");
        assertThat(atDevice.closed()).isEqualTo("done");
        assertThat(atCoordinator.closed()).isEqualTo("the peer ended the session");
    }

    @Test
    void lastWordsArriveBeforeTheEnd() throws Exception {
        var device = transport.connect(uri, atDevice);
        device.send(HELLO);
        atCoordinator.next();
        device.send(new FromDevice.Leaving("the owner is back"));
        device.close("left");
        assertThat(atCoordinator.next()).isEqualTo(new FromDevice.Leaving("the owner is back"));
        assertThat(atCoordinator.closed()).isEqualTo("the peer ended the session");
    }

    @Test
    void farewellOfTheCoordinatorArrives() throws Exception {
        var device = transport.connect(uri, atDevice);
        device.send(HELLO);
        atCoordinator.next();
        var coordinator = accepted.poll(PATIENCE_S, TimeUnit.SECONDS);
        var farewell = new FromCoordinator.Goodbye("replaced", false);
        coordinator.send(farewell);
        coordinator.close("replaced");
        assertThat(atDevice.next()).isEqualTo(farewell);
        assertThat(atDevice.closed()).isEqualTo("the peer ended the session");
        assertThat(device.send(new FromDevice.WorkRequest())).isFalse();
    }

    @Test
    void stoppingTheServerEndsTheSession() throws Exception {
        var device = transport.connect(uri, atDevice);
        device.send(HELLO);
        atCoordinator.next();
        var _ = server.stop();
        assertThat(atDevice.closed()).isNotEmpty();
        assertThat(atCoordinator.closed()).isNotEmpty();
    }

    @Test
    void unreachableCoordinatorIsReported() throws Exception {
        int freePort;
        try (var socket = new ServerSocket(0)) {
            freePort = socket.getLocalPort();
        }
        transport.connect(URI.create("http://127.0.0.1:" + freePort), atDevice);
        assertThat(atDevice.closed()).startsWith("connection lost: ");
    }

    @Test
    void heartbeatRepeatsTheNewestHealth() throws Exception {
        var device = transport.connect(uri, atDevice);
        var paused = Optional.of("battery at 12 %");
        var unknown = DeviceHealth.unknown();
        var beat =
                new FromDevice.Heartbeat(
                        new DeviceHealth(
                                OptionalDouble.of(0.5),
                                unknown.memoryFreeBytes(),
                                OptionalDouble.of(0.12),
                                Optional.of(false),
                                unknown.temperatureCelsius(),
                                paused),
                        7);
        device.send(HELLO);
        device.send(beat);
        assertThat(atCoordinator.next()).isEqualTo(HELLO);
        assertThat(atCoordinator.next()).isEqualTo(beat);
        assertThat(atCoordinator.next()).isEqualTo(beat);
        device.close("done");
    }

    /// Notes what was said, but for beats.
    static final class Log<I> implements Session.Handler<I> {
        private final BlockingQueue<I> received = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

        @Override
        public void received(I message) {
            if (!BEATS.contains(message)) received.add(message);
        }

        @Override
        public void closed(String why) {
            closed.add(why);
        }

        I next() throws InterruptedException {
            return received.poll(PATIENCE_S, TimeUnit.SECONDS);
        }

        String closed() throws InterruptedException {
            return closed.poll(PATIENCE_S, TimeUnit.SECONDS);
        }
    }
}
