package motley.wire.encoding;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Floats to whole numbers times a scale, and back.
///
/// `code[i] = rint(x[i] · inverse)`, ties to even, for `|x[i] · inverse| < 2²²`; and
/// `x[i] = code[i] · scale`. Every step is one IEEE operation on one element, so the vector body
/// and its scalar twin agree to the last bit. Rounding is by adding 1.5·2²³, whose last bit is
/// worth one. Processors whose vectors are shorter than 8 floats take the twins.
final class BlockKernel {
    static final boolean WIDE = FloatVector.SPECIES_PREFERRED.length() >= 8;

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_64;
    private static final int LANES = 8;
    private static final float SHIFT = 0x1.8p23f;
    private static final int SHIFT_BITS = Float.floatToRawIntBits(SHIFT);

    private BlockKernel() {}

    /// The largest magnitude; NaN if there is one.
    static float largest(float[] from, int at, int length) {
        int whole = WIDE ? length - length % (2 * LANES) : 0;
        float largest = largestTwin(from, at + whole, length - whole);
        if (whole == 0) return largest;
        var first = FloatVector.zero(FLOATS);
        var second = first;
        for (int i = at; i < at + whole; i += 2 * LANES) {
            first = first.max(FloatVector.fromArray(FLOATS, from, i).abs());
            second = second.max(FloatVector.fromArray(FLOATS, from, i + LANES).abs());
        }
        return Math.max(largest, first.max(second).reduceLanes(VectorOperators.MAX));
    }

    static float largestTwin(float[] from, int at, int length) {
        float largest = 0;
        for (int i = at; i < at + length; i++) largest = Math.max(largest, Math.abs(from[i]));
        return largest;
    }

    /// A byte for each element.
    static void toBytes(float[] from, int at, float inverse, byte[] into, int intoAt, int length) {
        int whole = WIDE ? length - length % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            var codes = codes(from, at + i, inverse);
            ((ByteVector) codes.convertShape(VectorOperators.I2B, BYTES, 0))
                    .intoArray(into, intoAt + i);
        }
        toBytesTwin(from, at + whole, inverse, into, intoAt + whole, length - whole);
    }

    static void toBytesTwin(
            float[] from, int at, float inverse, byte[] into, int intoAt, int length) {
        for (int i = 0; i < length; i++) into[intoAt + i] = (byte) code(from[at + i], inverse);
    }

    /// Half a byte for each: `into[i]` has element `i` in its lower half and `i + ⌈length/2⌉` in
    /// its upper one, which is 0 for the last byte of an odd length.
    static void toHalves(float[] from, int at, float inverse, byte[] into, int intoAt, int length) {
        int half = (length + 1) / 2;
        int whole = WIDE ? length / 2 - length / 2 % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            var low = codes(from, at + i, inverse).and(0xf);
            var high = codes(from, at + half + i, inverse).lanewise(VectorOperators.LSHL, 4);
            ((ByteVector) low.or(high).convertShape(VectorOperators.I2B, BYTES, 0))
                    .intoArray(into, intoAt + i);
        }
        halves(from, at, inverse, into, intoAt, length, whole);
    }

    static void toHalvesTwin(
            float[] from, int at, float inverse, byte[] into, int intoAt, int length) {
        halves(from, at, inverse, into, intoAt, length, 0);
    }

    private static void halves(
            float[] from, int at, float inverse, byte[] into, int intoAt, int length, int first) {
        int half = (length + 1) / 2;
        for (int i = first; i < half; i++) {
            int low = code(from[at + i], inverse) & 0xf;
            int high = half + i < length ? code(from[at + half + i], inverse) << 4 : 0;
            into[intoAt + i] = (byte) (low | high);
        }
    }

    /// The inverse of [#toBytes], but for what was rounded.
    static void fromBytes(byte[] from, int at, float scale, float[] into, int intoAt, int length) {
        int whole = WIDE ? length - length % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            var codes = ByteVector.fromArray(BYTES, from, at + i);
            ((FloatVector) codes.convertShape(VectorOperators.B2F, FLOATS, 0))
                    .mul(scale)
                    .intoArray(into, intoAt + i);
        }
        fromBytesTwin(from, at + whole, scale, into, intoAt + whole, length - whole);
    }

    static void fromBytesTwin(
            byte[] from, int at, float scale, float[] into, int intoAt, int length) {
        for (int i = 0; i < length; i++) into[intoAt + i] = from[at + i] * scale;
    }

    /// The inverse of [#toHalves], but for what was rounded.
    static void fromHalves(byte[] from, int at, float scale, float[] into, int intoAt, int length) {
        int half = (length + 1) / 2;
        int whole = WIDE ? length / 2 - length / 2 % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            var pairs =
                    (IntVector)
                            ByteVector.fromArray(BYTES, from, at + i)
                                    .convertShape(VectorOperators.B2I, INTS, 0);
            var low = pairs.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 28);
            var high = pairs.lanewise(VectorOperators.ASHR, 4);
            floats(low).mul(scale).intoArray(into, intoAt + i);
            floats(high).mul(scale).intoArray(into, intoAt + half + i);
        }
        unpack(from, at, scale, into, intoAt, length, whole);
    }

    static void fromHalvesTwin(
            byte[] from, int at, float scale, float[] into, int intoAt, int length) {
        unpack(from, at, scale, into, intoAt, length, 0);
    }

    private static void unpack(
            byte[] from, int at, float scale, float[] into, int intoAt, int length, int first) {
        int half = (length + 1) / 2;
        for (int i = first; i < half; i++) {
            into[intoAt + i] = (from[at + i] << 28 >> 28) * scale;
            if (half + i < length) into[intoAt + half + i] = (from[at + i] >> 4) * scale;
        }
    }

    private static IntVector codes(float[] from, int at, float inverse) {
        return FloatVector.fromArray(FLOATS, from, at)
                .mul(inverse)
                .add(SHIFT)
                .reinterpretAsInts()
                .sub(SHIFT_BITS);
    }

    private static int code(float element, float inverse) {
        return Float.floatToRawIntBits(element * inverse + SHIFT) - SHIFT_BITS;
    }

    private static FloatVector floats(IntVector codes) {
        return (FloatVector) codes.convertShape(VectorOperators.I2F, FLOATS, 0);
    }
}
