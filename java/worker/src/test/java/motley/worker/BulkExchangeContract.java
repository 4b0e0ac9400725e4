package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.SplittableRandom;
import motley.wire.FromCoordinator.Assign;
import motley.wire.FromCoordinator.Files;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromCoordinator.Work;
import motley.wire.TaskKey;
import org.junit.jupiter.api.Test;

/// What every [BulkExchange] must do.
abstract class BulkExchangeContract {
    static final String RUN = "run-1";
    static final int ELEMENTS = 100_001; // More than one part of an HTTP body, and odd.

    abstract BulkExchange exchange();

    /// The coordinator publishes a version of the parameters; those three versions older go.
    abstract void publish(long version, byte[] parameters) throws IOException;

    /// What the coordinator finds as the contribution under `lease`.
    abstract Optional<byte[]> contribution(long lease);

    /// Names of files in the assignment, if this exchange uses files.
    abstract Optional<Files> files(long version);

    @Test
    void parametersArriveBitForBit() throws Exception {
        for (long version = 1; version <= 3; version++) {
            var published = bytes(version);
            publish(version, published);
            var into = MemorySegment.ofArray(new byte[published.length]);
            assertThat(exchange().readParameters(assign(1, version), into)).isTrue();
            assertThat(into.mismatch(MemorySegment.ofArray(published))).isEqualTo(-1);
        }
    }

    @Test
    void replacedVersionIsGone() throws Exception {
        for (long version = 1; version <= 4; version++) publish(version, bytes(version));
        var into = MemorySegment.ofArray(new byte[4 * ELEMENTS]);
        assertThat(exchange().readParameters(assign(1, 1), into)).isFalse();
    }

    @Test
    void contributionIsFoundUnderItsLeaseOnly() throws Exception {
        var sent = bytes(7);
        exchange().writeContribution(assign(41, 1), MemorySegment.ofArray(sent));
        assertThat(contribution(41)).contains(sent);
        assertThat(contribution(40)).isEmpty();
    }

    @Test
    void parametersOfAnotherLengthAreRefused() throws Exception {
        publish(1, bytes(1));
        for (int elements : new int[] {ELEMENTS - 1, ELEMENTS + 1}) {
            var into = MemorySegment.ofArray(new byte[4 * elements]);
            assertThatThrownBy(() -> exchange().readParameters(assign(1, 1), into))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected: ");
        }
    }

    private Assign assign(long lease, long version) {
        var task = new TaskKey(RUN, lease, 1, 0, 0, version);
        return new Assign(task, new Work(Kind.TRAIN, 0, 0, 1), 1000, files(version));
    }

    private static byte[] bytes(long seed) {
        var bytes = new byte[4 * ELEMENTS];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }
}
