package motley.rounds.likeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SketchProperties {
    private static final int ELEMENTS = 5_000;
    private static final int SEEDS = 200;

    @Test
    void sketchesAreAsFarApartAsTheirVectors() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var one = gaussian(random, 1);
            double length = Math.pow(10, -random.nextInt(7));
            var other = sum(one, gaussian(random, length));
            double exact = distance(one, other);
            var sketcher = new Sketcher(random.nextLong());
            // The standard deviation of both norms is 4.4 %: within five of them.
            assertThat(sketcher.of(one).distance(sketcher.of(other)))
                    .as("seed %d", seed)
                    .isCloseTo(exact, within(0.4 * exact));
        }
    }

    /// The worst vectors: what differs is in two places only, which may share a bucket.
    @Test
    void differenceInTwoElementsIsSeen() {
        int unseen = 0;
        for (long seed = 0; seed < 10 * SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var one = gaussian(random, 1);
            var other = one.clone();
            float step = 10;
            other[random.nextInt(ELEMENTS)] += step;
            other[random.nextInt(ELEMENTS)] -= step;
            var sketcher = new Sketcher(random.nextLong());
            if (sketcher.of(one).distance(sketcher.of(other)) < 1e-3) unseen++;
        }
        // 1 / 512 each, and 1 / 5,000 that both places are one: 4.3 expected of 2,000; P(> 16) is
        // 1.6e-6.
        assertThat(unseen).isLessThanOrEqualTo(16);
    }

    /// Why the key is secret: who knows it changes a vector beyond recognition, unseen.
    @Test
    void whoKnowsTheKeyIsNotSeen() {
        long key = 4711;
        var one = gaussian(new SplittableRandom(1), 1);
        var forged = one.clone();
        var sketcher = new Sketcher(key);
        var zero = sketcher.of(new float[ELEMENTS]);
        // Pairs of places whose changes cancel in the sketch.
        for (int i = 0; i < 150; i++) {
            for (int j = i + 1; j < 150; j++) {
                for (int sign = -1; sign <= 1; sign += 2) {
                    var change = new float[ELEMENTS];
                    change[i] = 8;
                    change[j] = 8 * sign;
                    if (!sketcher.of(change).equals(zero)) continue;
                    forged = sum(forged, change);
                }
            }
        }
        assertThat(distance(one, forged)).isGreaterThan(0.5);
        assertThat(sketcher.of(one).distance(sketcher.of(forged))).isLessThan(1e-6);
        var secret = new Sketcher(key + 1);
        assertThat(secret.of(one).distance(secret.of(forged))).isGreaterThan(0.3);
    }

    @Test
    void partsGiveTheSketchOfTheWhole() {
        var random = new SplittableRandom(3);
        var vector = gaussian(random, 1);
        var sketcher = new Sketcher(9);
        var whole = sketcher.of(vector);
        int at = 0;
        while (at < ELEMENTS) {
            int length = Math.min(ELEMENTS - at, random.nextInt(1, 700));
            var part = new float[length];
            System.arraycopy(vector, at, part, 0, length);
            sketcher.add(part, length);
            at += length;
        }
        assertThat(sketcher.done()).isEqualTo(whole);
    }

    @Test
    void nothingIsLikeWhatIsNotANumber() {
        assertThat(Sketch.of(Double.NaN, 1).distance(Sketch.of(0, 1))).isNaN();
        assertThat(Sketch.of(0, 0).distance(Sketch.of(0, 0))).isZero();
        assertThat(Sketch.of(1, 0).distance(Sketch.of(0, 0))).isEqualTo(1);
    }

    private static float[] gaussian(SplittableRandom random, double deviation) {
        var vector = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            vector[i] = (float) (deviation * random.nextGaussian());
        }
        return vector;
    }

    private static float[] sum(float[] one, float[] other) {
        var sum = new float[one.length];
        for (int i = 0; i < sum.length; i++) sum[i] = one[i] + other[i];
        return sum;
    }

    private static double distance(float[] one, float[] other) {
        double apart = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < one.length; i++) {
            apart += Math.pow((double) one[i] - other[i], 2);
            first += (double) one[i] * one[i];
            second += (double) other[i] * other[i];
        }
        return Math.sqrt(apart / Math.max(first, second));
    }
}
