package motley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Which proxy a connection goes through.
final class ProxiesTest {
    private static final Map<String, String> BOTH =
            Map.of(
                    "HTTPS_PROXY",
                    "http://inner:8888",
                    "http_proxy",
                    "plain",
                    "NO_PROXY",
                    "home.example, .lan,10.1.2.3");

    private static String way(Map<String, String> environment, String uri) {
        var proxies = Proxies.of(environment).orElseThrow().select(URI.create(uri));
        assertThat(proxies).hasSize(1);
        if (proxies.getFirst().type() == Proxy.Type.DIRECT) return "direct";
        var address = (InetSocketAddress) proxies.getFirst().address();
        return address.getHostString() + ":" + address.getPort();
    }

    @Test
    void eachKindHasItsOwn() {
        assertThat(Proxies.of(Map.of("PATH", "/bin", "http_proxy", " "))).isEmpty();
        assertThat(way(BOTH, "https://far.example")).isEqualTo("inner:8888");
        assertThat(way(BOTH, "wss://far.example/v1")).isEqualTo("inner:8888");
        assertThat(way(BOTH, "http://far.example:8080")).isEqualTo("plain:3128");
        assertThat(way(BOTH, "ws://far.example:8080/v1")).isEqualTo("plain:3128");
        assertThat(way(Map.of("all_proxy", "any:1"), "https://far.example")).isEqualTo("any:1");
        var secret = Map.of("https_proxy", "inner:1");
        assertThat(way(secret, "http://far.example")).isEqualTo("direct");
    }

    @Test
    void someHostsAreReachedDirectly() {
        for (var host : new String[] {"home.example", "a.home.example", "a.lan", "10.1.2.3"}) {
            assertThat(way(BOTH, "https://" + host + ":8443")).as(host).isEqualTo("direct");
        }
        for (var host : new String[] {"nothome.example", "lan.example", "10.1.2.30"}) {
            assertThat(way(BOTH, "https://" + host)).as(host).isEqualTo("inner:8888");
        }
        var none = Map.of("all_proxy", "any:1", "no_proxy", "*");
        assertThat(way(none, "https://far.example")).isEqualTo("direct");
    }

    @Test
    void thisMachineIsReachedDirectly() {
        for (var host : new String[] {"localhost", "127.0.0.1", "127.3.0.1", "[::1]"}) {
            assertThat(way(BOTH, "http://" + host + ":8080")).as(host).isEqualTo("direct");
        }
    }

    @Test
    void whatCannotBeUsedIsRefusedWithoutThePassword() {
        for (var wrong :
                new String[] {"socks5://a:1", "https://a:1", "http://", "a:b", "a:70000"}) {
            assertThatThrownBy(() -> Proxies.of(Map.of("https_proxy", wrong)))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "https_proxy: %s (expected: http://HOST:PORT, without a password)",
                            wrong);
        }
        for (var with :
                new String[] {"http://ann:secret@a:1", "ann:sec@secret@a:1", "a:/secret@a:1"}) {
            assertThatThrownBy(() -> Proxies.of(Map.of("HTTP_PROXY", with)))
                    .hasMessageContaining("…@a:1")
                    .hasMessageNotContaining("sec");
        }
    }
}
