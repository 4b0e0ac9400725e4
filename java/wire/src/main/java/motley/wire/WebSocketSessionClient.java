package motley.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.DeviceMessage;
import org.jspecify.annotations.Nullable;

/// The device's end of a session over WebSocket.
final class WebSocketSessionClient {
    private WebSocketSessionClient() {}

    /// As [Transport#connect].
    static Session<FromDevice> connect(URI coordinator, Session.Handler<FromCoordinator> handler) {
        var clock =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("session-clock").factory());
        var retiming = new Retiming(handler);
        var link =
                new SessionLink<>(
                        new SessionLink.Side<>(
                                new DeviceCodec(),
                                new CoordinatorCodec(),
                                new FromDevice.Heartbeat(DeviceHealth.unknown(), 0)),
                        retiming,
                        clock,
                        System::nanoTime);
        retiming.follow(link);
        var http = HttpClient.newBuilder().connectTimeout(Protocol.CONNECT).build();
        var socket = new Socket(link, clock, http);
        try {
            link.open(socket);
            socket.open(address(coordinator));
        } catch (RuntimeException e) {
            link.fail("cannot connect to %s: %s".formatted(coordinator, e.getMessage()));
        }
        return link;
    }

    private static URI address(URI coordinator) {
        var scheme = "https".equals(coordinator.getScheme()) ? "wss" : "ws";
        return URI.create(
                "%s://%s%s"
                        .formatted(
                                scheme,
                                coordinator.getRawAuthority(),
                                WebSocketSessionService.PATH));
    }

    /// The socket: carries messages out, brings them in, and owns connection and clock.
    private static final class Socket implements Pipe<DeviceMessage>, WebSocket.Listener {
        /// Messages handed to the socket and not yet taken by the network.
        private static final int HANDED_MAX = 16;

        /// How long a session that ends in order may take to do so.
        private static final Duration FAREWELL = Duration.ofSeconds(1);

        private final SessionLink<?, ?, DeviceMessage, CoordinatorMessage> link;
        private final Inbound<CoordinatorMessage> inbound;
        private final ScheduledExecutorService clock;
        private final HttpClient http;
        private final AtomicInteger handed = new AtomicInteger();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        /// The socket once it is open and everything so far is sent: it sends one at a time.
        private volatile CompletableFuture<WebSocket> sent = new CompletableFuture<>();

        private volatile @Nullable WebSocket socket;

        Socket(
                SessionLink<?, ?, DeviceMessage, CoordinatorMessage> link,
                ScheduledExecutorService clock,
                HttpClient http) {
            this.link = link;
            inbound = new Inbound<>(link);
            this.clock = clock;
            this.http = http;
        }

        void open(URI address) {
            var opening = sent;
            var _ =
                    http.newWebSocketBuilder()
                            .connectTimeout(Protocol.CONNECT)
                            .buildAsync(address, this)
                            .whenComplete(
                                    (opened, failure) -> {
                                        if (failure == null) opening.complete(opened);
                                        else refused(opening, failure);
                                        link.drain();
                                    });
        }

        private void refused(CompletableFuture<WebSocket> opening, Throwable failure) {
            if (failure.getCause() instanceof WebSocketHandshakeException e) {
                int status = e.getResponse().statusCode();
                link.fail("connection lost: HTTP status %d (expected: 101)".formatted(status));
            } else {
                inbound.onError(failure);
            }
            opening.completeExceptionally(failure);
            free();
        }

        @Override
        public void onOpen(WebSocket opened) {
            socket = opened;
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket from, ByteBuffer part, boolean isLast) {
            append(part, isLast);
            from.request(1);
            return null;
        }

        private void append(ByteBuffer part, boolean isLast) {
            int sizeBytes = message.size() + part.remaining();
            if (sizeBytes > Protocol.MESSAGE_BYTES_MAX) {
                link.fail(
                        "malformed message: %d bytes (expected: at most %d)"
                                .formatted(sizeBytes, Protocol.MESSAGE_BYTES_MAX));
                message.reset();
                return;
            }
            var bytes = new byte[part.remaining()];
            part.get(bytes);
            message.writeBytes(bytes);
            if (!isLast) return;
            try {
                inbound.onNext(CoordinatorMessage.parseFrom(message.toByteArray()));
            } catch (InvalidProtocolBufferException e) {
                link.fail("malformed message: " + e.getMessage());
            }
            message.reset();
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence part, boolean isLast) {
            link.fail("malformed message: text (expected: binary)");
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            inbound.onCompleted();
            var _ = sent.whenComplete((_, _) -> free());
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable cause) {
            inbound.onError(cause);
            free();
        }

        @Override
        public boolean isReady() {
            return socket != null && handed.get() < HANDED_MAX;
        }

        @Override
        public void write(DeviceMessage out) {
            handed.incrementAndGet();
            var bytes = ByteBuffer.wrap(out.toByteArray());
            sent = sent.thenCompose(open -> open.sendBinary(bytes, true));
            var _ =
                    sent.whenComplete(
                            (_, failure) -> {
                                handed.decrementAndGet();
                                if (failure == null) link.drain();
                                else inbound.onError(failure);
                            });
        }

        @Override
        public void finish() {
            // First the limit: the answer may free the clock at once.
            if (!clock.isShutdown()) {
                var _ =
                        clock.schedule(
                                () -> abort("the coordinator did not end the session"),
                                FAREWELL.toMillis(),
                                TimeUnit.MILLISECONDS);
            }
            sent = sent.thenCompose(open -> open.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        }

        @Override
        public void abort(String why) {
            var open = socket;
            if (open != null) open.abort();
            free();
        }

        /// Frees connection and threads; more than one call does no more than one.
        private void free() {
            http.shutdownNow();
            clock.shutdownNow();
        }
    }
}
