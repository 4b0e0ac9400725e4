package motley.worker;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.GrpcSessionService;
import motley.wire.Session;

/// A coordinator that says what a test tells it to, over real sockets: the session by gRPC, bulk
/// bytes as HTTP bodies.
final class TestCoordinator implements AutoCloseable {
    static final String TOKEN = "session-token";

    private static final long PATIENCE_S = 80;

    private final GrpcSessionService service = new GrpcSessionService(this::accept);
    private final Server server;

    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();

    /// By `run/version`.
    final Map<String, byte[]> parameters = new ConcurrentHashMap<>();

    /// By `run/lease`.
    final Map<String, byte[]> contributions = new ConcurrentHashMap<>();

    final AtomicInteger blobsServed = new AtomicInteger();

    private final BlockingQueue<Session<FromCoordinator>> sessions = new LinkedBlockingQueue<>();
    private final BlockingQueue<FromDevice> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<FromDevice.Heartbeat> heartbeats = new LinkedBlockingQueue<>();

    private TestCoordinator(int port) {
        var loopback = InetAddress.getLoopbackAddress();
        var builder = Server.builder().http(new InetSocketAddress(loopback, port));
        service.addTo(builder);
        builder.service("/v1/blobs/{sha256}", (context, request) -> blob(context));
        builder.service(
                "/v1/runs/{run}/parameters/{version}",
                (context, request) -> body(parameters, context, "version"));
        builder.service(
                "/v1/runs/{run}/contributions/{lease}",
                (context, request) ->
                        HttpResponse.of(
                                request.aggregate()
                                        .thenApply(
                                                whole -> {
                                                    contributions.put(
                                                            key(context, "lease"),
                                                            whole.content().array());
                                                    return HttpResponse.of(HttpStatus.NO_CONTENT);
                                                })));
        server = builder.build();
    }

    /// @param port 0 for a free one
    static TestCoordinator start(int port) {
        var coordinator = new TestCoordinator(port);
        coordinator.server.start().join();
        return coordinator;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    int port() {
        return server.activeLocalPort();
    }

    /// The next session that a device opened.
    Session<FromCoordinator> session() throws InterruptedException {
        return present(sessions.poll(PATIENCE_S, TimeUnit.SECONDS), "no device connects");
    }

    /// The next message that is no heartbeat.
    FromDevice heard() throws InterruptedException {
        return present(heard.poll(PATIENCE_S, TimeUnit.SECONDS), "the device says nothing");
    }

    /// The next message of `type`; those before it are skipped.
    <T extends FromDevice> T hear(Class<T> type) throws InterruptedException {
        while (true) {
            var message = heard();
            if (type.isInstance(message)) return type.cast(message);
        }
    }

    FromDevice.Heartbeat heartbeat() throws InterruptedException {
        return present(heartbeats.poll(PATIENCE_S, TimeUnit.SECONDS), "no heartbeat");
    }

    /// Welcomes the device that connects next.
    Session<FromCoordinator> welcome() throws InterruptedException {
        var session = session();
        hear(FromDevice.Hello.class);
        var timing = new FromCoordinator.Timing(500, 10_000);
        session.send(
                new FromCoordinator.Welcome(
                        "device", TOKEN, timing, Optional.empty(), Optional.empty()));
        return session;
    }

    private Session.Handler<FromDevice> accept(Session<FromCoordinator> session) {
        sessions.add(session);
        return new Session.Handler<>() {
            @Override
            public void received(FromDevice message) {
                if (message instanceof FromDevice.Heartbeat beat) heartbeats.add(beat);
                else heard.add(message);
            }

            @Override
            public void closed(String why) {}
        };
    }

    private HttpResponse blob(ServiceRequestContext context) {
        blobsServed.incrementAndGet();
        return response(Optional.ofNullable(blobs.get(context.pathParam("sha256"))));
    }

    private static HttpResponse body(
            Map<String, byte[]> bodies, ServiceRequestContext context, String name) {
        return response(Optional.ofNullable(bodies.get(key(context, name))));
    }

    private static HttpResponse response(Optional<byte[]> bytes) {
        return bytes.map(b -> HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, b))
                .orElseGet(() -> HttpResponse.of(HttpStatus.GONE));
    }

    private static String key(ServiceRequestContext context, String name) {
        return context.pathParam("run") + "/" + context.pathParam(name);
    }

    private static <T> T present(T value, String otherwise) {
        if (value == null) throw new AssertionError(otherwise + " for " + PATIENCE_S + " s");
        return value;
    }

    /// Ends and gives the port back.
    void stop() {
        server.stop().join();
        service.close();
    }

    /// Ends soon: a server takes its time to let go of its threads.
    @Override
    public void close() {
        var _ = server.closeAsync().thenRun(service::close);
    }
}
