package motley.wire.discovery;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;

/// Looks for coordinators on this machine and on every network it is connected to.
public final class CoordinatorSearch {
    private static final Duration ASK_EVERY = Duration.ofMillis(250);
    /// After the first answer, how long others may take to arrive and be compared.
    private static final Duration COMPARE = Duration.ofMillis(200);

    private CoordinatorSearch() {}

    /// Every coordinator that answers, nearest first, each with its nearest address only. Returns
    /// shortly after the first answer, or empty when `timeout` has passed without one.
    ///
    /// @param port the discovery port
    /// @throws IOException if this machine has no usable network socket at all
    public static List<FoundCoordinator> find(int port, Duration timeout) throws IOException {
        return find(port, timeout, false);
    }

    /// @param onlyLoopback whether to ask on this machine alone
    static List<FoundCoordinator> find(int port, Duration timeout, boolean onlyLoopback)
            throws IOException {
        var found = new TreeSet<>(FoundCoordinator.NEAREST_FIRST);
        DiscoverySockets.Receiver receiver =
                (datagram, from, _) -> {
                    if (datagram instanceof Datagram.Here(var id, int http, var name)) {
                        found.add(new FoundCoordinator(id, name, from.getAddress(), http));
                    }
                };
        try (var sockets = DiscoverySockets.forDevice(port)) {
            long endNs = System.nanoTime() + timeout.toNanos();
            while (found.isEmpty() && System.nanoTime() < endNs) {
                sockets.broadcast(new Datagram.Who(), onlyLoopback);
                sockets.receive(ASK_EVERY, receiver);
                if (Thread.currentThread().isInterrupted()) break;
            }
            if (!found.isEmpty()) {
                sockets.broadcast(new Datagram.Who(), onlyLoopback);
                sockets.receive(COMPARE, receiver);
            }
        }
        return nearestOfEach(found);
    }

    private static List<FoundCoordinator> nearestOfEach(Iterable<FoundCoordinator> nearestFirst) {
        var seen = new HashSet<String>();
        var result = new ArrayList<FoundCoordinator>();
        for (var each : nearestFirst) {
            if (seen.add(each.id())) result.add(each);
        }
        return result;
    }
}
