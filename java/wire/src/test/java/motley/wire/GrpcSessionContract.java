package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

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

    /// As when both sides end a session at once: what the coordinator's end frees is gone when the
    /// device sets a limit to its own.
    @Test
    void endOfASessionWhoseClockIsFreedIsInOrder() throws Exception {
        var closed = new CompletableFuture<String>();
        var clock = GrpcSessionClient.clock();
        var session =
                GrpcSessionClient.open(
                        () ->
                                GrpcSessionClient.stub(
                                        GrpcClients.builder("gproto+" + uri()),
                                        ClientFactory.ofDefault()),
                        new Session.Handler<>() {
                            @Override
                            public void received(FromCoordinator message) {}

                            @Override
                            public void closed(String why) {
                                closed.complete(why);
                            }
                        },
                        new GrpcSessionClient.Means(clock, clock::shutdownNow));
        session.send(HELLO);
        assertThat(atCoordinator().next()).isEqualTo(HELLO);
        clock.shutdownNow();
        session.close("done");
        assertThat(closed.get(80, TimeUnit.SECONDS)).isEqualTo("done");
        assertThat(atCoordinator().closed()).isNotEmpty();
    }
}
