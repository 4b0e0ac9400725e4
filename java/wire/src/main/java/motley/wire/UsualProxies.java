package motley.wire;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import com.linecorp.armeria.client.proxy.ProxyConfigSelector;
import com.linecorp.armeria.common.SessionProtocol;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;

/// Leads sessions through the proxies that all connections of this process go through, those of
/// [ProxySelector#getDefault].
final class UsualProxies implements ProxyConfigSelector {
    @Override
    public ProxyConfig select(SessionProtocol protocol, Endpoint endpoint) {
        var usual = ProxySelector.getDefault();
        if (usual == null) return ProxyConfig.direct();
        var scheme = protocol.isTls() ? "https" : "http";
        return usual.select(URI.create(scheme + "://" + endpoint.authority())).stream()
                .filter(proxy -> proxy.type() == Proxy.Type.HTTP)
                .map(UsualProxies::tunnel)
                .findFirst()
                .orElse(ProxyConfig.direct());
    }

    @Override
    public void connectFailed(
            SessionProtocol protocol, Endpoint endpoint, SocketAddress proxy, Throwable cause) {}

    private static ProxyConfig tunnel(Proxy proxy) {
        var address = (InetSocketAddress) proxy.address();
        // The name may have been left unresolved.
        return ProxyConfig.connect(
                new InetSocketAddress(address.getHostString(), address.getPort()));
    }
}
