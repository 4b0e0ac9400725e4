package motley.app;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// Names and addresses of this machine and of coordinators.
final class Addresses {
    private Addresses() {}

    /// A coordinator's address without path, with `http` and the usual port where they are missing.
    ///
    /// @throws UserException if it is no address
    static URI normalized(URI given) {
        var text = given.toString();
        var uri = URI.create(text.contains("://") ? text : "http://" + text);
        var scheme = String.valueOf(uri.getScheme());
        if (uri.getHost() == null || !List.of("http", "https").contains(scheme)) {
            throw new UserException(
                    "url: %s (expected: an address as http://192.168.1.20:8080)".formatted(given));
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 8080;
        return URI.create(scheme + "://" + uri.getHost() + ":" + port);
    }

    static String hostName() {
        var environment = Optional.ofNullable(System.getenv("HOSTNAME")).filter(n -> !n.isBlank());
        try {
            var name =
                    environment.isPresent()
                            ? environment.get()
                            : InetAddress.getLocalHost().getHostName();
            return name.substring(0, Math.min(60, name.length()));
        } catch (IOException e) {
            return "device";
        }
    }

    /// Addresses at which others on the network reach this machine.
    static List<InetAddress> reachable() throws IOException {
        return NetworkInterface.networkInterfaces()
                .filter(Addresses::isUsable)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address)
                .toList();
    }

    private static boolean isUsable(NetworkInterface network) {
        try {
            return network.isUp() && !network.isLoopback();
        } catch (IOException e) {
            return false;
        }
    }
}
