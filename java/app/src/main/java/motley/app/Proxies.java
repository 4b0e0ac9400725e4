package motley.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The proxies that lead out of this network, as the environment names them for all programs:
/// `https_proxy`, `http_proxy` and `all_proxy`, in small or capital letters, and the hosts that are
/// reached without one in `no_proxy`.
///
/// This machine itself is always reached directly.
final class Proxies extends ProxySelector {
    private static final int PORT_USUAL = 3128;
    private static final int PORT_MAX = 65_535;

    private final Map<String, Proxy> byScheme;
    private final List<String> direct;

    private Proxies(Map<String, Proxy> byScheme, List<String> direct) {
        this.byScheme = byScheme;
        this.direct = direct;
    }

    /// What `environment` says; empty if it names no proxy.
    ///
    /// @throws IllegalArgumentException if it names one that cannot be used
    static Optional<Proxies> of(Map<String, String> environment) {
        var all = named(environment, "all_proxy");
        var http = named(environment, "http_proxy").or(() -> all);
        var https = named(environment, "https_proxy").or(() -> all);
        if (http.isEmpty() && https.isEmpty()) return Optional.empty();
        var direct = value(environment, "no_proxy").orElse("");
        return Optional.of(
                new Proxies(
                        Map.of(
                                "http", http.orElse(Proxy.NO_PROXY),
                                "https", https.orElse(Proxy.NO_PROXY)),
                        Stream.of(direct.split("[,\\s]+"))
                                .map(host -> host.toLowerCase(Locale.ROOT))
                                .filter(host -> !host.isEmpty())
                                .toList()));
    }

    @Override
    public List<Proxy> select(URI uri) {
        var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        var host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        boolean isDirect = isThisMachine(host) || direct.stream().anyMatch(it -> covers(it, host));
        if (isDirect) return List.of(Proxy.NO_PROXY);
        // Web sockets go where requests of their kind go.
        var kind = scheme.replace("ws", "http");
        return List.of(byScheme.getOrDefault(kind, Proxy.NO_PROXY));
    }

    /// Whoever tried says so.
    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException cause) {}

    private static boolean isThisMachine(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    /// Whether an entry of `no_proxy` means `host`: all, this very host, or one of this domain.
    private static boolean covers(String entry, String host) {
        if (entry.equals("*")) return true;
        var domain = entry.startsWith("*") ? entry.substring(1) : entry;
        var suffix = domain.startsWith(".") ? domain : "." + domain;
        return host.equals(domain) || host.endsWith(suffix);
    }

    private static Optional<Proxy> named(Map<String, String> environment, String name) {
        return value(environment, name).map(text -> parse(name, text));
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Stream.of(name, name.toUpperCase(Locale.ROOT))
                .map(environment::get)
                .filter(text -> text != null && !text.isBlank())
                .map(String::strip)
                .findFirst();
    }

    private static Proxy parse(String name, String text) {
        try {
            var uri = new URI(text.contains("://") ? text : "http://" + text);
            int port = uri.getPort() < 0 ? PORT_USUAL : uri.getPort();
            boolean isUsable =
                    "http".equalsIgnoreCase(uri.getScheme())
                            && uri.getHost() != null
                            && uri.getUserInfo() == null
                            && Set.of("", "/").contains(uri.getRawPath())
                            && port > 0
                            && port <= PORT_MAX;
            if (isUsable) {
                var address = InetSocketAddress.createUnresolved(uri.getHost(), port);
                return new Proxy(Proxy.Type.HTTP, address);
            }
        } catch (URISyntaxException e) {
            throw unusable(name, text, e);
        }
        throw unusable(name, text, null);
    }

    /// The text may hold a password, which is not shown.
    private static IllegalArgumentException unusable(
            String name, String text, @Nullable Exception cause) {
        var shown = text.replaceFirst("^(.*://)?.*@", "$1…@");
        return new IllegalArgumentException(
                "%s: %s (expected: http://HOST:PORT, without a password)".formatted(name, shown),
                cause);
    }
}
