package motley.wire;

import static motley.tensor.Require.require;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import motley.wire.encoding.EncodedVector;

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
    private static final int BLOCK = EncodedVector.TILE;

    private static final long DIGEST_FACTOR = 0x9e3779b97f4a7c15L;
    private static final int[] FIRST_FACTORS = secretFactors();
    private static final int[] SECOND_FACTORS = secretFactors();
    private static final int NOT_FINITE_BITS = 0x7f800000;
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long[] sums;

    /// What every sum has too much, modulo 2⁶⁴.
    private long surplus;

    private final float elementLimit;
    private final float[][] blocks = new float[SumKernel.TOGETHER][BLOCK];
    private final float[] block = blocks[0];
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

    /// Looks at `addend`, little-endian f32, without adding it.
    ///
    /// @throws IllegalArgumentException if the length is not [#elements]
    public Scan scan(MemorySegment addend) {
        return scan(plain(addend));
    }

    /// Looks at `addend` without adding it; the digest is that of the floats it stands for.
    ///
    /// @throws IllegalArgumentException if the length is not [#elements]
    public Scan scan(EncodedVector addend) {
        requireLength(addend);
        int largestBits = 0;
        double squares = 0;
        long digest = 0;
        for (int at = 0; at < sums.length; at += BLOCK) {
            int length = Math.min(BLOCK, sums.length - at);
            addend.read(at, block, length);
            SumKernel.bits(block, bits, length);
            largestBits = Math.max(largestBits, largestBits(bits, length));
            squares += SumKernel.squares(block, length);
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

    /// Adds `addend` with every element multiplied by `scale`, and rounded to f32. With 1 it is
    /// added as it is.
    ///
    /// @param scale in (0, 1]
    public void add(MemorySegment addend, double scale) {
        requireScale(scale);
        add(plain(addend), elementLimit, scale);
    }

    /// A vector that is to be added.
    ///
    /// @param largest magnitude of any element, or more, as [#scan] found it; small ones are added
    ///     faster, with the same bits
    /// @param scale in (0, 1]: every element is multiplied by it, and rounded to f32
    public record Addend(EncodedVector vector, float largest, double scale) {
        public Addend {
            requireScale(scale);
        }

        private boolean isSmall() {
            return largest <= SumKernel.LARGEST;
        }

        private void read(int at, float[] into, int length) {
            vector.read(at, into, length);
            if (scale != 1) multiply(into, length, scale);
        }
    }

    /// How many addends one pass over the sums takes.
    public static final int TOGETHER = SumKernel.TOGETHER;

    /// Adds all of `addends`, which is faster than one after the other and gives the same bits:
    /// sums are read and written once for [#TOGETHER] of them.
    ///
    /// @throws IllegalArgumentException if a length is not [#elements]
    public void add(List<Addend> addends) {
        for (var addend : addends) requireLength(addend.vector);
        var small = new ArrayList<Addend>();
        for (var addend : addends) {
            if (addend.isSmall()) small.add(addend);
            else addLarge(addend);
        }
        for (int first = 0; first < small.size(); first += TOGETHER) {
            addSmall(small.subList(first, Math.min(small.size(), first + TOGETHER)));
        }
    }

    private void addSmall(List<Addend> addends) {
        int count = addends.size();
        surplus += count * SumKernel.SHIFT_BITS;
        for (int at = 0; at < sums.length; at += BLOCK) {
            int length = Math.min(BLOCK, sums.length - at);
            for (int k = 0; k < count; k++) addends.get(k).read(at, blocks[k], length);
            SumKernel.add(blocks, count, sums, at, length);
        }
    }

    private void addLarge(Addend addend) {
        for (int at = 0; at < sums.length; at += BLOCK) {
            int length = Math.min(BLOCK, sums.length - at);
            addend.read(at, block, length);
            SumKernel.addLarge(block, sums, at, length);
        }
    }

    /// Adds `addend`, tile by tile: decoded, rounded and added while it is in the cache.
    ///
    /// @param largest magnitude of any element, or more, as [#scan] found it; small ones are added
    ///     faster, with the same bits
    /// @throws IllegalArgumentException if the length is not [#elements]
    public void add(EncodedVector addend, float largest) {
        add(addend, largest, 1);
    }

    /// The same with every element multiplied by `scale`, and rounded to f32.
    ///
    /// @param scale in (0, 1]
    public void add(EncodedVector addend, float largest, double scale) {
        add(List.of(new Addend(addend, largest, scale)));
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
            divide(at, length, divisor);
            MemorySegment.copy(block, 0, into, F32, 4L * at, length);
        }
    }

    /// Starts over with zeros.
    public void clear() {
        Arrays.fill(sums, 0);
        surplus = 0;
    }

    private EncodedVector plain(MemorySegment addend) {
        requireLength(addend);
        return new EncodedVector.Floats(sums.length, addend);
    }

    private void requireLength(EncodedVector vector) {
        require(
                vector.elements() == sums.length,
                "vector: %d elements (expected: %d)",
                vector.elements(),
                sums.length);
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

    private static void requireScale(double scale) {
        require(scale > 0 && scale <= 1, "scale: %s (expected: above 0, at most 1)", scale);
    }

    private static void multiply(float[] block, int length, double scale) {
        for (int i = 0; i < length; i++) block[i] = (float) (block[i] * scale);
    }

    private void divide(int at, int length, double divisor) {
        for (int i = 0; i < length; i++) {
            block[i] = (float) ((sums[at + i] - surplus) / divisor);
        }
    }
}
