package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import motley.wire.encoding.EncodedVector;
import motley.wire.encoding.Encoder;
import motley.wire.encoding.Encoding;
import org.junit.jupiter.api.Test;

/// The sum is exact at its scale, whatever the order.
final class FixedPointSumProperties {
    private static final BigDecimal SCALE = BigDecimal.valueOf(2).pow(40);

    @Test
    void sumIsBitwiseIndependentOfOrder() {
        for (long seed = 0; seed < 20; seed++) {
            var addends = addends(seed, 4096 + 4097 + 3, 7);
            var mean = mean(addends, 91);
            Collections.shuffle(addends, new Random(seed));
            assertThat(mean(addends, 91))
                    .as("reproduce with: FixedPointSumProperties %d", seed)
                    .isEqualTo(mean);
        }
    }

    @Test
    void meanEqualsExactArithmetic() {
        for (long seed = 0; seed < 20; seed++) {
            int elements = 60;
            var addends = addends(seed, elements, 9);
            var mean = mean(addends, 33);
            for (int i = 0; i < elements; i++) {
                assertThat(mean[i])
                        .as("reproduce with: FixedPointSumProperties %d, element %d", seed, i)
                        .isEqualTo(exactMean(addends, i, 33));
            }
        }
    }

    /// The scale multiplies in double precision; the product is an f32 as any other element.
    @Test
    void scaledAddendEntersAsItsProduct() {
        var addend = addends(5, 5_000, 1).getFirst();
        double scale = 1.0 / 3;
        var sum = new FixedPointSum(addend.length, 1);
        sum.add(MemorySegment.ofArray(addend), scale);
        var products = new float[addend.length];
        for (int i = 0; i < addend.length; i++) products[i] = (float) (addend[i] * scale);
        var other = new FixedPointSum(addend.length, 1);
        other.add(MemorySegment.ofArray(products));
        var found = new float[addend.length];
        var expected = new float[addend.length];
        sum.meanInto(MemorySegment.ofArray(found), 3);
        other.meanInto(MemorySegment.ofArray(expected), 3);
        assertThat(found).isEqualTo(expected);
    }

    /// The fast way for small elements, the slow one for large ones, and their twins.
    @Test
    void waysOfAddingAgree() {
        for (long seed = 0; seed < 20; seed++) {
            int elements = 4096 + 4097 + 3;
            var addends = addends(seed, elements, 5);
            var slow = new FixedPointSum(elements, 5);
            var fast = new FixedPointSum(elements, 5);
            for (var addend : addends) {
                for (int i = 0; i < elements; i++) addend[i] = Math.clamp(addend[i], -2048f, 2048f);
                var vector = new EncodedVector.Floats(elements, MemorySegment.ofArray(addend));
                slow.add(vector, 2049f);
                fast.add(vector, 2048f);
            }
            var expected = new float[elements];
            var found = new float[elements];
            slow.meanInto(MemorySegment.ofArray(expected), 1);
            fast.meanInto(MemorySegment.ofArray(found), 1);
            assertThat(found).as("seed %d", seed).isEqualTo(expected);
            var first = addends.getFirst();
            assertThat(SumKernel.squares(first, 4_001))
                    .isEqualTo(SumKernel.squaresTwin(first, 4_001));
        }
    }

    /// Any number of addends in one pass, scaled or not, small and large ones, at any length.
    @Test
    void addendsTogetherGiveTheBitsOfOneAfterTheOther() {
        var random = new SplittableRandom(7);
        for (int count = 1; count <= 9; count++) {
            for (int elements : new int[] {1, 3, 256, 1023, 4096 + 700}) {
                var all = new ArrayList<FixedPointSum.Addend>();
                var alone = new FixedPointSum(elements, count);
                for (var addend : addends(count, elements, count)) {
                    var vector = encoded(random.nextBoolean() ? "int8" : "int4", addend);
                    float largest = alone.scan(vector).largest();
                    double scale = random.nextBoolean() ? 1 : 0.3;
                    all.add(new FixedPointSum.Addend(vector, largest, scale));
                    alone.add(vector, largest, scale);
                }
                var together = new FixedPointSum(elements, count);
                together.add(all);
                var found = new float[elements];
                var expected = new float[elements];
                together.meanInto(MemorySegment.ofArray(found), 3);
                alone.meanInto(MemorySegment.ofArray(expected), 3);
                assertThat(found).as("%d of %d", count, elements).isEqualTo(expected);
            }
        }
    }

    private static EncodedVector encoded(String text, float[] addend) {
        var encoding = Encoding.parse(text);
        var bytes = Encoder.of(encoding, addend.length).encode(MemorySegment.ofArray(addend));
        var opened = EncodedVector.open(encoding, addend.length, bytes);
        return ((EncodedVector.Opened.Whole) opened).vector();
    }

    /// Encoded addends enter as the floats they stand for.
    @Test
    void encodedAddendsEnterAsTheirFloats() {
        int elements = 4096 + 700;
        for (var text : List.of("bf16", "int8", "int4", "top-k:0.2")) {
            var vector = encoded(text, addends(1, elements, 1).getFirst());
            var floats = new float[elements];
            vector.copyInto(MemorySegment.ofArray(floats));
            var one = new FixedPointSum(elements, 2);
            var other = new FixedPointSum(elements, 2);
            var scan = one.scan(vector);
            assertThat(scan).isEqualTo(other.scan(MemorySegment.ofArray(floats)));
            one.add(vector, scan.largest());
            other.add(MemorySegment.ofArray(floats));
            var found = new float[elements];
            var expected = new float[elements];
            one.meanInto(MemorySegment.ofArray(found), 3);
            other.meanInto(MemorySegment.ofArray(expected), 3);
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void scanFindsWhatIsNotANumberAtAnyPlace() {
        var sum = new FixedPointSum(9_000, 4);
        for (int place : new int[] {0, 1, 4095, 4096, 8191, 8999}) {
            for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1f / 0f}) {
                var addend = new float[9_000];
                addend[place] = wrong;
                assertThat(sum.scan(MemorySegment.ofArray(addend)).isFinite()).isFalse();
            }
        }
        assertThat(sum.scan(MemorySegment.ofArray(new float[9_000])).isFinite()).isTrue();
    }

    @Test
    void scanMeasures() {
        var addend = new float[5_000];
        addend[3] = 3;
        addend[4_999] = -4;
        var scan = new FixedPointSum(5_000, 1).scan(MemorySegment.ofArray(addend));
        assertThat(scan).isEqualTo(new FixedPointSum.Scan(true, 4, 5, scan.digest()));
    }

    @Test
    void digestTellsAddendsApart() {
        int elements = 9_000;
        var sum = new FixedPointSum(elements, 1);
        var addend = addends(3, elements, 1).getFirst();
        long digest = sum.scan(MemorySegment.ofArray(addend)).digest();
        assertThat(sum.scan(MemorySegment.ofArray(addend.clone())).digest()).isEqualTo(digest);
        for (int place : new int[] {0, 1, 4_095, 4_096, 8_999}) {
            var other = addend.clone();
            other[place] = Math.nextUp(other[place]);
            assertThat(sum.scan(MemorySegment.ofArray(other)).digest()).isNotEqualTo(digest);
        }
    }

    @Test
    void asManyAddendsAsPromisedAtTheLimitDoNotOverflow() {
        int addends = 1_000;
        var sum = new FixedPointSum(2, addends);
        float limit = sum.elementLimit();
        for (int i = 0; i < addends; i++) {
            sum.add(MemorySegment.ofArray(new float[] {limit, -limit}));
        }
        var mean = new float[2];
        sum.meanInto(MemorySegment.ofArray(mean), addends);
        assertThat(mean).containsExactly(limit, -limit);
    }

    @Test
    void clearedSumStartsOver() {
        var sum = new FixedPointSum(1, 2);
        sum.add(MemorySegment.ofArray(new float[] {5}));
        sum.clear();
        sum.add(MemorySegment.ofArray(new float[] {3}));
        var mean = new float[1];
        sum.meanInto(MemorySegment.ofArray(mean), 2);
        assertThat(mean).containsExactly(1.5f);
    }

    @Test
    void wrongLengthIsRefused() {
        var sum = new FixedPointSum(3, 1);
        assertThatThrownBy(() -> sum.add(MemorySegment.ofArray(new float[2])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vector: 8 bytes (expected: 12)");
        assertThatThrownBy(() -> sum.meanInto(MemorySegment.ofArray(new float[3]), 0))
                .hasMessage("count: 0 (expected: at least 1)");
    }

    private static float exactMean(List<float[]> addends, int element, int count) {
        var sum = BigDecimal.ZERO;
        for (var addend : addends) {
            var scaled = new BigDecimal(addend[element]).multiply(SCALE);
            sum = sum.add(scaled.setScale(0, RoundingMode.HALF_EVEN));
        }
        // `double` twice and `float` once is how the mean is defined: rounding is part of it.
        double numerator = sum.round(new MathContext(60)).doubleValue();
        return (float) (numerator / (0x1p40 * count));
    }

    private static float[] mean(List<float[]> addends, int count) {
        var sum = new FixedPointSum(addends.getFirst().length, addends.size());
        for (var addend : addends) sum.add(MemorySegment.ofArray(addend));
        var mean = new float[sum.elements()];
        sum.meanInto(MemorySegment.ofArray(mean), count);
        return mean;
    }

    /// Of magnitudes from 2⁻⁶⁰ to 2¹⁵, zeros among them.
    private static List<float[]> addends(long seed, int elements, int count) {
        var random = new SplittableRandom(seed);
        var addends = new ArrayList<float[]>();
        for (int k = 0; k < count; k++) {
            var addend = new float[elements];
            for (int i = 0; i < elements; i++) {
                int exponent = random.nextInt(-60, 16);
                addend[i] = Math.scalb((float) random.nextDouble(-1, 1), exponent);
                if (random.nextInt(10) == 0) addend[i] = 0;
            }
            addends.add(addend);
        }
        return addends;
    }
}
