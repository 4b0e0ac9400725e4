package motley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Every sample is learnt from or judged by, never both; which, follows from seed and number alone.
final class HeldBackProperties {
    private static final int SEEDS = 50;

    @Test
    void everySampleIsInOneOfTheTwoParts() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            int count = random.nextInt(2, 400);
            double share = random.nextDouble(1e-6, HeldBack.SHARE_MAX);
            var held = HeldBack.of(share, count, random.nextLong());
            var split = held.split(numbered(count));
            var all = new ArrayList<>(numbers(split.train()));
            all.addAll(numbers(split.test()));
            assertThat(all)
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, count).boxed().toList());
            assertThat(split.test().count()).isEqualTo(held.samples());
            double wanted = Math.clamp(share * count, 1, count - 1);
            assertThat(Math.abs(held.samples() - wanted)).as("seed %d", seed).isLessThan(1);
        }
    }

    @Test
    void choiceFollowsFromTheSeedAndNotFromWhereSamplesLie() throws Exception {
        for (long seed = 0; seed < 10; seed++) {
            var random = new SplittableRandom(seed);
            int count = random.nextInt(40, 200);
            var held = HeldBack.of(0.2, count, seed);
            var expected = held.split(numbered(count));
            for (int shards = 1; shards < 5; shards++) {
                var split = held.split(sharded(count, shards));
                assertThat(numbers(split.test())).isEqualTo(numbers(expected.test()));
                assertThat(numbers(split.train())).isEqualTo(numbers(expected.train()));
            }
            var other = new HeldBack(held.samples(), seed + 1).split(numbered(count));
            assertThat(numbers(other.test())).isNotEqualTo(numbers(expected.test()));
        }
    }

    /// In the order of an epoch that no training comes to, whatever the seed.
    @Test
    void choiceIsNotTheFirstEpochsOrder() {
        var held = HeldBack.of(0.1, 1_000, 5);
        var first = new SampleOrder(5, 0, 1_000).samples(900, 100);
        var chosen = numbers(held.split(numbered(1_000)).test());
        assertThat(chosen.stream().filter(IntStream.of(first).boxed().toList()::contains).count())
                .isBetween(1L, 30L);
    }

    @Test
    void sharesThatLeaveNothingAreRefused() {
        for (double share : new double[] {0, -1, 0.95, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> HeldBack.of(share, 10, 0))
                    .hasMessageEndingWith("(expected: above 0, at most 0.9)");
        }
        assertThatThrownBy(() -> HeldBack.of(0.5, 1, 0))
                .hasMessage("validationShare: 0.5 of 1 samples (expected: at least 2 samples)");
        assertThatThrownBy(() -> new HeldBack(10, 0).split(numbered(10)))
                .hasMessage("held back: 10 samples (expected: fewer than there are, 10)");
        assertThat(HeldBack.of(0.001, 10, 0).samples()).isEqualTo(1);
        assertThat(HeldBack.of(0.9, 2, 0).samples()).isEqualTo(1);
    }

    @Test
    void samplesOutOfRangeAreRefused() {
        var split = HeldBack.of(0.5, 10, 0).split(numbered(10));
        assertThatThrownBy(() -> split.train().part(4, 2)).hasMessageContaining("of 5 samples");
        var row = Tensor.onHeap(TensorType.f32(1, 1));
        var target = Tensor.onHeap(TensorType.i32(1));
        assertThatThrownBy(() -> split.train().copy(new int[] {5}, row, target))
                .hasMessage("sample: 5 (expected: under 5)");
    }

    /// Sample `i` is the number `i`, and so is its target.
    private static Samples numbered(int count) {
        var inputs = Tensor.onHeap(TensorType.f32(count, 1));
        var targets = Tensor.onHeap(TensorType.i32(count));
        for (int i = 0; i < count; i++) {
            inputs.setFloat(i, i);
            targets.setInt(i, i);
        }
        return ArraySamples.of(inputs, targets);
    }

    private static List<Integer> numbers(Samples samples) {
        var part = samples.part(0, samples.count());
        var inputs = Tensor.onHeap(TensorType.f32(samples.count(), 1));
        var targets = Tensor.onHeap(TensorType.i32(samples.count()));
        part.copy(IntStream.range(0, samples.count()).toArray(), inputs, targets);
        var numbers = new ArrayList<Integer>();
        for (int i = 0; i < samples.count(); i++) {
            numbers.add(targets.getInt(i));
            assertThat(inputs.getFloat(i)).isEqualTo(targets.getInt(i));
        }
        return numbers;
    }

    private static Samples sharded(int count, int shards) throws IOException {
        var form =
                new SampleForm(
                        new Column(Column.Form.F32, new Shape(List.of(1))),
                        new Column(Column.Form.I32, new Shape(List.of())));
        var bytes = new TreeMap<String, MemorySegment>();
        var train = new ArrayList<ShardIndex.Shard>();
        for (int s = 0, first = 0; s < shards; s++) {
            int end = (int) ((long) count * (s + 1) / shards);
            var shard = MemorySegment.ofArray(new byte[8 * (end - first)]);
            for (int i = first; i < end; i++) {
                shard.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * (i - first), i);
                shard.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * (end - first + i - first), i);
            }
            var name = "%064x".formatted(s);
            bytes.put(name, shard);
            train.add(new ShardIndex.Shard(name, end - first));
            first = end;
        }
        var index =
                new ShardIndex(form, 0, new ShardIndex.Part(train), new ShardIndex.Part(List.of()));
        return ShardedSamples.of(
                        index,
                        shard -> Map.copyOf(bytes).get(shard.sha256()),
                        TensorType.f32(1),
                        TensorType.i32())
                .train();
    }
}
