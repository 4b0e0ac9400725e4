package motley.coordinator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import motley.wire.v1.DeviceMessage;
import motley.wire.v1.Heartbeat;
import motley.wire.v1.Hello;
import motley.wire.v1.Profile;

/// A device that says hello over a WebSocket made by hand, then heartbeats as fast as the
/// connection takes them, thousands in one write.
final class TestFlooder implements AutoCloseable {
    private static final int AT_ONCE = 2_000;
    private static final int BINARY = 0x82;
    private static final int MASKED = 0x80;
    private static final int SHORT_MAX = 125;

    private final Socket socket;
    private final CompletableFuture<String> heard = new CompletableFuture<>();
    private final AtomicLong sent = new AtomicLong();

    private TestFlooder(Socket socket) {
        this.socket = socket;
    }

    /// Begins.
    static TestFlooder start(int port, String id) throws IOException {
        var flooder = new TestFlooder(new Socket(InetAddress.getLoopbackAddress(), port));
        flooder.greet(id);
        Thread.ofVirtual().start(flooder::listen);
        Thread.ofVirtual().start(flooder::flood);
        return flooder;
    }

    /// All that the coordinator said until it ended the connection, as one text.
    String heard() {
        return heard.join();
    }

    long sent() {
        return sent.get();
    }

    private void greet(String id) throws IOException {
        var handshake =
                """
                GET /v1/session/device HTTP/1.1
                Host: 127.0.0.1:%d
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
                Sec-WebSocket-Version: 13

                """
                        .formatted(socket.getPort())
                        .replace("\n", "\r\n");
        var profile = Profile.newBuilder().setCores(1).setThreads(1).addEngines("none");
        var hello =
                Hello.newBuilder()
                        .setProtocolVersion(1)
                        .setDeviceId(id)
                        .setName(id)
                        .setProfile(profile.setNumericClass("none"));
        var out = socket.getOutputStream();
        out.write(handshake.getBytes(StandardCharsets.US_ASCII));
        awaitUpgrade();
        out.write(frames(DeviceMessage.newBuilder().setHello(hello).build(), 1));
    }

    /// Reads up to the empty line behind the header.
    private void awaitUpgrade() throws IOException {
        var header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) throw new IOException("no upgrade: " + header);
            header.append((char) next);
        }
        if (!header.toString().startsWith("HTTP/1.1 101")) throw new IOException("" + header);
    }

    private void flood() {
        var beat = Heartbeat.getDefaultInstance();
        var beats = frames(DeviceMessage.newBuilder().setHeartbeat(beat).build(), AT_ONCE);
        try {
            while (true) {
                socket.getOutputStream().write(beats);
                sent.addAndGet(AT_ONCE);
            }
        } catch (IOException e) {
            // The coordinator has had enough.
        }
    }

    private void listen() {
        var all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (IOException e) {
            // Reset, as what was sent too much is not read any more.
        }
        heard.complete(all.toString(StandardCharsets.ISO_8859_1));
    }

    /// Binary frames whose mask is zero, which leaves the bytes as they are (RFC 6455, 5.2).
    private static byte[] frames(DeviceMessage message, int count) {
        var payload = message.toByteArray();
        if (payload.length > SHORT_MAX) throw new IllegalArgumentException("frame: too long");
        var frames = ByteBuffer.allocate(count * (6 + payload.length));
        for (int i = 0; i < count; i++) {
            frames.put((byte) BINARY).put((byte) (MASKED | payload.length)).putInt(0).put(payload);
        }
        return frames.array();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
