package motley.rounds.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Laws of the rules, over random contributions.
final class RobustRulesProperties {
    private static final int SEEDS = 40;
    private static final int ELEMENTS = 37;

    private static final List<Aggregation> RULES =
            List.of(
                    new Aggregation.Mean(),
                    new Aggregation.Median(),
                    new Aggregation.TrimmedMean(2),
                    new Aggregation.GeometricMedian(),
                    new Aggregation.MultiKrum(2),
                    new Aggregation.CenteredClip(0.5));

    /// A contribution: a sum of gradients over `samples`.
    private static final class Given {
        final int slot;
        final int samples;
        final float[] sum;

        Given(int slot, int samples, float[] sum) {
            this.slot = slot;
            this.samples = samples;
            this.sum = sum;
        }

        double mean(int j) {
            return (double) sum[j] / samples;
        }
    }

    @Test
    void orderOfArrivalLeavesNoTrace() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var all = given(seed, 9);
            var shuffled = new ArrayList<>(all);
            Collections.shuffle(shuffled, new Random(seed));
            for (var rule : RULES) {
                assertThat(aggregate(shuffled, rule))
                        .as("reproduce with: seed %d, %s", seed, rule.text())
                        .isEqualTo(aggregate(all, rule));
            }
        }
    }

    /// Within two roundings to f32 of an element, and of the result.
    @Test
    void rulesThatLeaveNothingOutAreTheMeanOverSamples() {
        var rules =
                List.of(
                        new Aggregation.Mean(),
                        new Aggregation.TrimmedMean(0),
                        new Aggregation.MultiKrum(0),
                        new Aggregation.CenteredClip(1e9));
        for (long seed = 0; seed < SEEDS; seed++) {
            var all = given(seed, 7);
            for (var rule : rules) {
                var result = aggregate(all, rule);
                for (int j = 0; j < ELEMENTS; j++) {
                    assertThat((double) result[j])
                            .as("seed %d, %s, element %d", seed, rule.text(), j)
                            .isCloseTo(mean(all, j), within(largest(all, j) * 0x1p-21));
                }
            }
        }
    }

    @Test
    void oneContributionIsItself() {
        var one = given(3, 1);
        for (var rule : RULES) {
            var result = aggregate(one, rule);
            for (int j = 0; j < ELEMENTS; j++) {
                assertThat(result[j])
                        .as(rule.text())
                        .isEqualTo(one.getFirst().sum[j] / one.getFirst().samples);
            }
        }
    }

    @Test
    void elementsAreSortedAndCutAsInFloat64() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var all = given(seed, 8);
            var median = aggregate(all, new Aggregation.Median());
            var trimmed = aggregate(all, new Aggregation.TrimmedMean(2));
            for (int j = 0; j < ELEMENTS; j++) {
                int at = j;
                var sorted =
                        all.stream().sorted(Comparator.comparingDouble(g -> g.mean(at))).toList();
                double middle = (sorted.get(3).mean(j) + sorted.get(4).mean(j)) / 2;
                double bound = largest(all, j) * 0x1p-21;
                assertThat((double) median[j]).isCloseTo(middle, within(bound));
                assertThat((double) trimmed[j])
                        .isCloseTo(mean(sorted.subList(2, 6), j), within(bound));
            }
        }
    }

    /// By trying every contribution against its definition in float64.
    @Test
    void multiKrumLeavesOutTheWorstScores() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var all = given(seed, 9);
            int hostile = 3;
            var scores = new double[all.size()];
            for (int k = 0; k < scores.length; k++) scores[k] = score(all, k, 9 - hostile - 2);
            var chosen =
                    IntStream.range(0, 9)
                            .boxed()
                            .sorted(Comparator.comparingDouble(k -> scores[k]))
                            .limit(9 - hostile)
                            .map(all::get)
                            .toList();
            var result = aggregate(all, new Aggregation.MultiKrum(hostile));
            for (int j = 0; j < ELEMENTS; j++) {
                assertThat((double) result[j])
                        .as("seed %d, element %d", seed, j)
                        .isCloseTo(mean(chosen, j), within(largest(all, j) * 0x1p-21));
            }
        }
    }

    /// A far smaller step size than Weiszfeld's, for many more steps, comes no lower than a
    /// thousandth: eight steps are near enough.
    @Test
    void geometricMedianHasNearlyTheLeastSumOfDistances() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var all = given(seed, 9);
            var found = wide(aggregate(all, new Aggregation.GeometricMedian()));
            double sum = distances(all, found);
            double least = sum;
            var random = new SplittableRandom(seed);
            for (int step = 0; step < 3_000; step++) {
                var other = found.clone();
                for (int j = 0; j < ELEMENTS; j++) other[j] += random.nextDouble(-0.02, 0.02);
                least = Math.min(least, distances(all, other));
            }
            assertThat(sum).as("seed %d", seed).isLessThan(least * 1.001);
        }
    }

    /// Whatever two of nine say, the result stays where the other seven are.
    @Test
    void twoHostileOfNineDoNotMoveARuleOutOfTheHonestOnes() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var honest = given(seed, 7);
            double spread = honest.stream().mapToDouble(g -> norm(g)).max().orElseThrow();
            for (var rule : RULES.subList(1, RULES.size())) {
                var all = new ArrayList<>(honest);
                for (int slot = 7; slot < 9; slot++) all.add(new Given(slot, 4, filled(-4e6f)));
                var result = wide(aggregate(all, rule));
                double far = Math.sqrt(Arrays.stream(result).map(x -> x * x).sum());
                assertThat(far).as("seed %d, %s", seed, rule.text()).isLessThan(2 * spread);
            }
            var all = new ArrayList<>(honest);
            all.add(new Given(7, 4, filled(-4e6f)));
            assertThat(Math.abs(aggregate(all, new Aggregation.Mean())[0])).isGreaterThan(10_000);
        }
    }

    @Test
    void centeredClipMovesByTheRadiusAtMost() {
        var contributions = new Contributions(ELEMENTS);
        var first = step(contributions, given(1, 5), 0.25);
        var second = step(contributions, List.of(new Given(0, 1, filled(1e6f))), 0.25);
        double moved = 0;
        for (int j = 0; j < ELEMENTS; j++) moved += Math.pow(second[j] - first[j], 2);
        // Three steps of a quarter each; f32 holds the point.
        assertThat(Math.sqrt(moved)).isCloseTo(0.75, within(1e-5));
    }

    private static float[] step(Contributions contributions, List<Given> all, double radius) {
        contributions.clear();
        put(contributions, all);
        return contributions.aggregate(new Aggregation.CenteredClip(radius));
    }

    private static float[] aggregate(List<Given> all, Aggregation rule) {
        var contributions = new Contributions(ELEMENTS);
        put(contributions, all);
        return contributions.aggregate(rule);
    }

    private static void put(Contributions contributions, List<Given> all) {
        for (var given : all) {
            var room = contributions.room();
            System.arraycopy(given.sum, 0, room, 0, ELEMENTS);
            contributions.put(given.slot, room, given.samples);
        }
    }

    private static List<Given> given(long seed, int count) {
        var random = new SplittableRandom(seed);
        var all = new ArrayList<Given>();
        for (int slot = 0; slot < count; slot++) {
            int samples = random.nextInt(1, 9);
            var sum = new float[ELEMENTS];
            for (int j = 0; j < ELEMENTS; j++) {
                sum[j] = (float) (samples * (0.1 * j + random.nextGaussian()));
            }
            all.add(new Given(slot, samples, sum));
        }
        return all;
    }

    private static float[] filled(float value) {
        var sum = new float[ELEMENTS];
        Arrays.fill(sum, value);
        return sum;
    }

    private static double mean(List<Given> all, int j) {
        double samples = all.stream().mapToInt(g -> g.samples).sum();
        return all.stream().mapToDouble(g -> g.sum[j]).sum() / samples;
    }

    private static double largest(List<Given> all, int j) {
        return all.stream().mapToDouble(g -> Math.abs(g.mean(j))).max().orElseThrow();
    }

    private static double norm(Given given) {
        return Math.sqrt(IntStream.range(0, ELEMENTS).mapToDouble(j -> sq(given.mean(j))).sum());
    }

    private static double sq(double x) {
        return x * x;
    }

    private static double score(List<Given> all, int k, int neighbours) {
        return IntStream.range(0, all.size())
                .filter(m -> m != k)
                .mapToDouble(m -> square(all.get(k), all.get(m)))
                .sorted()
                .limit(neighbours)
                .sum();
    }

    private static double square(Given a, Given b) {
        return IntStream.range(0, ELEMENTS).mapToDouble(j -> sq(a.mean(j) - b.mean(j))).sum();
    }

    /// Weighted by samples.
    private static double distances(List<Given> all, double[] point) {
        double sum = 0;
        for (var given : all) {
            double square = 0;
            for (int j = 0; j < ELEMENTS; j++) square += sq(given.mean(j) - point[j]);
            sum += given.samples * Math.sqrt(square);
        }
        return sum;
    }

    private static double[] wide(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(j -> values[j]).toArray();
    }
}
