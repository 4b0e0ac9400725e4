package motley.wire;

import static motley.tensor.Require.require;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.common.util.EventLoopGroups;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import motley.wire.v1.DeviceSessionGrpc;
import org.jspecify.annotations.Nullable;

/// Sessions of many devices in one process, for measuring a coordinator: they share threads, and
/// where wanted connections.
///
/// Any thread may call it. Closing it ends all sessions at once.
public final class GrpcSessions implements AutoCloseable {
    /// A coordinator takes 128 streams a connection.
    public static final int SESSIONS_PER_CONNECTION_MAX = 120;

    private final URI coordinator;
    private final int perConnection;
    private final EventLoopGroup loops;
    private final ScheduledExecutorService clock = GrpcSessionClient.clock();

    // Guarded by `this`.
    private final List<ClientFactory> connections = new ArrayList<>();
    private DeviceSessionGrpc.@Nullable DeviceSessionStub stub;
    private int opened;

    /// @param perConnection sessions that share a connection
    /// @param threads that move bytes
    /// @throws IllegalArgumentException if a connection cannot have so many sessions
    public GrpcSessions(URI coordinator, int perConnection, int threads) {
        require(
                perConnection >= 1 && perConnection <= SESSIONS_PER_CONNECTION_MAX,
                "perConnection: %d (expected: 1 to %d)",
                perConnection,
                SESSIONS_PER_CONNECTION_MAX);
        this.coordinator = coordinator;
        this.perConnection = perConnection;
        loops = EventLoopGroups.newEventLoopGroup(threads, "sessions", true);
    }

    /// A session more; otherwise as [GrpcSessionClient#connect].
    public Session<FromDevice> connect(Session.Handler<FromCoordinator> handler) {
        var means = new GrpcSessionClient.Means(clock, () -> {});
        return GrpcSessionClient.open(this::stub, handler, means);
    }

    private synchronized DeviceSessionGrpc.DeviceSessionStub stub() {
        var current = stub;
        if (current == null || opened % perConnection == 0) {
            connections.add(connection());
            current = GrpcSessionClient.stub(coordinator, connections.getLast());
            stub = current;
        }
        opened++;
        return current;
    }

    private ClientFactory connection() {
        return ClientFactory.builder()
                .workerGroup(loops, false)
                .connectTimeout(Protocol.CONNECT)
                .idleTimeoutMillis(0)
                .build();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        synchronized (this) {
            for (var connection : connections) connection.close();
        }
        var _ = loops.shutdownGracefully();
    }
}
