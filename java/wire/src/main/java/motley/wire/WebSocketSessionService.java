package motley.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.websocket.WebSocketService;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.DeviceMessage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// The coordinator's end of device sessions over WebSocket: for browsers, and for networks that let
/// no gRPC through. Every message is one binary message of the protocol.
///
/// Owns one thread, the clock of all its sessions; closing it stops that clock. Close the server
/// first. It takes connections of every origin: whoever binds [#service] decides who may come.
public final class WebSocketSessionService implements AutoCloseable {
    /// Where coordinators serve it.
    public static final String PATH = "/v1/session/device";

    private final Function<Session<FromCoordinator>, Session.Handler<FromDevice>> sessions;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("session-clock").factory());

    /// @param sessions gives each new session its handler
    public WebSocketSessionService(
            Function<Session<FromCoordinator>, Session.Handler<FromDevice>> sessions) {
        this.sessions = sessions;
    }

    /// Takes connections, without the limits on time and length that other routes have.
    public HttpService service() {
        var service =
                WebSocketService.builder(this::open)
                        .maxFramePayloadLength(Protocol.MESSAGE_BYTES_MAX)
                        .allowedOrigins("*")
                        .build();
        return service.decorate(
                (delegate, context, request) -> {
                    context.clearRequestTimeout();
                    context.setMaxRequestLength(0);
                    return delegate.serve(context, request);
                });
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private WebSocket open(ServiceRequestContext context, WebSocket in) {
        var handler = new Deferred<FromDevice>();
        var link =
                new SessionLink<>(
                        new SessionLink.Side<>(
                                new CoordinatorCodec(),
                                new DeviceCodec(),
                                new FromCoordinator.Pulse()),
                        handler,
                        clock,
                        System::nanoTime);
        handler.set(sessions.apply(new TimedSession(link)));
        var out = WebSocket.streaming();
        link.open(new SocketPipe(link, context, out));
        in.subscribe(new Inflow(link), context.eventLoop());
        return out;
    }

    /// Brings messages in, one after the other: what the link has not taken yet stays unread.
    private static final class Inflow implements Subscriber<WebSocketFrame> {
        private final SessionLink<?, ?, ?, DeviceMessage> link;
        private final Inbound<DeviceMessage> inbound;
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        /// Set before the first frame.
        private @Nullable Subscription frames;

        Inflow(SessionLink<?, ?, ?, DeviceMessage> link) {
            this.link = link;
            inbound = new Inbound<>(link);
        }

        @Override
        public void onSubscribe(Subscription started) {
            frames = started;
            started.request(1);
        }

        @Override
        public void onNext(WebSocketFrame frame) {
            switch (frame.type()) {
                case BINARY, CONTINUATION -> append(frame);
                case TEXT -> link.fail("malformed message: text (expected: binary)");
                case CLOSE -> inbound.onCompleted();
                case PING, PONG -> {}
            }
            if (frames != null) frames.request(1);
        }

        private void append(WebSocketFrame frame) {
            var bytes = frame.array();
            int sizeBytes = message.size() + bytes.length;
            if (sizeBytes > Protocol.MESSAGE_BYTES_MAX) {
                link.fail(
                        "malformed message: %d bytes (expected: at most %d)"
                                .formatted(sizeBytes, Protocol.MESSAGE_BYTES_MAX));
                message.reset();
                return;
            }
            message.writeBytes(bytes);
            if (!frame.isFinalFragment()) return;
            try {
                inbound.onNext(DeviceMessage.parseFrom(message.toByteArray()));
            } catch (InvalidProtocolBufferException e) {
                link.fail("malformed message: " + e.getMessage());
            }
            message.reset();
        }

        @Override
        public void onError(Throwable cause) {
            inbound.onError(cause);
        }

        @Override
        public void onComplete() {
            inbound.onCompleted();
        }
    }

    private static final class SocketPipe implements Pipe<CoordinatorMessage> {
        /// Messages handed to the socket and not yet taken by the network.
        private static final int HANDED_MAX = 16;

        /// How long a session that ends in order may take to do so.
        private static final Duration FAREWELL = Duration.ofSeconds(1);

        private final SessionLink<?, ?, CoordinatorMessage, ?> link;
        private final ServiceRequestContext context;
        private final WebSocketWriter out;
        private final AtomicInteger handed = new AtomicInteger();

        SocketPipe(
                SessionLink<?, ?, CoordinatorMessage, ?> link,
                ServiceRequestContext context,
                WebSocketWriter out) {
            this.link = link;
            this.context = context;
            this.out = out;
        }

        @Override
        public boolean isReady() {
            return handed.get() < HANDED_MAX;
        }

        /// A socket that has just closed takes nothing more; the session learns of that by itself.
        @Override
        public void write(CoordinatorMessage message) {
            handed.incrementAndGet();
            if (!out.tryWrite(message.toByteArray())) return;
            var _ =
                    out.whenConsumed()
                            .thenRun(
                                    () -> {
                                        handed.decrementAndGet();
                                        link.drain();
                                    });
        }

        @Override
        public void finish() {
            out.close(WebSocketCloseStatus.NORMAL_CLOSURE);
            // A device that reads no more would keep the socket for ever.
            var _ =
                    context.eventLoop()
                            .schedule(
                                    () -> abort("the device did not end the session"),
                                    FAREWELL.toMillis(),
                                    TimeUnit.MILLISECONDS);
        }

        /// Ends the connection: a word in order would wait behind what the peer does not read.
        @Override
        public void abort(String why) {
            out.abort(CancelledSubscriptionException.get());
            context.cancel(new CancelledSessionException(why));
        }
    }

    /// Ends a request that a session lived in.
    private static final class CancelledSessionException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CancelledSessionException(String why) {
            super(why, null, false, false);
        }
    }
}
