package motley.wire.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What devices send that compute the same in another order: how much of a rounding is left, and
/// how much is made of it, once it is encoded. Audits take such answers for the same.
final class RoundingProperties {
    private static final int ELEMENTS = 46_730;
    private static final int SEEDS = 20;

    /// Of the largest element of a vector: more than engines differ by.
    private static final double ROUNDING = 3e-6;

    @Test
    void roundingsStaySmall() {
        requireWithin("f32", 1e-4);
        requireWithin("int8", 1e-3);
        requireWithin("int4", 1e-2);
        requireWithin("e3m0", 1e-2);
    }

    /// Each element of bfloat16 that is near a border falls to the other side by half a percent.
    @Test
    void roundingsToWordsStaySmall() {
        requireWithin("bf16", 1e-3);
    }

    private static void requireWithin(String form, double limit) {
        double largest = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var one = new float[ELEMENTS];
            var other = new float[ELEMENTS];
            for (int i = 0; i < ELEMENTS; i++) {
                one[i] = (float) (0.01 * random.nextGaussian());
                other[i] = (float) (one[i] + 0.01 * ROUNDING * random.nextGaussian());
            }
            double distance = distance(decoded(form, one), decoded(form, other));
            largest = Math.max(largest, distance);
            assertThat(distance).as("%s, seed %d", form, seed).isLessThan(limit);
        }
        System.out.printf("%s: %.2g at most%n", form, largest);
    }

    private static float[] decoded(String form, float[] vector) {
        var encoding = Encoding.parse(form);
        var plain = MemorySegment.ofArray(new byte[4 * vector.length]);
        for (int i = 0; i < vector.length; i++) {
            plain.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, vector[i]);
        }
        var bytes = Encoder.of(encoding, vector.length).encode(plain);
        var opened = EncodedVector.open(encoding, vector.length, bytes);
        var result = new float[vector.length];
        ((EncodedVector.Opened.Whole) opened).vector().copyInto(MemorySegment.ofArray(result));
        return result;
    }

    private static double distance(float[] one, float[] other) {
        double apart = 0;
        double length = 0;
        for (int i = 0; i < one.length; i++) {
            apart += Math.pow((double) one[i] - other[i], 2);
            length += (double) one[i] * one[i];
        }
        return Math.sqrt(apart / length);
    }
}
