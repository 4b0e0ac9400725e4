package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import motley.wire.FromCoordinator;
import motley.wire.Transport;
import motley.wire.WebSocketSessionService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Which pages may open a device's session over WebSocket.
@Timeout(240)
final class PageGuardContract {
    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    /// Without waiting for sockets that nobody reads.
    @AfterEach
    void free() {
        http.shutdownNow();
    }

    @Test
    void pagesOfOtherOriginsMayNot() throws Exception {
        try (var coordinator = new TestHome(folder).open()) {
            int port = coordinator.port();
            assertThat(connect(port, "http://127.0.0.1:" + port)).isNotNull();
            for (var origin : new String[] {"http://127.0.0.1:1", "https://evil.example", "null"}) {
                assertThatThrownBy(() -> connect(port, origin))
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                WebSocketHandshakeException.class,
                                e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
            }
        }
    }

    @Test
    void pagesOfOtherOriginsMayNotWithATokenEither() throws Exception {
        try (var coordinator = new TestHome(folder).openWithToken()) {
            int port = coordinator.port();
            assertThat(connect(port, "http://127.0.0.1:" + port)).isNotNull();
            assertThatThrownBy(() -> connect(port, "https://evil.example"))
                    .hasCauseInstanceOf(WebSocketHandshakeException.class);
        }
    }

    @Test
    void deviceWithoutTheTokenIsTurnedAway() throws Exception {
        try (var coordinator = new TestHome(folder).openWithToken();
                var device =
                        TestDevice.start(
                                coordinator.uri(),
                                TestDevice.Settings.honest("x")
                                        .withToken("wrong")
                                        .over(Transport.WEBSOCKET),
                                folder)) {
            assertThat(device.answers().poll(80, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            FromCoordinator.Goodbye.class,
                            goodbye -> {
                                assertThat(goodbye.mayReturn()).isFalse();
                                assertThat(goodbye.reason()).startsWith("token: wrong or missing");
                            });
        }
    }

    private WebSocket connect(int port, String origin) {
        var address = "ws://127.0.0.1:%d%s".formatted(port, WebSocketSessionService.PATH);
        return http.newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(URI.create(address), new WebSocket.Listener() {})
                .join();
    }
}
