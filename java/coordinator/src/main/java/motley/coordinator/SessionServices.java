package motley.coordinator;

import com.linecorp.armeria.server.ServerBuilder;
import java.util.function.Function;
import motley.coordinator.http.Problem;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.GrpcSessionService;
import motley.wire.Session;
import motley.wire.WebSocketSessionService;

/// Where devices open their sessions, whatever carries them. Close the server first.
final class SessionServices implements AutoCloseable {
    private final GrpcSessionService grpc;
    private final WebSocketSessionService sockets;

    /// @param sessions gives each new session its handler
    SessionServices(Function<Session<FromCoordinator>, Session.Handler<FromDevice>> sessions) {
        grpc = new GrpcSessionService(sessions);
        sockets = new WebSocketSessionService(sessions);
    }

    /// @param guard decides which pages may open a socket; gRPC cannot be spoken by pages
    void addTo(ServerBuilder server, Guard guard) {
        grpc.addTo(server);
        server.service(
                WebSocketSessionService.PATH,
                sockets.service()
                        .decorate(
                                (service, context, request) -> {
                                    try {
                                        guard.checkSocket(context, request.headers());
                                    } catch (Problem e) {
                                        return e.response(context.path());
                                    }
                                    return service.serve(context, request);
                                }));
    }

    @Override
    public void close() {
        grpc.close();
        sockets.close();
    }
}
