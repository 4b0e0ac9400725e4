package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalLong;
import motley.wire.FromCoordinator.Assign;
import motley.wire.FromCoordinator.Files;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromCoordinator.Work;
import motley.wire.SharedDirectory;
import motley.wire.TaskKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FileExchangeContract extends BulkExchangeContract {
    private static final OptionalLong NOTHING = OptionalLong.empty();

    private static final String DEVICE = "device";

    private SharedDirectory shared;
    private FileExchange exchange;

    @BeforeEach
    void open() throws IOException {
        shared = SharedDirectory.open();
        shared.makeContributionFile(RUN, DEVICE, 4L * ELEMENTS);
        exchange = FileExchange.tryOpen(shared.path().toString()).orElseThrow();
    }

    @AfterEach
    void close() {
        exchange.close();
        shared.close();
    }

    @Override
    BulkExchange exchange() {
        return exchange;
    }

    @Override
    void publish(long version, byte[] parameters) throws IOException {
        shared.publish(RUN, version, MemorySegment.ofArray(parameters));
    }

    @Override
    Optional<byte[]> contribution(long lease) {
        var found = shared.contribution(RUN, DEVICE, lease);
        return found.map(memory -> memory.toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    Optional<Files> files(long version) {
        return Optional.of(
                new Files(
                        SharedDirectory.parametersFile(RUN, version),
                        SharedDirectory.contributionFile(RUN, DEVICE)));
    }

    @Test
    void deviceProvesThatItIsOnTheSameMachine() {
        assertThat(shared.isProvenBy(exchange.proof())).isTrue();
        assertThat(FileExchange.tryOpen(shared.path() + "-elsewhere")).isEmpty();
    }

    /// Its files have the old names and are others; those mapped before are not found any more.
    @Test
    void runThatIsTakenUpAgainIsSeen() throws IOException {
        var into = MemorySegment.ofArray(new float[1]);
        publish(1, new byte[] {1, 2, 3, 4});
        assertThat(exchange.readParameters(assign(1, 1), into, NOTHING)).isTrue();
        shared.remove(RUN);
        publish(4, new byte[] {5, 6, 7, 8});
        assertThat(exchange.readParameters(assign(2, 4), into, NOTHING)).isTrue();
        assertThat(into.mismatch(MemorySegment.ofArray(new byte[] {5, 6, 7, 8}))).isEqualTo(-1);
    }

    private Assign assign(long fence, long version) {
        var task = new TaskKey(RUN, 1, fence, 0, 0, version);
        return new Assign(task, new Work(Kind.TRAIN, 0, 0, 1), 1000, files(version));
    }
}
