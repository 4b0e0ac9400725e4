package motley.wire;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The loops of [FixedPointSum]. Vector bodies and scalar twins agree to the last bit; processors
/// whose vectors are shorter than 8 floats take the twins.
final class SumKernel {
    /// Up to here adding 1.5·2¹² to a number leaves multiples of 2⁻⁴⁰ in its last bits.
    static final float LARGEST = 0x1p11f;

    private static final double SCALE = 0x1p40;
    private static final double SHIFT = 0x1.8p12;

    /// What [#add] adds too much.
    static final long SHIFT_BITS = Double.doubleToRawLongBits(SHIFT);

    private static final boolean WIDE = FloatVector.SPECIES_PREFERRED.length() >= 8;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
    private static final VectorSpecies<Float> FOUR_FLOATS = FloatVector.SPECIES_128;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_256;
    private static final int LANES = 4;
    private static final int CHAINS = 8;

    private SumKernel() {}

    /// Blocks that [#add] takes in one pass.
    static final int TOGETHER = 4;

    /// Adds the first `count` of `blocks`: for each of them
    /// `sums[at + i] += rint(block[i] · 2⁴⁰) + SHIFT_BITS`, ties to even, for `|block[i]| <= 2¹¹`.
    ///
    /// What costs is reading and writing 16 bytes of sums for each element, so several blocks share
    /// it: whole numbers add up to the same bits in any order.
    ///
    /// AVX2 has no conversion from double to long. Adding 1.5·2¹² rounds to a multiple of 2⁻⁴⁰,
    /// which is then the last bit of the sum's bits; without those of 1.5·2¹² they are the whole
    /// number. Whoever adds takes [#SHIFT_BITS] off in the end, once for all: sums may wrap around.
    static void add(float[][] blocks, int count, long[] sums, int at, int length) {
        if (count == TOGETHER) addFour(blocks, sums, at, length);
        else for (int k = 0; k < count; k++) addOne(blocks[k], sums, at, length);
    }

    private static void addFour(float[][] blocks, long[] sums, int at, int length) {
        var a = blocks[0];
        var b = blocks[1];
        var c = blocks[2];
        var d = blocks[3];
        int whole = WIDE ? length - length % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            var one = fixed(a, i).add(fixed(b, i));
            var other = fixed(c, i).add(fixed(d, i));
            LongVector.fromArray(LONGS, sums, at + i).add(one.add(other)).intoArray(sums, at + i);
        }
        for (int i = whole; i < length; i++) {
            sums[at + i] += fixed(a[i]) + fixed(b[i]) + fixed(c[i]) + fixed(d[i]);
        }
    }

    private static void addOne(float[] a, long[] sums, int at, int length) {
        int whole = WIDE ? length - length % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            LongVector.fromArray(LONGS, sums, at + i).add(fixed(a, i)).intoArray(sums, at + i);
        }
        for (int i = whole; i < length; i++) sums[at + i] += fixed(a[i]);
    }

    /// The same for magnitudes up to 2²², slower.
    static void addLarge(float[] block, long[] sums, int at, int length) {
        for (int i = 0; i < length; i++) {
            sums[at + i] += (long) Math.rint((double) block[i] * SCALE);
        }
    }

    static void bits(float[] block, int[] bits, int length) {
        int whole = WIDE ? length - length % CHAINS : 0;
        for (int i = 0; i < whole; i += CHAINS) {
            FloatVector.fromArray(FLOATS, block, i).reinterpretAsInts().intoArray(bits, i);
        }
        for (int i = whole; i < length; i++) bits[i] = Float.floatToRawIntBits(block[i]);
    }

    /// Sum of squares in eight chains, element `i` in chain `i mod 8`; the ends of a block go to
    /// the first chain, after the rest. Chains are added in pairs.
    static double squares(float[] block, int length) {
        int whole = length - length % CHAINS;
        if (!WIDE) return squaresTwin(block, length);
        var low = DoubleVector.zero(DOUBLES);
        var high = low;
        for (int i = 0; i < whole; i += CHAINS) {
            var first = wide(block, i);
            var second = wide(block, i + LANES);
            low = low.add(first.mul(first));
            high = high.add(second.mul(second));
        }
        double ends = low.lane(0);
        for (int i = whole; i < length; i++) ends += square(block[i]);
        return ((ends + low.lane(1)) + (low.lane(2) + low.lane(3)))
                + ((high.lane(0) + high.lane(1)) + (high.lane(2) + high.lane(3)));
    }

    static double squaresTwin(float[] block, int length) {
        var chains = new double[CHAINS];
        int whole = length - length % CHAINS;
        for (int i = 0; i < whole; i++) chains[i % CHAINS] += square(block[i]);
        for (int i = whole; i < length; i++) chains[0] += square(block[i]);
        return ((chains[0] + chains[1]) + (chains[2] + chains[3]))
                + ((chains[4] + chains[5]) + (chains[6] + chains[7]));
    }

    private static LongVector fixed(float[] block, int at) {
        return wide(block, at).add(SHIFT).reinterpretAsLongs();
    }

    private static long fixed(float element) {
        return Double.doubleToRawLongBits(element + SHIFT);
    }

    private static DoubleVector wide(float[] block, int at) {
        return (DoubleVector)
                FloatVector.fromArray(FOUR_FLOATS, block, at)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    private static double square(float value) {
        return (double) value * value;
    }
}
