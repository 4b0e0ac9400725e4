package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sessions over WebSocket.
final class WebSocketSessionContract extends SessionContract {
    private final HttpClient http = HttpClient.newHttpClient();

    WebSocketSessionContract() {
        super(
                Transport.WEBSOCKET,
                (server, sessions) -> {
                    var service = new WebSocketSessionService(sessions);
                    server.service(WebSocketSessionService.PATH, service.service());
                    return service;
                });
    }

    /// Without waiting: it would wait for what is never read.
    @AfterEach
    void free() {
        http.shutdownNow();
    }

    @Test
    void messageInManyFramesIsOne() throws Exception {
        var socket = open();
        var bytes = new DeviceCodec().encode(HELLO).toByteArray();
        for (int at = 0; at < bytes.length; at += 10) {
            int end = Math.min(bytes.length, at + 10);
            var part = ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, end));
            socket.sendBinary(part, end == bytes.length).join();
        }
        assertThat(atCoordinator().next()).isEqualTo(HELLO);
        socket.abort();
        assertThat(atCoordinator().closed()).isNotEmpty();
    }

    @Test
    void tooLongAMessageEndsTheSession() throws Exception {
        var socket = open();
        var part = ByteBuffer.allocate(Protocol.MESSAGE_BYTES_MAX);
        socket.sendBinary(part, false).join();
        socket.sendBinary(ByteBuffer.allocate(1), true).join();
        assertThat(atCoordinator().closed()).contains("65537 bytes (expected: at most 65536)");
    }

    @Test
    void textAndNonsenseEndTheSession() throws Exception {
        var _ = open().sendText("hello", true);
        assertThat(atCoordinator().closed()).contains("text (expected: binary)");
        var _ = open().sendBinary(ByteBuffer.wrap(new byte[] {7, 7, 7}), true);
        assertThat(atCoordinator().closed()).contains("malformed message");
    }

    /// The socket's buffers fill up, then the queue, and then the device is let go.
    @Test
    void deviceThatDoesNotReadIsLetGo() throws Exception {
        var socket = open();
        socket.sendBinary(ByteBuffer.wrap(new DeviceCodec().encode(HELLO).toByteArray()), true)
                .join();
        assertThat(atCoordinator().next()).isEqualTo(HELLO);
        var coordinator = coordinator();
        var reason = "x".repeat(2_000);
        long sent = 0;
        while (coordinator.send(new FromCoordinator.Idle(reason)) && sent < 1_000_000) {
            sent++;
            if (sent % 10 == 0) Thread.sleep(1);
        }
        assertThat(atCoordinator().closed()).contains("too slow");
    }

    /// A socket that asks for nothing: whatever comes stays unread.
    private WebSocket open() {
        var address = URI.create("ws://" + uri().getRawAuthority() + WebSocketSessionService.PATH);
        var listener =
                new WebSocket.Listener() {
                    @Override
                    public void onOpen(WebSocket socket) {}
                };
        return http.newWebSocketBuilder().buildAsync(address, listener).join();
    }
}
