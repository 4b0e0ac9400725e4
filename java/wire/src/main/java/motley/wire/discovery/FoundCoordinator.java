package motley.wire.discovery;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Comparator;

/// A coordinator that answered.
///
/// @param id the same for all addresses of one coordinator
public record FoundCoordinator(String id, String name, InetAddress host, int port) {
    /// Nearest first: this machine, then IPv4, then routable IPv6, then link-local; a link-local
    /// address needs a scope that not every HTTP client understands.
    static final Comparator<FoundCoordinator> NEAREST_FIRST =
            Comparator.<FoundCoordinator>comparingInt(found -> rank(found.host()))
                    .thenComparing(FoundCoordinator::id)
                    .thenComparing(found -> found.host().getHostAddress());

    private static int rank(InetAddress host) {
        if (host.isLoopbackAddress()) return host instanceof Inet4Address ? 0 : 1;
        if (host instanceof Inet4Address) return 2;
        return host.isLinkLocalAddress() ? 4 : 3;
    }

    public URI uri() {
        var address = host.getHostAddress();
        return URI.create(
                "http://"
                        + (host instanceof Inet6Address ? "[" + address + "]" : address)
                        + ":"
                        + port);
    }
}
