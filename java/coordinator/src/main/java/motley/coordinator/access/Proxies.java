package motley.coordinator.access;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where a request came from and what it was addressed to: as the connection says, or as a proxy
/// that is believed says.
///
/// @param isUsed whether any proxy is believed
/// @param trusted addresses of proxies beside those of this machine
public record Proxies(boolean isUsed, Set<InetAddress> trusted) {
    public static final Proxies NONE = new Proxies(false, Set.of());
    private static final int ADDRESS_BYTES_V6 = 16;

    public Proxies {
        trusted = Set.copyOf(trusted);
    }

    /// Proxies on this machine and at these addresses.
    public static Proxies at(List<InetAddress> addresses) {
        return new Proxies(true, Set.copyOf(addresses));
    }

    /// Whether what comes from `address` may say for whom it speaks.
    public boolean trusts(InetAddress address) {
        return isUsed && (address.isLoopbackAddress() || trusted.contains(address));
    }

    /// Whether the request was encrypted on its way.
    public boolean isSecure(ServiceRequestContext context) {
        if (context.sessionProtocol().isTls()) return true;
        return forwarded(context, "x-forwarded-proto").filter("https"::equals).isPresent();
    }

    /// What the browser or program calls this server, with the port.
    String authority(ServiceRequestContext context, RequestHeaders headers) {
        return forwarded(context, "x-forwarded-host")
                .or(() -> Optional.ofNullable(headers.authority()))
                .orElse("");
    }

    /// Where pages of this server are, without a path.
    String address(ServiceRequestContext context, RequestHeaders headers) {
        return (isSecure(context) ? "https://" : "http://") + authority(context, headers);
    }

    /// Whether a page of another origin sent the request. What is no browser does not say.
    boolean isForeign(ServiceRequestContext context, RequestHeaders headers) {
        var origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin == null) return "cross-site".equals(headers.get("sec-fetch-site"));
        return !isSame(origin, address(context, headers));
    }

    /// The address that limits and the audit log know: of IPv6 the part that a provider gives one
    /// customer.
    static String client(ServiceRequestContext context) {
        InetAddress address = context.clientAddress();
        var bytes = address.getAddress();
        if (bytes.length != ADDRESS_BYTES_V6 || address.isLoopbackAddress()) {
            return address.getHostAddress();
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i += 2) {
            text.append("%x:".formatted((bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)));
        }
        return text.append(":/64").toString();
    }

    /// What the last proxy before this server added.
    private Optional<String> forwarded(ServiceRequestContext context, String header) {
        InetSocketAddress from = context.remoteAddress();
        if (from.getAddress() == null || !trusts(from.getAddress())) return Optional.empty();
        return Optional.ofNullable(context.request().headers().get(header))
                .map(value -> value.substring(value.lastIndexOf(',') + 1).strip())
                .filter(value -> !value.isEmpty());
    }

    private static boolean isSame(String origin, String address) {
        try {
            var one = URI.create(origin);
            var two = URI.create(address);
            return String.valueOf(one.getScheme()).equalsIgnoreCase(two.getScheme())
                    && String.valueOf(one.getHost()).equalsIgnoreCase(two.getHost())
                    && port(one) == port(two);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return "https".equals(uri.getScheme()) ? 443 : 80;
    }
}
