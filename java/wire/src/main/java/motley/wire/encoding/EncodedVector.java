package motley.wire.encoding;

import java.lang.foreign.MemorySegment;

/// Encoded bytes, looked at and found well-formed, as the floats they stand for.
///
/// The bytes may still stand for what is infinite or not a number. They must not change while they
/// are read, but for [Encoding.Float32], where that gives other floats and nothing worse.
///
/// Confined to one thread at a time. What it allocates does not grow with the vector.
public sealed interface EncodedVector
        permits EncodedVector.Floats, EncodedVector.Words, EncodedVector.Codes, Sparse, Factors {
    int elements();

    Encoding encoding();

    /// Writes elements `[at, at + length)` to the start of `into`.
    ///
    /// @param at a multiple of [#TILE]
    /// @param length at most [#TILE], and less only at the end of the vector
    void read(int at, float[] into, int length);

    /// Elements that are read at a time, whole blocks: four tiles of different vectors and the sums
    /// that they are added to stay in the first-level cache.
    int TILE = 4 * Encoding.BLOCK;

    /// What comes of looking at bytes.
    sealed interface Opened {
        record Whole(EncodedVector vector) implements Opened {}

        /// @param reason `field: value (expected: …)`
        record Flawed(String reason) implements Opened {}
    }

    /// Looks at `bytes`, which may come from anybody. Never throws.
    static Opened open(Encoding encoding, int elements, MemorySegment bytes) {
        return switch (encoding) {
            case Encoding.Float32() ->
                    sized(encoding, elements, bytes, new Floats(elements, bytes));
            case Encoding.Bfloat16() ->
                    sized(encoding, elements, bytes, new Words(elements, bytes));
            case Encoding.Blocks blocks -> {
                var opened = sized(blocks, elements, bytes, new Codes(blocks, elements, bytes));
                yield opened instanceof Opened.Whole && !Codes.hasScales(elements, bytes)
                        ? new Opened.Flawed("scale: below 0 (expected: at least 0)")
                        : opened;
            }
            case Encoding.TopK topK -> Sparse.open(topK, elements, bytes);
            case Encoding.LowRank lowRank -> Factors.open(lowRank, elements, bytes);
        };
    }

    private static Opened sized(
            Encoding encoding, int elements, MemorySegment bytes, EncodedVector vector) {
        long expected = encoding.sizeBytesMax(elements);
        if (bytes.byteSize() == expected) return new Opened.Whole(vector);
        return new Opened.Flawed(
                "contribution: %d bytes (expected: %d, %d elements as %s)"
                        .formatted(bytes.byteSize(), expected, elements, encoding.text()));
    }

    /// Writes all elements into `into`, little-endian f32.
    default void copyInto(MemorySegment into) {
        var tile = new float[TILE];
        for (int at = 0; at < elements(); at += TILE) {
            int length = Math.min(TILE, elements() - at);
            read(at, tile, length);
            MemorySegment.copy(tile, 0, into, Layout.F32, 4L * at, length);
        }
    }

    /// Plain floats.
    record Floats(int elements, MemorySegment bytes) implements EncodedVector {
        @Override
        public Encoding encoding() {
            return Encoding.plain();
        }

        @Override
        public void read(int at, float[] into, int length) {
            MemorySegment.copy(bytes, Layout.F32, 4L * at, into, 0, length);
        }
    }

    /// Upper halves.
    final class Words implements EncodedVector {
        private final int elements;
        private final MemorySegment bytes;
        private final short[] words = new short[TILE];
        private final int[] bits = new int[TILE];

        private Words(int elements, MemorySegment bytes) {
            this.elements = elements;
            this.bytes = bytes;
        }

        @Override
        public int elements() {
            return elements;
        }

        @Override
        public Encoding encoding() {
            return new Encoding.Bfloat16();
        }

        @Override
        public void read(int at, float[] into, int length) {
            MemorySegment.copy(bytes, Layout.I16, 2L * at, words, 0, length);
            WordKernel.fromWords(words, 0, bits, 0, length);
            for (int i = 0; i < length; i++) into[i] = Float.intBitsToFloat(bits[i]);
        }
    }

    /// Codes and scales.
    final class Codes implements EncodedVector {
        private final Encoding.Blocks encoding;
        private final int elements;
        private final MemorySegment bytes;
        private final byte[] codes = new byte[TILE];

        private Codes(Encoding.Blocks encoding, int elements, MemorySegment bytes) {
            this.encoding = encoding;
            this.elements = elements;
            this.bytes = bytes;
        }

        @Override
        public int elements() {
            return elements;
        }

        @Override
        public Encoding encoding() {
            return encoding;
        }

        /// Whether no scale is below zero; one that is not finite makes elements that are not.
        static boolean hasScales(int elements, MemorySegment bytes) {
            for (int i = 0; i < Encoding.blocks(elements); i++) {
                if (bytes.get(Layout.F32, 4L * i) < 0) return false;
            }
            return true;
        }

        @Override
        public void read(int at, float[] into, int length) {
            var code = encoding.code();
            long from = 4L * Encoding.blocks(elements) + (long) at * code.bits() / 8;
            int size = (length * code.bits() + 7) / 8;
            MemorySegment.copy(bytes, Layout.I8, from, codes, 0, size);
            for (int i = 0; i < length; i += Encoding.BLOCK) {
                float scale = bytes.get(Layout.F32, 4L * ((at + i) / Encoding.BLOCK));
                int count = Math.min(Encoding.BLOCK, length - i);
                switch (code) {
                    case INT8 -> BlockKernel.fromBytes(codes, i, scale, into, i, count);
                    case INT4 -> BlockKernel.fromHalves(codes, i / 2, scale, into, i, count);
                    case E3M0 -> FewBits.fromPowers(codes, i / 2, scale, into, i, count);
                    case INT2 -> FewBits.fromQuarters(codes, i / 4, scale, into, i, count);
                }
            }
        }
    }
}
