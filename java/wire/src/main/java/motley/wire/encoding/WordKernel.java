package motley.wire.encoding;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Floats to their upper 16 bits (bfloat16), and back, on their bits.
///
/// To the nearest, ties to the even; magnitudes from 2¹²⁷·(2 - 2⁻⁸) on become infinite; every NaN
/// becomes the one quiet NaN 0x7fc0. Only whole numbers are computed with: vector body and scalar
/// twin agree.
final class WordKernel {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_128;
    private static final int LANES = 8;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int INFINITE = 0x7f800000;
    private static final short NOT_A_NUMBER = 0x7fc0;

    private WordKernel() {}

    static void toWords(int[] from, int at, short[] into, int intoAt, int length) {
        int whole = BlockKernel.WIDE ? length - length % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            var bits = IntVector.fromArray(INTS, from, at + i);
            var odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
            var words = bits.add(0x7fff).add(odd).lanewise(VectorOperators.LSHR, 16);
            var isNan = bits.and(MAGNITUDE).compare(VectorOperators.GT, INFINITE);
            ((ShortVector)
                            words.blend(NOT_A_NUMBER, isNan)
                                    .convertShape(VectorOperators.I2S, SHORTS, 0))
                    .intoArray(into, intoAt + i);
        }
        toWordsTwin(from, at + whole, into, intoAt + whole, length - whole);
    }

    static void toWordsTwin(int[] from, int at, short[] into, int intoAt, int length) {
        for (int i = 0; i < length; i++) into[intoAt + i] = word(from[at + i]);
    }

    /// Exact.
    static void fromWords(short[] from, int at, int[] into, int intoAt, int length) {
        int whole = BlockKernel.WIDE ? length - length % LANES : 0;
        for (int i = 0; i < whole; i += LANES) {
            ((IntVector)
                            ShortVector.fromArray(SHORTS, from, at + i)
                                    .convertShape(VectorOperators.S2I, INTS, 0))
                    .lanewise(VectorOperators.LSHL, 16)
                    .intoArray(into, intoAt + i);
        }
        fromWordsTwin(from, at + whole, into, intoAt + whole, length - whole);
    }

    static void fromWordsTwin(short[] from, int at, int[] into, int intoAt, int length) {
        for (int i = 0; i < length; i++) into[intoAt + i] = from[at + i] << 16;
    }

    static short word(int bits) {
        if ((bits & MAGNITUDE) > INFINITE) return NOT_A_NUMBER;
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
