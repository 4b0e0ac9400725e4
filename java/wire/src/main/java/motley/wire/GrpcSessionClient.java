package motley.wire;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.DeviceMessage;
import motley.wire.v1.DeviceSessionGrpc;
import org.jspecify.annotations.Nullable;

/// The device's end of a session over gRPC.
public final class GrpcSessionClient {
    private GrpcSessionClient() {}

    /// Connects to `coordinator`, an `http` or `https` address, over a connection of its own, so
    /// that a dead one is never used again.
    ///
    /// Returns at once: messages sent before the connection stands are sent when it does, and
    /// `handler` learns of a failure by `closed`. The first message must be [FromDevice.Hello].
    /// From then on a heartbeat goes out whenever it is due; it repeats the last
    /// [FromDevice.Heartbeat] sent, or says that nothing was measured.
    ///
    /// @param handler is called by threads of the session, which it must not keep waiting
    public static Session<FromDevice> connect(
            URI coordinator, Session.Handler<FromCoordinator> handler) {
        return connect(coordinator, Trust.SYSTEM, handler);
    }

    /// The same, with a coordinator that is who it says if `trust` does.
    public static Session<FromDevice> connect(
            URI coordinator, Trust trust, Session.Handler<FromCoordinator> handler) {
        var clock = clock();
        var factory =
                ClientFactory.builder()
                        .workerGroup(1)
                        .connectTimeout(Protocol.CONNECT)
                        .idleTimeoutMillis(0)
                        .proxyConfig(new UsualProxies())
                        .tlsCustomizer(tls -> trust.chosen().ifPresent(tls::trustManager))
                        .build();
        Runnable free =
                () -> {
                    var _ = factory.closeAsync();
                    clock.shutdownNow();
                };
        return open(
                () -> stub(GrpcClients.builder("gproto+" + coordinator), factory),
                handler,
                new Means(clock, free));
    }

    /// What a session takes to live.
    ///
    /// @param free frees what is the session's own; more than one call does no more than one
    record Means(ScheduledExecutorService clock, Runnable free) {}

    static ScheduledExecutorService clock() {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("session-clock").factory());
    }

    static DeviceSessionGrpc.DeviceSessionStub stub(
            GrpcClientBuilder builder, ClientFactory factory) {
        return builder.factory(factory)
                .responseTimeoutMillis(0)
                .maxResponseLength(0)
                .maxRequestMessageLength(Protocol.MESSAGE_BYTES_MAX)
                .maxResponseMessageLength(Protocol.MESSAGE_BYTES_MAX)
                .build(DeviceSessionGrpc.DeviceSessionStub.class);
    }

    /// Opens a session on `stub`.
    static Session<FromDevice> open(
            Supplier<DeviceSessionGrpc.DeviceSessionStub> stub,
            Session.Handler<FromCoordinator> handler,
            Means means) {
        var retiming = new Retiming(handler);
        var link =
                new SessionLink<>(
                        new SessionLink.Side<>(
                                new DeviceCodec(),
                                new CoordinatorCodec(),
                                new FromDevice.Heartbeat(DeviceHealth.unknown(), 0)),
                        retiming,
                        means.clock(),
                        System::nanoTime);
        retiming.follow(link);
        var call = new Call(link, means);
        try {
            stub.get().open(call);
            link.open(call);
        } catch (RuntimeException e) {
            link.fail("cannot connect: " + e.getMessage());
            call.free();
        }
        return link;
    }

    /// The gRPC call: carries messages out, brings them in, and owns connection and clock.
    private static final class Call
            implements Pipe<DeviceMessage>,
                    ClientResponseObserver<DeviceMessage, CoordinatorMessage> {
        /// How long a session that ends in order may take to do so.
        private static final Duration FAREWELL = Duration.ofSeconds(1);

        private final SessionLink<?, ?, DeviceMessage, CoordinatorMessage> link;
        private final Inbound<CoordinatorMessage> inbound;
        private final Means means;

        /// Set before the call starts.
        private @Nullable ClientCallStreamObserver<DeviceMessage> call;

        Call(SessionLink<?, ?, DeviceMessage, CoordinatorMessage> link, Means means) {
            this.link = link;
            this.means = means;
            inbound = new Inbound<>(link);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<DeviceMessage> starting) {
            call = starting;
            starting.setOnReadyHandler(link::drain);
        }

        @Override
        public void onNext(CoordinatorMessage message) {
            inbound.onNext(message);
        }

        @Override
        public void onError(Throwable cause) {
            inbound.onError(cause);
            free();
        }

        @Override
        public void onCompleted() {
            inbound.onCompleted();
            free();
        }

        @Override
        public boolean isReady() {
            return call().isReady();
        }

        @Override
        public void write(DeviceMessage message) {
            call().onNext(message);
        }

        @Override
        public void finish() {
            // First the limit: the answer may free the clock at once.
            try {
                var _ =
                        means.clock()
                                .schedule(
                                        () -> abort("the coordinator did not end the session"),
                                        FAREWELL.toMillis(),
                                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // The coordinator has ended it meanwhile, which has freed the clock.
                abort("the session has ended");
                return;
            }
            call().onCompleted();
        }

        @Override
        public void abort(String why) {
            call().cancel(why, null);
            free();
        }

        /// Frees connection and threads.
        void free() {
            means.free().run();
        }

        private ClientCallStreamObserver<DeviceMessage> call() {
            return Objects.requireNonNull(call);
        }
    }
}
