package motley.wire;

import java.net.URI;

/// What carries a device's session.
public enum Transport {
    /// HTTP/2 all the way.
    GRPC,
    /// HTTP/1.1, upgraded: for networks whose proxies let no gRPC through.
    WEBSOCKET;

    /// Connects a device to `coordinator`, an `http` or `https` address, over a connection of its
    /// own, so that a dead one is never used again.
    ///
    /// Returns at once: messages sent before the connection stands are sent when it does, and
    /// `handler` learns of a failure by `closed`. The first message must be [FromDevice.Hello].
    /// From then on a heartbeat goes out whenever it is due; it repeats the last
    /// [FromDevice.Heartbeat] sent, or says that nothing was measured.
    ///
    /// @param handler is called by threads of the session, which it must not keep waiting
    public Session<FromDevice> connect(URI coordinator, Session.Handler<FromCoordinator> handler) {
        return switch (this) {
            case GRPC -> GrpcSessionClient.connect(coordinator, handler);
            case WEBSOCKET -> WebSocketSessionClient.connect(coordinator, handler);
        };
    }
}
