package motley.worker;

import java.util.Optional;
import motley.wire.BulkClient;
import motley.wire.FromCoordinator.Files;
import org.junit.jupiter.api.AfterEach;

final class HttpExchangeContract extends BulkExchangeContract {
    private final TestCoordinator coordinator = TestCoordinator.start(0);
    private final BulkClient bulk = new BulkClient(coordinator.uri(), TestCoordinator.TOKEN);

    @AfterEach
    void close() {
        bulk.close();
        coordinator.close();
    }

    @Override
    BulkExchange exchange() {
        return new HttpExchange(bulk);
    }

    @Override
    void publish(long version, byte[] parameters) {
        coordinator.parameters.put(RUN + "/" + version, parameters);
        coordinator.parameters.remove(RUN + "/" + (version - 3));
    }

    @Override
    Optional<byte[]> contribution(long lease) {
        return Optional.ofNullable(coordinator.contributions.get(RUN + "/" + lease));
    }

    @Override
    Optional<Files> files(long version) {
        return Optional.empty();
    }
}
