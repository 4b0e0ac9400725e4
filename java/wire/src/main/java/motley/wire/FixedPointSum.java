package motley.wire;

import static motley.tensor.Require.require;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/// A sum of float vectors whose bits do not depend on the order of addition.
///
/// Every element is rounded to a multiple of 2⁻⁴⁰ (ties to even) and added as a 64-bit integer;
/// integers add exactly, so order and grouping leave no trace. One element of one addend carries
/// an error of at most 2⁻⁴¹; where it is 2⁻¹⁶ or larger in magnitude (its last bit is then worth
/// at least 2⁻⁴⁰) it is taken exactly.
///
/// Sums cannot overflow: an addend beyond [#elementLimit] is refused before anything is added.
///
/// Confined to one thread at a time. Source: order-free accumulation as in ExBLAS' superaccumulator
/// (Collange et al. 2015). Differs: one 64-bit word, because gradients have a narrow range.
public final class FixedPointSum {
    private static final double SCALE = 0x1p40;

    /// Elements handled at a time: the block and its sums stay in the first-level cache.
    private static final int BLOCK = 4096;

    private static final long DIGEST_FACTOR = 0x9e3779b97f4a7c15L;
    private static final int[] FIRST_FACTORS = secretFactors();
    private static final int[] SECOND_FACTORS = secretFactors();
    private static final int NOT_FINITE_BITS = 0x7f800000;
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long[] sums;
    private final float elementLimit;
    private final float[] block = new float[BLOCK];
    private final int[] bits = new int[BLOCK];

    /// @param elements in every addend
    /// @param addendsMax how many addends the sum must have room for
    public FixedPointSum(int elements, int addendsMax) {
        require(elements >= 1, "elements: %d (expected: at least 1)", elements);
        require(addendsMax >= 1, "addendsMax: %d (expected: at least 1)", addendsMax);
        sums = new long[elements];
        // Together under 2⁶² / 2⁴⁰.
        elementLimit = (float) (0x1p22 / addendsMax);
    }

    public int elements() {
        return sums.length;
    }

    /// Largest magnitude that an element of an addend may have.
    public float elementLimit() {
        return elementLimit;
    }

    /// What there is to know about a vector before it is added.
    ///
    /// @param isFinite whether no element is infinite or NaN; the other two mean nothing otherwise
    /// @param largest magnitude of any element
    /// @param norm Euclidean, computed in double precision in a fixed order
    /// @param digest equal for equal bits; differs with probability 1 - 2⁻³² or better for others.
    ///     Comparable between scans of one process only, and secret, so that no device can aim at
    ///     another one's digest
    public record Scan(boolean isFinite, float largest, double norm, long digest) {}

    /// Looks at `addend` without adding it.
    ///
    /// @param addend little-endian f32
    /// @throws IllegalArgumentException if the length is not [#elements]
    public Scan scan(MemorySegment addend) {
        requireLength(addend);
        int largestBits = 0;
        double squares = 0;
        long digest = 0;
        for (int at = 0; at < sums.length; at += BLOCK) {
            int length = load(addend, at);
            MemorySegment.copy(addend, I32, 4L * at, bits, 0, length);
            largestBits = Math.max(largestBits, largestBits(bits, length));
            squares += squares(block, length);
            digest = digest * DIGEST_FACTOR + digest(bits, length);
        }
        return new Scan(
                largestBits < NOT_FINITE_BITS,
                Float.intBitsToFloat(largestBits),
                Math.sqrt(squares),
                digest);
    }

    /// Adds `addend`.
    ///
    /// @param addend little-endian f32, scanned by the caller: what lies beyond [#elementLimit], or
    ///     is not a number, is not noticed here
    /// @throws IllegalArgumentException if the length is not [#elements]
    public void add(MemorySegment addend) {
        add(addend, 1);
    }

    /// Adds `addend` with every element multiplied by `scale` in double precision before it is
    /// rounded to a multiple of 2⁻⁴⁰. With 1 it is added as it is.
    ///
    /// @param scale in (0, 1]
    public void add(MemorySegment addend, double scale) {
        require(scale > 0 && scale <= 1, "scale: %s (expected: above 0, at most 1)", scale);
        requireLength(addend);
        double factor = SCALE * scale;
        for (int at = 0; at < sums.length; at += BLOCK) {
            int length = load(addend, at);
            add(block, sums, at, length, factor);
        }
    }

    /// Writes sum / `count` into `into` as little-endian f32, rounded once from double precision.
    ///
    /// @throws IllegalArgumentException if `count` is not positive or the length is not [#elements]
    public void meanInto(MemorySegment into, long count) {
        require(count >= 1, "count: %d (expected: at least 1)", count);
        requireLength(into);
        double divisor = SCALE * count;
        for (int at = 0; at < sums.length; at += BLOCK) {
            int length = Math.min(BLOCK, sums.length - at);
            divide(sums, at, block, length, divisor);
            MemorySegment.copy(block, 0, into, F32, 4L * at, length);
        }
    }

    /// Starts over with zeros.
    public void clear() {
        Arrays.fill(sums, 0);
    }

    private int load(MemorySegment addend, int at) {
        int length = Math.min(BLOCK, sums.length - at);
        MemorySegment.copy(addend, F32, 4L * at, block, 0, length);
        return length;
    }

    private void requireLength(MemorySegment vector) {
        long bytes = 4L * sums.length;
        require(
                vector.byteSize() == bytes,
                "vector: %d bytes (expected: %d)",
                vector.byteSize(),
                bytes);
    }

    /// Magnitudes order like their bits, and infinities and NaN come last.
    private static int largestBits(int[] bits, int length) {
        int largest = 0;
        for (int i = 0; i < length; i++) largest = Math.max(largest, bits[i] & 0x7fffffff);
        return largest;
    }

    /// Eight chains, so that an addition need not wait for the one before it.
    private static double squares(float[] block, int length) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        int i = 0;
        for (; i <= length - 8; i += 8) {
            s0 += square(block[i]);
            s1 += square(block[i + 1]);
            s2 += square(block[i + 2]);
            s3 += square(block[i + 3]);
            s4 += square(block[i + 4]);
            s5 += square(block[i + 5]);
            s6 += square(block[i + 6]);
            s7 += square(block[i + 7]);
        }
        for (; i < length; i++) s0 += square(block[i]);
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    private static double square(float value) {
        return (double) value * value;
    }

    /// Two multilinear hashes with secret odd factors, each uniform over 2³² for most inputs.
    private static long digest(int[] bits, int length) {
        return (long) hash(bits, FIRST_FACTORS, length) << 32
                | (hash(bits, SECOND_FACTORS, length) & 0xffffffffL);
    }

    private static int hash(int[] bits, int[] factors, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) hash += (bits[i] >>> 16 ^ bits[i]) * factors[i];
        return hash;
    }

    private static int[] secretFactors() {
        var random = new SecureRandom();
        var factors = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) factors[i] = random.nextInt() | 1;
        return factors;
    }

    /// The compiler makes vector code of this loop; the shift by adding 1.5·2⁵² is slower.
    private static void add(float[] block, long[] sums, int at, int length, double factor) {
        for (int i = 0; i < length; i++) {
            sums[at + i] += (long) Math.rint((double) block[i] * factor);
        }
    }

    private static void divide(long[] sums, int at, float[] block, int length, double divisor) {
        for (int i = 0; i < length; i++) {
            block[i] = (float) (sums[at + i] / divisor);
        }
    }
}
