package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Operands and a result in one array, at odd offsets, between guards that must survive.
final class Arena {
    private static final float GUARD = Float.intBitsToFloat(0x7fc12345);

    final float[] array;
    final int first;
    final int second;
    final int result;
    private final int resultCount;

    Arena(SplittableRandom random, float[] firstOperand, float[] secondOperand, int resultCount) {
        first = 1 + random.nextInt(5);
        second = first + firstOperand.length + random.nextInt(1, 5);
        result = second + secondOperand.length + random.nextInt(1, 5);
        this.resultCount = resultCount;
        array = new float[result + resultCount + random.nextInt(1, 3)];
        Arrays.fill(array, GUARD);
        System.arraycopy(firstOperand, 0, array, first, firstOperand.length);
        System.arraycopy(secondOperand, 0, array, second, secondOperand.length);
    }

    /// The result, after checking that nothing around it changed.
    float[] takeResult() {
        assertThat(bits(array[result - 1])).as("guard before").isEqualTo(bits(GUARD));
        assertThat(bits(array[result + resultCount])).as("guard after").isEqualTo(bits(GUARD));
        return Arrays.copyOfRange(array, result, result + resultCount);
    }

    private static int bits(float value) {
        return Float.floatToRawIntBits(value);
    }

    /// Mixed signs and magnitudes over six decades, so that cancellation happens.
    static float[] floats(SplittableRandom random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            double magnitude = Math.pow(10, random.nextInt(-3, 4));
            values[i] = (float) (random.nextDouble(-1, 1) * magnitude);
        }
        return values;
    }

    static void assertEqualBits(float[] actual, float[] expected, String what) {
        for (int i = 0; i < expected.length; i++) {
            if (bits(actual[i]) == bits(expected[i])) continue;
            throw new AssertionError(
                    "%s: element %d is %s (expected: %s)"
                            .formatted(what, i, actual[i], expected[i]));
        }
    }

    static void assertWithinBound(float[] actual, Twins.Sums sums, String what) {
        for (int i = 0; i < actual.length; i++) {
            double error = Math.abs(actual[i] - sums.exact[i]);
            if (error <= sums.bound(i)) continue;
            throw new AssertionError(
                    "%s: element %d is %s, error %s (expected: at most %s)"
                            .formatted(what, i, actual[i], error, sums.bound(i)));
        }
    }
}
