package motley.wire;

/// Sessions over gRPC.
final class GrpcSessionContract extends SessionContract {
    GrpcSessionContract() {
        super(
                Transport.GRPC,
                (server, sessions) -> {
                    var service = new GrpcSessionService(sessions);
                    service.addTo(server);
                    return service;
                });
    }
}
