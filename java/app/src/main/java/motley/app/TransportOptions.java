package motley.app;

import motley.wire.Transport;
import picocli.CommandLine.Option;

/// What carries a device's session.
final class TransportOptions {
    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "grpc",
            description = {
                "what carries the session: grpc (HTTP/2 all the way), or websocket, where a proxy",
                "or a firewall lets no gRPC through (default: ${DEFAULT-VALUE})"
            })
    private String name = "";

    /// @throws UserException if there is no such transport
    Transport transport() {
        return switch (name) {
            case "grpc" -> Transport.GRPC;
            case "websocket" -> Transport.WEBSOCKET;
            default ->
                    throw new UserException(
                            "--transport: %s (expected: grpc or websocket)".formatted(name));
        };
    }
}
