package motley.wire.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import motley.wire.discovery.CoordinatorBeacon.Announcement;
import org.junit.jupiter.api.Test;

/// Real sockets on the loopback interface, each test on a port of its own.
final class DiscoveryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aDeviceFindsTheCoordinatorOfItsMachine() throws IOException {
        int port = freePort();
        try (var _ = CoordinatorBeacon.start(port, local("first", 8080))) {
            var found = find(port, PATIENCE);
            assertThat(found).hasSize(1);
            assertThat(found.getFirst().id()).isEqualTo("first");
            assertThat(found.getFirst().host().isLoopbackAddress()).isTrue();
            assertThat(found.getFirst().uri()).hasToString("http://127.0.0.1:8080");
        }
    }

    @Test
    void severalDevicesAndSeveralCoordinatorsShareOneMachine() throws IOException {
        int port = freePort();
        try (var _ = CoordinatorBeacon.start(port, local("a", 8080));
                var _ = CoordinatorBeacon.start(port, local("b", 8081))) {
            var first = findBoth(port);
            var second = findBoth(port);
            assertThat(first).extracting(FoundCoordinator::id).contains("a", "b");
            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void silenceGivesAnEmptyAnswer() throws IOException {
        assertThat(find(freePort(), Duration.ofMillis(300))).isEmpty();
    }

    @Test
    void foreignDatagramsAreIgnored() throws IOException {
        int port = freePort();
        try (var _ = CoordinatorBeacon.start(port, local("calm", 8080));
                var stranger = new DatagramSocket()) {
            for (var text :
                    new String[] {"", "hello", "MOTLEY1 HERE", "MOTLEY1 WHO?", "x".repeat(900)}) {
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                stranger.send(new DatagramPacket(bytes, bytes.length, to));
            }
            assertThat(find(port, PATIENCE)).hasSize(1);
        }
    }

    @Test
    void datagramsSurviveTheRoundTripAndNothingElseIsRead() {
        var here = new Datagram.Here("id-1", 65_535, "Anna's desk");
        assertThat(Datagram.decode(here.encode())).contains(here);
        assertThat(Datagram.decode(new Datagram.Who().encode())).contains(new Datagram.Who());
        for (var text :
                new String[] {
                    "MOTLEY1 HERE id 0 name",
                    "MOTLEY1 HERE id 65536 name",
                    "MOTLEY1 HERE id 1 \u0007",
                    "MOTLEY1 HERE i/d 1 name",
                    "MOTLEY2 WHO"
                }) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            assertThat(Datagram.decode(bytes)).as(text).isEmpty();
        }
    }

    @Test
    void linkLocalAddressesComeLast() {
        var four = new FoundCoordinator("x", "x", InetAddress.ofLiteral("192.0.2.1"), 1);
        var six = new FoundCoordinator("x", "x", InetAddress.ofLiteral("2001:db8::1"), 1);
        var link = new FoundCoordinator("x", "x", InetAddress.ofLiteral("fe80::1"), 1);
        var loop = new FoundCoordinator("x", "x", InetAddress.ofLiteral("::1"), 1);
        assertThat(new FoundCoordinator[] {link, six, four, loop})
                .satisfies(
                        all -> {
                            Arrays.sort(all, FoundCoordinator.NEAREST_FIRST);
                            assertThat(all).containsExactly(loop, four, six, link);
                        });
        assertThat(six.uri()).hasToString("http://[2001:db8:0:0:0:0:0:1]:1");
    }

    /// Where the machine is busy, one may answer after a search has ended with the other.
    private static List<FoundCoordinator> findBoth(int port) throws IOException {
        long endNs = System.nanoTime() + PATIENCE.toNanos();
        var found = find(port, PATIENCE);
        while (found.size() < 2 && System.nanoTime() < endNs) found = find(port, PATIENCE);
        return found;
    }

    /// Tests leave the networks of the machine alone.
    private static List<FoundCoordinator> find(int port, Duration timeout) throws IOException {
        return CoordinatorSearch.find(port, timeout, true);
    }

    private static Announcement local(String id, int port) {
        return new Announcement(id, port, "test " + id, true);
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket()) {
            return socket.getLocalPort();
        }
    }
}
