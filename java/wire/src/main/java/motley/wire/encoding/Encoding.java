package motley.wire.encoding;

import static motley.tensor.Require.require;

import java.util.Arrays;
import java.util.Locale;

/// The form of an update on the wire: a vector of `n` floats as bytes, all little-endian.
///
/// | text | bytes | what they hold |
/// |---|---|---|
/// | `f32` | 4 n | the elements |
/// | `bf16` | 2 n | their upper 16 bits, rounded to nearest, ties to even |
/// | `int8` | 4 ⌈n/256⌉ + n | an f32 scale for every 256 elements, then a signed byte for each |
/// | `int4` | 4 ⌈n/256⌉ + ⌈n/2⌉ | the same with half a byte for each |
/// | `e3m0` | 4 ⌈n/256⌉ + ⌈n/2⌉ | the same, half a byte being a sign and a power of two |
/// | `int2` | 4 ⌈n/256⌉ + ⌈n/4⌉ | the same with a quarter of a byte: -1, 0 or 1 |
/// | `top-k:F` | at most 4 + 3k + n/127 | the k = ⌈F n⌉ largest elements |
/// | `low-rank:R` | at most 12 + 2 n | each matrix as the product of two with R columns |
///
/// The first five are functions of the vector alone, so that any device makes the same bytes of
/// the same gradient. The others lose so much that they keep what they did not send and add it to
/// the next vector (error feedback): their bytes depend on what that device sent before.
///
/// Sources: scales by block as in Dettmers et al. 2022, "8-bit optimizers via block-wise
/// quantization", §2; differs: blocks of 256, evenly spaced levels. Powers of two: Douillard et al.
/// 2025, "Streaming DiLoCo with overlapping communication", §2.3; differs: scales by block. Error
/// feedback: Stich et al. 2018, "Sparsified SGD with memory"; Karimireddy et al. 2019, "Error
/// feedback fixes SignSGD". For low rank see [PowerIteration].
public sealed interface Encoding {
    /// Elements that share a scale.
    int BLOCK = 256;

    /// What [#parse] reads, for messages.
    String NAMES =
            "f32, bf16, int8, int4, e3m0, int2, top-k:SHARE, as top-k:0.01, or low-rank:RANK, as"
                    + " low-rank:2";

    /// The elements as they are.
    static Encoding plain() {
        return new Float32();
    }

    /// The elements as they are.
    record Float32() implements Encoding {}

    /// The upper half of every element.
    record Bfloat16() implements Encoding {}

    /// Codes of a few bits times a scale a block.
    record Blocks(Code code) implements Encoding {}

    /// What a code stands for, before it is multiplied by the scale of its block.
    enum Code {
        INT8(8, 127),
        INT4(4, 7),
        /// A sign, and 2⁻⁶ to 1 or 0.
        E3M0(4, 1),
        INT2(2, 1);

        private final int bits;
        private final int largest;

        Code(int bits, int largest) {
            this.bits = bits;
            this.largest = largest;
        }

        int bits() {
            return bits;
        }

        /// The largest value; the scale is chosen so that the largest element has it.
        int largest() {
            return largest;
        }

        private String text() {
            return name().toLowerCase(Locale.ROOT);
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
    }

    /// Matrices as products of two with `rank` columns each; what that leaves out waits for the
    /// next vector. Tensors that would not become half as long, and vectors, are sent as bf16.
    record LowRank(int rank) implements Encoding {
        private static final String NAME = "low-rank:";

        /// Above this a share of the largest elements says more in as many bytes.
        private static final int RANK_MAX = 32;

        public LowRank {
            require(
                    rank >= 1 && rank <= RANK_MAX,
                    "encoding: low-rank:%d (expected: a rank of 1 to %d)",
                    rank,
                    RANK_MAX);
        }

        /// Whether a matrix becomes at most half as many numbers.
        boolean shortens(long rows, long columns) {
            return 2L * rank * (rows + columns) <= rows * columns;
        }
    }

    /// @throws IllegalArgumentException if `text` names no encoding
    static Encoding parse(String text) {
        return switch (text) {
            case "f32" -> plain();
            case "bf16" -> new Bfloat16();
            default ->
                    Arrays.stream(Code.values())
                            .filter(code -> code.text().equals(text))
                            .findFirst()
                            .<Encoding>map(Blocks::new)
                            .orElseGet(() -> parseWithNumber(text));
        };
    }

    private static Encoding parseWithNumber(String text) {
        int colon = text.indexOf(':') + 1;
        var number = text.substring(colon);
        try {
            return switch (text.substring(0, colon)) {
                case TopK.NAME -> new TopK(Double.parseDouble(number));
                case LowRank.NAME -> new LowRank(Integer.parseInt(number));
                default ->
                        throw new IllegalArgumentException(
                                "encoding: %s (expected: %s)".formatted(text, NAMES));
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "encoding: %s (expected: a number after the colon)".formatted(text), e);
        }
    }

    /// What [#parse] reads.
    default String text() {
        return switch (this) {
            case Float32() -> "f32";
            case Bfloat16() -> "bf16";
            case Blocks(var code) -> code.text();
            case TopK(double share) -> TopK.NAME + share;
            case LowRank(int rank) -> LowRank.NAME + rank;
        };
    }

    /// Bytes that a vector of `elements` has; for top-k and low rank, has at most.
    default long sizeBytesMax(int elements) {
        return switch (this) {
            case Float32() -> 4L * elements;
            case Bfloat16() -> 2L * elements;
            case Blocks(var code) ->
                    4L * blocks(elements) + ((long) elements * code.bits() + 7) / 8;
            // Distances take a byte for every 7 bits, and together are less than `elements`.
            case TopK topK -> 4L + 3L * topK.count(elements) + elements / 127;
            // A matrix that is shortened saves more than its head, and that of what follows, take.
            case LowRank _ -> 12L + 2L * elements;
        };
    }

    /// Whether equal vectors always give equal bytes, whoever encodes them.
    default boolean isStateless() {
        return switch (this) {
            case Float32(), Bfloat16() -> true;
            case Blocks(var code) -> code != Code.INT2;
            case TopK _, LowRank _ -> false;
        };
    }

    /// Blocks that `elements` are cut into; the last may be shorter.
    static int blocks(int elements) {
        return Math.ceilDiv(elements, BLOCK);
    }
}
