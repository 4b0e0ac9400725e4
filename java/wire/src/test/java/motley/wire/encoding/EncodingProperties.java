package motley.wire.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import motley.tensor.Shape;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// What is decoded is what was encoded, within the bound of the encoding; what is malformed is
/// refused.
final class EncodingProperties {
    private static final List<String> STATELESS = List.of("f32", "bf16", "int8", "int4", "e3m0");
    private static final List<String> WRONG =
            List.of(
                    "",
                    "int3",
                    "INT8",
                    "top-k",
                    "top-k:",
                    "top-k:0",
                    "top-k:NaN",
                    "low-rank",
                    "low-rank:",
                    "low-rank:0",
                    "low-rank:33",
                    "low-rank:1.5",
                    "int4:2",
                    ":");
    private static final int[] LENGTHS = {1, 2, 7, 8, 15, 255, 256, 257, 4095, 4096, 4097, 9_001};

    private static final List<String> FORMS =
            List.of("int8", "int4", "e3m0", "int2", "top-k:0.3", "low-rank:1");

    private static final int SEEDS = 8;

    @Test
    void textsNameEncodings() {
        var stateful = List.of("int2", "top-k:0.01", "top-k:0.5", "low-rank:1", "low-rank:32");
        for (var text : STATELESS) {
            assertThat(Encoding.parse(text).text()).isEqualTo(text);
            assertThat(Encoding.parse(text).isStateless()).isTrue();
        }
        for (var text : stateful) {
            assertThat(Encoding.parse(text).text()).isEqualTo(text);
            assertThat(Encoding.parse(text).isStateless()).isFalse();
        }
        for (var wrong : WRONG) {
            assertThatThrownBy(() -> Encoding.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("encoding: ");
        }
    }

    @Test
    void eightBitsAreAtMostTwentySixPercent() {
        for (int elements : new int[] {1_000, 46_730, 1_199_882, 100_000_000}) {
            double plain = 4.0 * elements;
            assertThat(sizeBytesMax("int8", elements) / plain).isLessThan(0.26);
            assertThat(sizeBytesMax("int4", elements) / plain).isLessThan(0.13);
            assertThat(sizeBytesMax("e3m0", elements) / plain).isLessThan(0.13);
            assertThat(sizeBytesMax("int2", elements) / plain).isLessThan(0.067);
            assertThat(sizeBytesMax("top-k:0.01", elements) / plain).isLessThan(0.011);
        }
    }

    private static long sizeBytesMax(String text, int elements) {
        return Encoding.parse(text).sizeBytesMax(elements);
    }

    /// Half a step of the block for whole numbers, a third of the element for powers of two, half a
    /// unit in the last place for words.
    @Test
    void errorsAreBounded() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (int length : LENGTHS) {
                var vector = vector(seed, length);
                for (var text : STATELESS) requireBounded(text, vector, seed);
                requireBounded("int2", vector, seed);
            }
        }
    }

    private static void requireBounded(String text, float[] vector, long seed) {
        var encoding = Encoding.parse(text);
        var decoded = decoded(encoding, vector);
        for (int i = 0; i < vector.length; i++) {
            assertThat((double) decoded[i])
                    .as("%s, seed %d, length %d, element %d", text, seed, vector.length, i)
                    .isCloseTo(vector[i], Offset.offset(bound(encoding, vector, i)));
        }
    }

    private static double bound(Encoding encoding, float[] vector, int i) {
        return switch (encoding) {
            case Encoding.Float32() -> 0;
            case Encoding.Bfloat16() -> Math.abs(vector[i]) * 0x1p-8 + Float.MIN_NORMAL;
            case Encoding.Blocks(var code) -> {
                int from = i / Encoding.BLOCK * Encoding.BLOCK;
                int to = Math.min(vector.length, from + Encoding.BLOCK);
                double largest = 0;
                for (int j = from; j < to; j++) largest = Math.max(largest, Math.abs(vector[j]));
                double step = largest / code.largest();
                // Scale, inverse and product are rounded once each.
                double error =
                        code == Encoding.Code.E3M0
                                ? Math.max(Math.abs(vector[i]) / 3, 0.75 / 64 * step)
                                : step / 2;
                yield error * (1 + 2e-4) + 0x1p-100;
            }
            case Encoding.TopK _, Encoding.LowRank _ -> Double.POSITIVE_INFINITY;
        };
    }

    @Test
    void vectorBodiesAgreeWithTheirTwins() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (int length : new int[] {1, 2, 3, 7, 8, 9, 16, 31, 32, 33, 255, 256}) {
                var vector = vector(seed, length + 3);
                float largest = BlockKernel.largest(vector, 3, length);
                assertThat(largest).isEqualTo(BlockKernel.largestTwin(vector, 3, length));
                float inverse = largest == 0 ? 0 : 127 / largest;
                if (Float.isInfinite(inverse)) continue;
                wordsAgree(vector, length);
                var bytes = new byte[length + 2];
                var twin = new byte[length + 2];
                BlockKernel.toBytes(vector, 3, inverse, bytes, 2, length);
                BlockKernel.toBytesTwin(vector, 3, inverse, twin, 2, length);
                assertThat(bytes).isEqualTo(twin);
                var floats = new float[length];
                var floatsTwin = new float[length];
                BlockKernel.fromBytes(bytes, 2, 0.37f, floats, 0, length);
                BlockKernel.fromBytesTwin(bytes, 2, 0.37f, floatsTwin, 0, length);
                assertThat(floats).isEqualTo(floatsTwin);
                BlockKernel.toHalves(vector, 3, inverse / 18.2f, bytes, 1, length);
                BlockKernel.toHalvesTwin(vector, 3, inverse / 18.2f, twin, 1, length);
                assertThat(bytes).isEqualTo(twin);
                BlockKernel.fromHalves(bytes, 1, 0.37f, floats, 0, length);
                BlockKernel.fromHalvesTwin(bytes, 1, 0.37f, floatsTwin, 0, length);
                assertThat(floats).isEqualTo(floatsTwin);
            }
        }
    }

    private static void wordsAgree(float[] vector, int length) {
        var bits = new int[length];
        for (int i = 0; i < length; i++) bits[i] = Float.floatToRawIntBits(vector[i]);
        if (length > 4) {
            bits[0] = 0x7fffffff;
            bits[1] = 0xff800001;
            bits[2] = 0x7f7fffff;
            bits[3] = 0xff800000;
        }
        var words = new short[length];
        var twin = new short[length];
        WordKernel.toWords(bits, 0, words, 0, length);
        WordKernel.toWordsTwin(bits, 0, twin, 0, length);
        assertThat(words).isEqualTo(twin);
        var back = new int[length];
        var backTwin = new int[length];
        WordKernel.fromWords(words, 0, back, 0, length);
        WordKernel.fromWordsTwin(words, 0, backTwin, 0, length);
        assertThat(back).isEqualTo(backTwin);
    }

    @Test
    void whatIsDecodedIsEncodedToTheSameBytes() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (var text : STATELESS) {
                var encoding = Encoding.parse(text);
                var vector = vector(seed, 3_000);
                assertThat(encoded(encoding, vector)).isEqualTo(encoded(encoding, vector));
                if (encoding instanceof Encoding.Blocks) continue; // Scales are rounded anew.
                assertThat(encoded(encoding, decoded(encoding, vector)))
                        .isEqualTo(encoded(encoding, vector));
            }
        }
    }

    @Test
    void whatIsNotANumberStaysSo() {
        for (var text :
                List.of("f32", "bf16", "int8", "int4", "e3m0", "int2", "top-k:0.1", "low-rank:2")) {
            for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1f / 0f}) {
                for (int place : new int[] {0, 8, 255, 256, 599}) {
                    var vector = vector(3, 600);
                    vector[place] = wrong;
                    var decoded = decoded(Encoding.parse(text), vector);
                    boolean isFinite = true;
                    for (float element : decoded) isFinite &= Float.isFinite(element);
                    assertThat(isFinite).as(text).isFalse();
                }
            }
        }
    }

    @Test
    void largestElementsGoFirstAndTheRestIsNotForgotten() {
        int length = 10_000;
        var encoding = new Encoding.TopK(0.01);
        var encoder = Encoder.of(encoding, length);
        var owed = new double[length];
        for (long seed = 0; seed < 30; seed++) {
            var vector = vector(0, length);
            var random = new SplittableRandom(seed);
            for (int i = 0; i < length; i++) vector[i] = (float) random.nextGaussian();
            var sent = floats(encoding, length, encoder.encode(MemorySegment.ofArray(vector)));
            int count = 0;
            for (float element : sent) count += element != 0 ? 1 : 0;
            assertThat(count).isEqualTo(100);
            for (int i = 0; i < length; i++) owed[i] += (double) vector[i] - sent[i];
        }
        var rest =
                floats(encoding, length, encoder.encode(MemorySegment.ofArray(new float[length])));
        double most = 0;
        for (double element : owed) most = Math.max(most, Math.abs(element));
        int largest = 0;
        for (int i = 0; i < length; i++) {
            if (Math.abs(owed[i]) == most) largest = i;
        }
        assertThat((double) rest[largest]).isCloseTo(owed[largest], Percentage.withPercentage(1));
    }

    @Test
    void whatWasTakenBackIsSentAgain() {
        for (var text : List.of("top-k:0.1", "int2")) {
            var encoding = Encoding.parse(text);
            var vector = vector(5, 500);
            var encoder = Encoder.of(encoding, 500);
            var first = floats(encoding, 500, encoder.encode(MemorySegment.ofArray(vector)));
            encoder.takeBack();
            encoder.takeBack();
            var zeros = MemorySegment.ofArray(new float[500]);
            var second = floats(encoding, 500, encoder.encode(zeros));
            assertThat(second).as(text).isEqualTo(first);
        }
    }

    /// Of the same gradient again and again, however little of it goes at a time.
    @Test
    void whatWasLeftOutComesLater() {
        var tensors = List.of(Shape.of(40, 30), Shape.of(30), Shape.of(3, 3, 8, 16));
        int elements = tensors.stream().mapToInt(Shape::count).sum();
        var gradient = gaussian(7, elements);
        for (var text : List.of("int2", "top-k:0.05", "low-rank:1", "low-rank:4")) {
            var encoding = Encoding.parse(text);
            var encoder = Encoder.of(encoding, tensors);
            var sum = new double[elements];
            var first = 1.0;
            for (int times = 1; times <= 200; times++) {
                var bytes = encoder.encode(MemorySegment.ofArray(gradient));
                var sent = floats(encoding, elements, bytes);
                for (int i = 0; i < elements; i++) sum[i] += sent[i];
                if (times == 1) first = distance(sum, gradient, 1);
            }
            assertThat(first).as(text).isGreaterThan(0.2);
            assertThat(distance(sum, gradient, 200)).as(text).isLessThan(first / 5);
        }
    }

    /// Of `sum` from `times` gradients, as a share of them.
    private static double distance(double[] sum, float[] gradient, int times) {
        double apart = 0;
        double length = 0;
        for (int i = 0; i < sum.length; i++) {
            apart += Math.pow(sum[i] - (double) times * gradient[i], 2);
            length += Math.pow((double) times * gradient[i], 2);
        }
        return Math.sqrt(apart / length);
    }

    /// Up to the rounding of its factors, once the iteration has turned the right way.
    @Test
    void matricesOfLowRankAreSentWhole() {
        var left = gaussian(1, 60 * 2);
        var right = gaussian(2, 50 * 2);
        var vector = new float[60 * 50 + 7];
        for (int i = 0; i < 60; i++) {
            for (int j = 0; j < 50; j++) {
                for (int k = 0; k < 2; k++)
                    vector[50 * i + j] += left[2 * i + k] * right[2 * j + k];
            }
        }
        System.arraycopy(gaussian(3, 7), 0, vector, 3000, 7);
        for (int rank : new int[] {2, 3}) {
            var encoding = new Encoding.LowRank(rank);
            var encoder = Encoder.of(encoding, List.of(Shape.of(60, 50), Shape.of(7)));
            var bytes = encoder.encode(MemorySegment.ofArray(vector));
            assertThat(bytes.byteSize()).isEqualTo(4 + 2 * 8 + 2 * (rank * 110 + 7));
            var sent = floats(encoding, vector.length, bytes);
            var sum = new double[vector.length];
            for (int i = 0; i < sum.length; i++) sum[i] = sent[i];
            assertThat(distance(sum, vector, 1)).isLessThan(0.01);
        }
    }

    /// What is too small to gain from it is sent as it is, and takes no more than was promised.
    @Test
    void smallTensorsAreSentAsTheyAre() {
        var tensors =
                List.of(Shape.of(5), Shape.of(4, 4), Shape.of(7, 2), Shape.of(), Shape.of(2, 3, 4));
        int elements = tensors.stream().mapToInt(Shape::count).sum();
        for (int rank = 1; rank <= 3; rank++) {
            var encoding = new Encoding.LowRank(rank);
            var bytes =
                    Encoder.of(encoding, tensors)
                            .encode(MemorySegment.ofArray(gaussian(rank, elements)));
            assertThat(bytes.byteSize()).isLessThanOrEqualTo(encoding.sizeBytesMax(elements));
        }
        var one = new Encoding.LowRank(1);
        var sent = decoded(one, new float[] {1, -2, 3});
        assertThat(sent).containsExactly(1, -2, 3);
    }

    /// A column that has come to nothing would stay nothing.
    @Test
    void lowRankRecoversFromZerosAndWhatIsNotANumber() {
        var encoding = new Encoding.LowRank(2);
        var encoder = Encoder.of(encoding, List.of(Shape.of(20, 30)));
        var vector = gaussian(4, 600);
        var broken = vector.clone();
        broken[33] = Float.NaN;
        for (var before : List.of(new float[600], broken)) {
            encoder.encode(MemorySegment.ofArray(before));
            encoder.takeBack();
        }
        var sent = floats(encoding, 600, encoder.encode(MemorySegment.ofArray(vector)));
        double squares = 0;
        for (float each : sent) squares += each * each;
        assertThat(squares).isBetween(1.0, 600.0);
    }

    @Test
    void equalMagnitudesGoInOrder() {
        var vector = new float[100];
        Arrays.fill(vector, 2, 90, -1f);
        var sent = decoded(new Encoding.TopK(0.05), vector);
        var expected = new float[100];
        Arrays.fill(expected, 2, 7, -1f);
        assertThat(sent).isEqualTo(expected);
    }

    @Test
    void malformedBytesAreRefusedWithAReason() {
        flawed("int8", 300, new byte[307], "307 bytes (expected: 308");
        flawed("f32", 3, new byte[11], "11 bytes (expected: 12");
        var ones = new float[300];
        Arrays.fill(ones, 1f);
        var negative = encoded(Encoding.parse("int8"), ones);
        negative[7] |= (byte) 0x80;
        flawed("int8", 300, negative, "scale: below 0");
        flawed("top-k:0.5", 10, new byte[3], "3 bytes (expected: 4 to ");
        flawed("top-k:0.5", 10, new byte[] {6, 0, 0, 0}, "count: 6 (expected: 0 to 5)");
        flawed("top-k:0.5", 10, new byte[] {-1, -1, -1, -1}, "count: 4294967295");
        flawed("top-k:0.5", 10, sparse(1, 10), "place 0: 10 (expected: under 10)");
        flawed("top-k:0.5", 10, sparse(1, -1), "distance 0: cut off");
        flawed("top-k:0.5", 10, sparse(1, 2, 0), "bytes (expected: 7)");
        flawed("top-k:0.5", 10, sparse(2, 9, 0), "place 1: 10 (expected: under 10)");
        flawed("int2", 300, new byte[82], "82 bytes (expected: 83");
        flawed("low-rank:1", 10, new byte[11], "11 bytes (expected: 12 to 32)");
        flawed("low-rank:1", 10, factors(0, 10, 0), "pieces: 0 (expected: 1 to ");
        flawed("low-rank:1", 10, factors(9, 10, 0), "pieces: 9 (expected: 1 to ");
        flawed("low-rank:1", 10, factors(1, 9, 0), "elements: 9 (expected: 10)");
        flawed("low-rank:1", 10, factors(1, -9, 0), "piece 0: -9 × 0 (expected: at most 10)");
        flawed("low-rank:1", 10, factors(1, 5, 2), "piece 0: 5 × 2 (expected: a vector)");
        flawed("low-rank:1", 36, factors(1, 6, 6), "bytes (expected: 36)");
    }

    /// Never an exception, whatever the bytes.
    @Test
    void anyBytesAreReadOrRefused() {
        for (long seed = 0; seed < 2_000; seed++) {
            var random = new SplittableRandom(seed);
            int length = random.nextInt(1, 400);
            var encoding = Encoding.parse(FORMS.get((int) seed % FORMS.size()));
            int size = random.nextInt((int) encoding.sizeBytesMax(length) + 2);
            if (random.nextBoolean()) size = (int) encoding.sizeBytesMax(length);
            var bytes = new byte[size];
            random.nextBytes(bytes);
            if (encoding instanceof Encoding.TopK && size > 4) {
                Arrays.fill(bytes, 1, 4, (byte) 0);
                bytes[0] &= 0x3f;
            }
            if (encoding instanceof Encoding.LowRank && size >= 20) {
                var plausible = factors(1, length, 0);
                System.arraycopy(plausible, 0, bytes, 0, plausible.length);
                if (random.nextBoolean()) bytes = Arrays.copyOf(bytes, 12 + 2 * length);
            }
            var opened = EncodedVector.open(encoding, length, MemorySegment.ofArray(bytes));
            if (opened instanceof EncodedVector.Opened.Whole(var vector)) {
                vector.copyInto(MemorySegment.ofArray(new float[length]));
            }
        }
    }

    /// A head that says so many pieces, one of which is there.
    private static byte[] factors(int pieces, int rows, int columns) {
        var bytes = MemorySegment.ofArray(new byte[12]);
        bytes.set(Layout.I32, 0, pieces);
        bytes.set(Layout.I32, 4, rows);
        bytes.set(Layout.I32, 8, columns);
        return bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] sparse(int count, int... distances) {
        var bytes = new byte[4 + 2 * count + distances.length];
        bytes[0] = (byte) count;
        for (int i = 0; i < distances.length; i++) bytes[4 + 2 * count + i] = (byte) distances[i];
        return bytes;
    }

    private static void flawed(String text, int elements, byte[] bytes, String reason) {
        switch (EncodedVector.open(Encoding.parse(text), elements, MemorySegment.ofArray(bytes))) {
            case EncodedVector.Opened.Whole _ -> fail("taken for whole: " + reason);
            case EncodedVector.Opened.Flawed(var why) -> assertThat(why).contains(reason);
        }
    }

    private static byte[] encoded(Encoding encoding, float[] vector) {
        var bytes = Encoder.of(encoding, vector.length).encode(MemorySegment.ofArray(vector));
        return bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    private static float[] decoded(Encoding encoding, float[] vector) {
        return floats(encoding, vector.length, MemorySegment.ofArray(encoded(encoding, vector)));
    }

    private static float[] floats(Encoding encoding, int length, MemorySegment bytes) {
        var floats = new float[length];
        switch (EncodedVector.open(encoding, length, bytes)) {
            case EncodedVector.Opened.Whole(var vector) ->
                    vector.copyInto(MemorySegment.ofArray(floats));
            case EncodedVector.Opened.Flawed(var why) -> fail(why);
        }
        return floats;
    }

    private static float[] gaussian(long seed, int length) {
        var random = new SplittableRandom(seed);
        var vector = new float[length];
        for (int i = 0; i < length; i++) vector[i] = (float) random.nextGaussian();
        return vector;
    }

    /// Stretches of 100 elements each: usual, constant, tiny, huge, denormal or zero.
    private static float[] vector(long seed, int length) {
        var random = new SplittableRandom(seed);
        var vector = new float[length];
        for (int from = 0; from < length; from += 100) {
            int kind = random.nextInt(6);
            float constant = (float) random.nextGaussian();
            for (int i = from; i < Math.min(length, from + 100); i++) {
                float usual = (float) random.nextGaussian();
                vector[i] =
                        switch (kind) {
                            case 0 -> usual;
                            case 1 -> constant;
                            case 2 -> usual * 0x1p-110f;
                            case 3 -> usual * 0x1p120f;
                            case 4 -> usual * Float.MIN_NORMAL / 8;
                            default -> 0;
                        };
            }
        }
        return vector;
    }
}
