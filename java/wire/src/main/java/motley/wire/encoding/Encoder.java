package motley.wire.encoding;

import static motley.tensor.Require.require;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import motley.tensor.Shape;

/// Turns vectors of one length into bytes of one encoding.
///
/// A vector with an element that is not a number or infinite is encoded as one that is not finite
/// either, so that whoever receives it can say so.
///
/// Confined to one thread at a time. Allocates nothing after it was made.
public sealed interface Encoder
        permits Encoder.Same,
                Encoder.Words,
                Encoder.InBlocks,
                Largest,
                PowerIteration,
                Remembering {
    /// @param vector little-endian f32
    /// @return the bytes, overwritten by the next call
    /// @throws IllegalArgumentException if the vector has another length
    MemorySegment encode(MemorySegment vector);

    /// The bytes of the last call were not counted: whatever this encoder remembers is as if they
    /// had not been sent. Does nothing the second time.
    void takeBack();

    /// Of vectors that are nothing but `elements` numbers.
    static Encoder of(Encoding encoding, int elements) {
        return of(encoding, List.of(Shape.of(elements)));
    }

    /// @param tensors that a vector is made of, one after another
    static Encoder of(Encoding encoding, List<Shape> tensors) {
        int elements = tensors.stream().mapToInt(Shape::count).reduce(0, Math::addExact);
        require(elements >= 1, "elements: %d (expected: at least 1)", elements);
        var plain =
                switch (encoding) {
                    case Encoding.Float32() -> new Same(elements);
                    case Encoding.Bfloat16 words -> new Words(words, elements);
                    case Encoding.Blocks blocks -> new InBlocks(blocks, elements);
                    case Encoding.TopK topK -> new Largest(topK, elements);
                    case Encoding.LowRank lowRank -> new PowerIteration(lowRank, tensors);
                };
        return encoding.isStateless() ? plain : new Remembering(encoding, elements, plain);
    }

    /// The vector itself.
    final class Same implements Encoder {
        private final int elements;

        private Same(int elements) {
            this.elements = elements;
        }

        @Override
        public MemorySegment encode(MemorySegment vector) {
            requireLength(vector, elements);
            return vector;
        }

        @Override
        public void takeBack() {}
    }

    /// Upper halves.
    final class Words implements Encoder {
        private final int elements;
        private final MemorySegment body;
        private final int[] bits = new int[Layout.TILE];
        private final short[] words = new short[Layout.TILE];

        private Words(Encoding encoding, int elements) {
            this.elements = elements;
            body = MemorySegment.ofArray(new byte[bodyBytes(encoding, elements)]);
        }

        @Override
        public MemorySegment encode(MemorySegment vector) {
            requireLength(vector, elements);
            for (int at = 0; at < elements; at += Layout.TILE) {
                int length = Math.min(Layout.TILE, elements - at);
                MemorySegment.copy(vector, Layout.I32, 4L * at, bits, 0, length);
                WordKernel.toWords(bits, 0, words, 0, length);
                MemorySegment.copy(words, 0, body, Layout.I16, 2L * at, length);
            }
            return body;
        }

        @Override
        public void takeBack() {}
    }

    /// Codes and scales.
    final class InBlocks implements Encoder {
        /// Blocks of nothing larger are sent as zeros: 2⁻⁶⁰ of what an exact sum resolves.
        static final float SMALLEST = 0x1p-100f;

        private final int elements;
        private final Encoding.Code code;
        private final byte[] bytes;
        private final MemorySegment body;
        private final float[] tile = new float[Layout.TILE];

        private InBlocks(Encoding.Blocks encoding, int elements) {
            this.elements = elements;
            code = encoding.code();
            bytes = new byte[bodyBytes(encoding, elements)];
            body = MemorySegment.ofArray(bytes);
        }

        @Override
        public MemorySegment encode(MemorySegment vector) {
            requireLength(vector, elements);
            for (int at = 0; at < elements; at += Layout.TILE) {
                int length = Math.min(Layout.TILE, elements - at);
                MemorySegment.copy(vector, Layout.F32, 4L * at, tile, 0, length);
                for (int from = 0; from < length; from += Encoding.BLOCK) {
                    encodeBlock(from, at + from, Math.min(Encoding.BLOCK, length - from));
                }
            }
            return body;
        }

        private void encodeBlock(int from, int at, int length) {
            float largest = BlockKernel.largest(tile, from, length);
            int levels = code.largest();
            boolean isFinite = largest <= Float.MAX_VALUE;
            boolean isSent = isFinite && largest >= SMALLEST;
            float scale = isSent ? largest / levels : isFinite ? 0 : Float.NaN;
            body.set(Layout.F32, 4L * (at / Encoding.BLOCK), scale);
            // 0 · NaN would be no code.
            if (!isSent) Arrays.fill(tile, from, from + length, 0f);
            float inverse = isSent ? levels / largest : 0;
            int into = 4 * Encoding.blocks(elements) + (int) ((long) at * code.bits() / 8);
            switch (code) {
                case INT8 -> BlockKernel.toBytes(tile, from, inverse, bytes, into, length);
                case INT4 -> BlockKernel.toHalves(tile, from, inverse, bytes, into, length);
                case E3M0 -> FewBits.toPowers(tile, from, inverse, bytes, into, length);
                case INT2 -> FewBits.toQuarters(tile, from, inverse, bytes, into, length);
            }
        }

        @Override
        public void takeBack() {}
    }

    private static int bodyBytes(Encoding encoding, int elements) {
        return Math.toIntExact(encoding.sizeBytesMax(elements));
    }

    static void requireLength(MemorySegment vector, int elements) {
        require(
                vector.byteSize() == 4L * elements,
                "vector: %d bytes (expected: %d)",
                vector.byteSize(),
                4L * elements);
    }
}
