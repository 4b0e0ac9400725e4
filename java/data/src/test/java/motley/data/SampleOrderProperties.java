package motley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SampleOrderProperties {
    @Test
    void everyEpochVisitsEverySampleOnce() {
        var random = new SplittableRandom(1);
        for (int count = 1; count <= 300; count++) visitsAll(random.nextLong(), count);
        visitsAll(random.nextLong(), 60_000);
        visitsAll(random.nextLong(), (1 << 17) + 1);
    }

    private static void visitsAll(long seed, int count) {
        var order = new SampleOrder(seed, 3, count);
        var seen = new BitSet(count);
        for (int sample : order.samples(0, count)) seen.set(sample);
        assertThat(seen.cardinality()).as("seed %d, count %d", seed, count).isEqualTo(count);
    }

    /// Sixteen equal ranges of positions against sixteen of samples: 256 cells, each expected to
    /// hold n/256. The statistic has mean 225 and standard deviation √(2·225); six of them is a
    /// chance below 10⁻⁷ for a uniform permutation.
    @Test
    void positionsAndSamplesLookIndependent() {
        int count = 60_000;
        for (int epoch = 0; epoch < 4; epoch++) {
            var order = new SampleOrder(42, epoch, count);
            var cells = new int[16][16];
            for (int position = 0; position < count; position++) {
                cells[16 * position / count][(int) (16L * order.sampleAt(position) / count)]++;
            }
            double expected = count / 256.0;
            double statistic = 0;
            for (var row : cells) {
                for (int cell : row) statistic += (cell - expected) * (cell - expected) / expected;
            }
            assertThat(statistic).as("epoch %d", epoch).isBetween(97.0, 353.0);
        }
    }

    @Test
    void epochsAndSeedsDiffer() {
        var first = new SampleOrder(7, 0, 1000).samples(0, 1000);
        for (var other :
                new SampleOrder[] {
                    new SampleOrder(7, 1, 1000),
                    new SampleOrder(8, 0, 1000),
                    new SampleOrder(7L << 32, 0, 1000)
                }) {
            int equal = 0;
            for (int i = 0; i < 1000; i++) if (first[i] == other.sampleAt(i)) equal++;
            assertThat(equal).as("fixed points between %s", other).isLessThan(12);
        }
    }

    /// Other languages compute the same order: these numbers, from a Python twin, are the contract.
    @Test
    void orderIsFixedForEver() {
        assertThat(new SampleOrder(1, 0, 10).samples(0, 10))
                .containsExactly(1, 8, 9, 3, 2, 4, 7, 5, 0, 6);
        assertThat(new SampleOrder(-5, 2, 60_000).samples(59_996, 4))
                .containsExactly(54_992, 13_677, 30_371, 15_605);
    }

    @Test
    void positionsOutsideTheEpochAreRefused() {
        var order = new SampleOrder(1, 0, 10);
        assertThatThrownBy(() -> order.sampleAt(10))
                .hasMessage("position: 10 (expected: in [0, 10))");
        assertThatThrownBy(() -> new SampleOrder(1, 0, 0))
                .hasMessage("count: 0 (expected: at least 1)");
    }
}
