package motley.wire.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;

/// Makes a coordinator findable: announces it every second and answers whoever asks.
///
/// It runs on a thread of its own until closed.
public final class CoordinatorBeacon implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Datagram.Here here;
    private final boolean onlyLoopback;
    private final DiscoverySockets sockets;
    private final Thread thread;

    private CoordinatorBeacon(Datagram.Here here, boolean onlyLoopback, DiscoverySockets sockets) {
        this.here = here;
        this.onlyLoopback = onlyLoopback;
        this.sockets = sockets;
        this.thread = Thread.ofPlatform().daemon().name("discovery").unstarted(this::run);
    }

    /// Who is announced.
    ///
    /// @param id letters, digits and hyphens, at most 64
    /// @param httpPort where devices connect
    /// @param name for people; other characters than printable ASCII are replaced
    /// @param onlyLoopback whether only processes of this machine may find it, as when the HTTP
    ///     server listens on loopback alone
    public record Announcement(String id, int httpPort, String name, boolean onlyLoopback) {}

    /// Starts announcing.
    ///
    /// @param port the discovery port; several coordinators of one machine may share it
    /// @throws IOException if no socket can listen on `port`
    public static CoordinatorBeacon start(int port, Announcement announcement) throws IOException {
        var sockets = DiscoverySockets.forCoordinator(port, announcement.onlyLoopback());
        if (!sockets.canListen()) {
            sockets.close();
            throw new IOException("UDP port " + port + " is taken by another program");
        }
        var name = announcement.name().replaceAll("[^ -~]", "?").strip();
        var shown = name.isEmpty() ? "motley" : name.substring(0, Math.min(64, name.length()));
        var here = new Datagram.Here(announcement.id(), announcement.httpPort(), shown);
        var beacon = new CoordinatorBeacon(here, announcement.onlyLoopback(), sockets);
        beacon.thread.start();
        return beacon;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                sockets.broadcast(here, onlyLoopback);
                sockets.receive(PERIOD, this::answer);
            }
        } catch (IOException | ClosedSelectorException e) {
            // Closed; or the machine lost its network for good, and there is nobody to tell.
        }
    }

    private void answer(Datagram datagram, InetSocketAddress from, DatagramChannel channel)
            throws IOException {
        boolean isAsked = datagram instanceof Datagram.Who;
        if (!isAsked || (onlyLoopback && !isLocal(from))) return;
        channel.send(here.encode(), from);
    }

    private static boolean isLocal(InetSocketAddress from) {
        return from.getAddress().isLoopbackAddress();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            sockets.close();
            thread.join(Duration.ofSeconds(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
