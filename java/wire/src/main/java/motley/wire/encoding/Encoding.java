package motley.wire.encoding;

import static motley.tensor.Require.require;

/// The form of an update on the wire: a vector of `n` floats as bytes, all little-endian.
///
/// | text | bytes | what they hold |
/// |---|---|---|
/// | `f32` | 4 n | the elements |
/// | `bf16` | 2 n | their upper 16 bits, rounded to nearest, ties to even |
/// | `int8` | 4 ⌈n/256⌉ + n | an f32 scale for every 256 elements, then a signed byte for each |
/// | `int4` | 4 ⌈n/256⌉ + ⌈n/2⌉ | the same with half a byte for each |
/// | `top-k:F` | at most 4 + 3k + n/127 | the k = ⌈F n⌉ largest elements |
///
/// All but top-k are functions of the vector alone, so that any device makes the same bytes of the
/// same gradient. Top-k keeps what it did not send and adds it to the next vector (error feedback):
/// its bytes depend on what that device sent before.
///
/// Sources: scales by block as in Dettmers et al. 2022, "8-bit optimizers via block-wise
/// quantization", §2; differs: blocks of 256, evenly spaced levels. Top-k with memory: Stich et al.
/// 2018, "Sparsified SGD with memory".
public sealed interface Encoding {
    /// Elements that share a scale.
    int BLOCK = 256;

    /// What [#parse] reads, for messages.
    String NAMES = "f32, bf16, int8, int4 or top-k:SHARE, as top-k:0.01";

    /// The elements as they are.
    static Encoding plain() {
        return new Float32();
    }

    /// The elements as they are.
    record Float32() implements Encoding {}

    /// The upper half of every element.
    record Bfloat16() implements Encoding {}

    /// Whole numbers of `bits` bits times a scale a block.
    record Blocks(int bits) implements Encoding {
        public Blocks {
            require(bits == 8 || bits == 4, "bits: %d (expected: 8 or 4)", bits);
        }
    }

    /// The largest elements; the others wait for the next vector.
    ///
    /// @param share of the elements that is sent
    record TopK(double share) implements Encoding {
        private static final String NAME = "top-k:";

        public TopK {
            require(
                    share > 0 && share <= 0.5,
                    "encoding: top-k:%s (expected: a share above 0 and at most 0.5)",
                    share);
        }

        /// How many are sent of `elements`.
        int count(int elements) {
            return Math.clamp((long) Math.ceil(share * elements), 1, elements);
        }

        private static Encoding parse(String text) {
            require(text.startsWith(NAME), "encoding: %s (expected: %s)", text, NAMES);
            try {
                return new TopK(Double.parseDouble(text.substring(NAME.length())));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "encoding: %s (expected: a number after top-k:)".formatted(text), e);
            }
        }
    }

    /// @throws IllegalArgumentException if `text` names no encoding
    static Encoding parse(String text) {
        return switch (text) {
            case "f32" -> plain();
            case "bf16" -> new Bfloat16();
            case "int8" -> new Blocks(8);
            case "int4" -> new Blocks(4);
            default -> TopK.parse(text);
        };
    }

    /// What [#parse] reads.
    default String text() {
        return switch (this) {
            case Float32() -> "f32";
            case Bfloat16() -> "bf16";
            case Blocks(int bits) -> "int" + bits;
            case TopK(double share) -> TopK.NAME + share;
        };
    }

    /// Bytes that a vector of `elements` has; for top-k, has at most.
    default long sizeBytesMax(int elements) {
        return switch (this) {
            case Float32() -> 4L * elements;
            case Bfloat16() -> 2L * elements;
            case Blocks(int bits) -> 4L * blocks(elements) + ((long) elements * bits + 7) / 8;
            // Distances take a byte for every 7 bits, and together are less than `elements`.
            case TopK topK -> 4L + 3L * topK.count(elements) + elements / 127;
        };
    }

    /// Whether equal vectors always give equal bytes, whoever encodes them.
    default boolean isStateless() {
        return !(this instanceof TopK);
    }

    /// Blocks that `elements` are cut into; the last may be shorter.
    static int blocks(int elements) {
        return Math.ceilDiv(elements, BLOCK);
    }
}
