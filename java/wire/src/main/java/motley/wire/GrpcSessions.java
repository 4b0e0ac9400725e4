package motley.wire;

import static motley.tensor.Require.require;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpHeaderNames;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import motley.wire.v1.DeviceSessionGrpc;

/// Sessions of many devices in one process, for measuring a coordinator: they share threads, and
/// where wanted connections.
///
/// Any thread may call it. Closing it ends all sessions at once.
public final class GrpcSessions implements AutoCloseable {
    /// A coordinator takes 128 streams a connection.
    public static final int SESSIONS_PER_CONNECTION_MAX = 120;

    private final URI coordinator;
    private final String address;
    private final int perConnection;
    private final ClientFactory factory;
    private final ScheduledExecutorService clock = GrpcSessionClient.clock();
    private final AtomicInteger opened = new AtomicInteger();

    /// @param coordinator an `http` address
    /// @param perConnection sessions that share a connection
    /// @param threads that move bytes
    /// @throws IllegalArgumentException if a connection cannot have so many sessions
    /// @throws UnknownHostException if there is no such coordinator
    public GrpcSessions(URI coordinator, int perConnection, int threads)
            throws UnknownHostException {
        require(
                perConnection >= 1 && perConnection <= SESSIONS_PER_CONNECTION_MAX,
                "perConnection: %d (expected: 1 to %d)",
                perConnection,
                SESSIONS_PER_CONNECTION_MAX);
        this.coordinator = coordinator;
        this.perConnection = perConnection;
        address = InetAddress.getByName(coordinator.getHost()).getHostAddress();
        factory =
                ClientFactory.builder()
                        .workerGroup(threads)
                        .connectTimeout(Protocol.CONNECT)
                        .idleTimeoutMillis(0)
                        .build();
    }

    /// A session more; otherwise as [GrpcSessionClient#connect].
    public Session<FromDevice> connect(Session.Handler<FromCoordinator> handler) {
        var means = new GrpcSessionClient.Means(clock, () -> {});
        return GrpcSessionClient.open(this::stub, handler, means);
    }

    /// Connections are kept by the name of the host: each has a name of its own here, of one
    /// address.
    private DeviceSessionGrpc.DeviceSessionStub stub() {
        int connection = opened.getAndIncrement() / perConnection;
        var endpoint =
                Endpoint.of("connection-" + connection, coordinator.getPort()).withIpAddr(address);
        var builder =
                GrpcClients.builder("gproto+http", endpoint)
                        .setHeader(HttpHeaderNames.AUTHORITY, coordinator.getAuthority());
        return GrpcSessionClient.stub(builder, factory);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        factory.close();
    }
}
