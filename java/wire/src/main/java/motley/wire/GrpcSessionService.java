package motley.wire;

import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.DeviceMessage;
import motley.wire.v1.DeviceSessionGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The coordinator's end of device sessions over gRPC.
///
/// Owns one thread, the clock of all its sessions; closing it stops that clock. Close the server
/// first.
public final class GrpcSessionService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcSessionService.class);

    private final Function<Session<FromCoordinator>, Session.Handler<FromDevice>> sessions;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("session-clock").factory());

    /// @param sessions gives each new session its handler
    public GrpcSessionService(
            Function<Session<FromCoordinator>, Session.Handler<FromDevice>> sessions) {
        this.sessions = sessions;
    }

    /// Has a thread of its own load what a service needs, and returns at once. Its library
    /// generates classes for errors in JSON, used or not; they take a second or so, which a
    /// coordinator that starts has better uses for.
    public static void loadAhead() {
        Thread.ofPlatform().daemon().name("session-classes").start(GrpcService::builder);
    }

    /// Adds the route of the session protocol to `server`, without the limits on time and length
    /// that its other routes have. It speaks Protocol Buffers only: for JSON a class would be
    /// generated for each message, at every start.
    public void addTo(ServerBuilder server) {
        var grpc =
                GrpcService.builder()
                        .addService(new Service())
                        .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
                        .maxRequestMessageLength(Protocol.MESSAGE_BYTES_MAX)
                        .maxResponseMessageLength(Protocol.MESSAGE_BYTES_MAX)
                        .useClientTimeoutHeader(false)
                        .build();
        server.service(grpc, GrpcSessionService::unlimited);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private static HttpService unlimited(HttpService service) {
        return (context, request) -> {
            context.clearRequestTimeout();
            context.setMaxRequestLength(0);
            return service.serve(context, request);
        };
    }

    private final class Service extends DeviceSessionGrpc.DeviceSessionImplBase {
        @Override
        public StreamObserver<DeviceMessage> open(StreamObserver<CoordinatorMessage> out) {
            var call = (ServerCallStreamObserver<CoordinatorMessage>) out;
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
            call.setOnReadyHandler(link::drain);
            call.setOnCancelHandler(() -> link.fail("the device is gone"));
            link.open(new CallPipe(call, ServiceRequestContext.current()));
            return new Inbound<>(link);
        }
    }

    private static final class CallPipe implements Pipe<CoordinatorMessage> {
        /// Messages handed to the event loop and not yet to the call, which counts only those.
        private static final int HANDED_MAX = 16;

        /// How long a session that ends in order may take to do so.
        private static final Duration FAREWELL = Duration.ofSeconds(1);

        private final ServerCallStreamObserver<CoordinatorMessage> call;
        private final ServiceRequestContext context;
        private final AtomicInteger handed = new AtomicInteger();

        CallPipe(ServerCallStreamObserver<CoordinatorMessage> call, ServiceRequestContext context) {
            this.call = call;
            this.context = context;
        }

        @Override
        public boolean isReady() {
            return handed.get() < HANDED_MAX && call.isReady();
        }

        @Override
        public void write(CoordinatorMessage message) {
            handed.incrementAndGet();
            context.eventLoop().execute(() -> pass(message));
        }

        @Override
        public void finish() {
            var loop = context.eventLoop();
            loop.execute(
                    () -> {
                        if (!call.isCancelled()) call.onCompleted();
                    });
            // A device that reads no more would keep the stream for ever; ended, it stays ended.
            var _ =
                    loop.schedule(
                            () -> abort("the device did not end the session"),
                            FAREWELL.toMillis(),
                            TimeUnit.MILLISECONDS);
        }

        /// Resets the stream: an error in order would wait behind what the peer does not read.
        @Override
        public void abort(String why) {
            context.cancel(Status.UNAVAILABLE.withDescription(why).asRuntimeException());
        }

        /// A call that has just ended takes nothing more; the session learns of that by itself.
        private void pass(CoordinatorMessage message) {
            handed.decrementAndGet();
            try {
                if (!call.isCancelled()) call.onNext(message);
            } catch (IllegalStateException e) {
                LOG.debug("not sent, the call has ended", e);
            }
        }
    }
}
