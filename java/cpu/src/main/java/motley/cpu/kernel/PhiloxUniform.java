package motley.cpu.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Uniform numbers in `[0, 1)` as a function of key, row and stream: Philox4x32-10.
///
/// Number `j` of a row is word `j mod 4` of the generator with the counter
/// `(j div 4, row, stream, 0)`, shifted right by 8 bits and scaled by 2⁻²⁴. All arithmetic is
/// exact, so every processor gives the same bits.
///
/// Each lane of a vector of longs holds one word of one counter, since a round needs both halves of
/// 64-bit products. Neighbouring counters share a vector; at the end their words are interleaved. A
/// scalar loop that computes the same takes the last counters.
///
/// Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
public final class PhiloxUniform {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final LongVector COUNT = LongVector.zero(LONGS).addIndex(1);
    private static final LongVector LOW = interleaving(0);
    private static final LongVector HIGH = interleaving(LONGS.length() / 2);

    private static final long WORD = 0xFFFFFFFFL;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;

    /// The golden ratio and √3 - 1, as increments of the key.
    private static final int WEYL_0 = 0x9E3779B9;

    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final float SCALE = 0x1p-24f;

    private PhiloxUniform() {}

    /// Writes numbers `0 … length - 1` of a row to `to`.
    public static void fill(
            float[] to, int offset, int length, int key0, int key1, int row, int stream) {
        int counters = length / 4;
        int whole = counters - counters % LONGS.length();
        for (int counter = 0; counter < whole; counter += LONGS.length()) {
            fillVector(to, offset + 4 * counter, counter, key0, key1, row, stream);
        }
        for (int first = 4 * whole; first < length; first += 4) {
            int count = Math.min(4, length - first);
            fillCounter(to, offset + first, count, first / 4, key0, key1, row, stream);
        }
    }

    /// All words of as many counters as a vector has longs.
    private static void fillVector(
            float[] to, int offset, int counter, int key0, int key1, int row, int stream) {
        var c0 = COUNT.add(counter);
        var c1 = LongVector.broadcast(LONGS, row & WORD);
        var c2 = LongVector.broadcast(LONGS, stream & WORD);
        var c3 = LongVector.zero(LONGS);
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < ROUNDS; round++) {
            var p0 = c0.mul(MULTIPLIER_0);
            var p1 = c2.mul(MULTIPLIER_1);
            c0 = xor(upper(p1), c1, k0);
            c2 = xor(upper(p0), c3, k1);
            c1 = p1.and(WORD);
            c3 = p0.and(WORD);
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        var front = c0.or(c1.lanewise(VectorOperators.LSHL, 32));
        var back = c2.or(c3.lanewise(VectorOperators.LSHL, 32));
        store(LOW.selectFrom(front, back), to, offset);
        store(HIGH.selectFrom(front, back), to, offset + INTS.length());
    }

    private static LongVector upper(LongVector product) {
        return product.lanewise(VectorOperators.LSHR, 32);
    }

    private static LongVector xor(LongVector upper, LongVector word, int key) {
        return upper.lanewise(VectorOperators.XOR, word).lanewise(VectorOperators.XOR, key & WORD);
    }

    private static void store(LongVector words, float[] to, int offset) {
        var bits = words.reinterpretAsInts().lanewise(VectorOperators.LSHR, 8);
        var numbers = (FloatVector) bits.convert(VectorOperators.I2F, 0);
        numbers.mul(SCALE).intoArray(to, offset);
    }

    /// The first `count` words of one counter.
    private static void fillCounter(
            float[] to,
            int offset,
            int count,
            int counter,
            int key0,
            int key1,
            int row,
            int stream) {
        int c0 = counter;
        int c1 = row;
        int c2 = stream;
        int c3 = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = MULTIPLIER_0 * (c0 & WORD);
            long p1 = MULTIPLIER_1 * (c2 & WORD);
            c0 = (int) (p1 >>> 32) ^ c1 ^ (key0 + round * WEYL_0);
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ (key1 + round * WEYL_1);
            c3 = (int) p0;
        }
        to[offset] = uniform(c0);
        if (count > 1) to[offset + 1] = uniform(c1);
        if (count > 2) to[offset + 2] = uniform(c2);
        if (count > 3) to[offset + 3] = uniform(c3);
    }

    private static float uniform(int word) {
        return (word >>> 8) * SCALE;
    }

    /// Takes lanes from two vectors in turn, from lane `first` on.
    private static LongVector interleaving(int first) {
        var indices = new long[LONGS.length()];
        for (int i = 0; i < indices.length; i++) {
            int lane = first + i / 2;
            indices[i] = i % 2 == 0 ? lane : lane + LONGS.length();
        }
        return LongVector.fromArray(LONGS, indices, 0);
    }
}
