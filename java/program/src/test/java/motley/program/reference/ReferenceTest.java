package motley.program.reference;

import static motley.tensor.TensorType.bool;
import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.ProgramBuilder;
import motley.program.ReduceKind;
import motley.program.TypeRules;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.program.Window;
import motley.programs.OpCases;
import motley.tensor.DType;
import motley.tensor.Shape;
import org.junit.jupiter.api.Test;

/// Small numbers worked out by hand.
final class ReferenceTest {
    private static final double NAN = Double.NaN;
    private static final double INFINITY = Double.POSITIVE_INFINITY;
    /// Of functions computed by series; a few units in the last place of a double.
    private static final double FEW_ULPS = 4 * Math.ulp(1.0);

    @Test
    void resultsHaveTheInferredTypes() {
        for (var operation : OpCases.all().toList()) {
            var sample = operation.sample(new SplittableRandom(1));
            assertThat(Reference.evaluate(sample.program(), sample.operands()).getFirst().type())
                    .isEqualTo(TypeRules.infer(operation.op(), operation.operands()));
        }
    }

    @Test
    void integersWrap() {
        var low = ints(Integer.MIN_VALUE);
        var high = ints(Integer.MAX_VALUE);
        assertThat(apply(new Op.Unary(UnaryKind.NEG), low)).containsExactly(Integer.MIN_VALUE);
        assertThat(apply(new Op.Unary(UnaryKind.ABS), low)).containsExactly(Integer.MIN_VALUE);
        assertThat(binary(BinaryKind.ADD, high, ints(1))).containsExactly(Integer.MIN_VALUE);
        assertThat(binary(BinaryKind.SUB, low, ints(1))).containsExactly(Integer.MAX_VALUE);
        // (2³¹ - 1)² = 2⁶² - 2³² + 1, and 121932631112635269 mod 2³².
        assertThat(binary(BinaryKind.MUL, high, high)).containsExactly(1);
        assertThat(binary(BinaryKind.MUL, ints(123456789), ints(987654321)))
                .containsExactly(-67153019);
    }

    @Test
    void conversionsTruncateAndSaturate() {
        var x = floats(-1.9, 1.9, 3e9, -3e9, NAN, INFINITY);
        assertThat(apply(new Op.Convert(DType.I32), x))
                .containsExactly(-1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, Integer.MAX_VALUE);
        assertThat(apply(new Op.Convert(DType.BOOL), floats(0, -0.0, 0.5, NAN)))
                .containsExactly(0, 0, 1, 1);
        assertThat(apply(new Op.Convert(DType.F32), Values.of(bool(2), 1, 0)))
                .containsExactly(1, 0);
    }

    @Test
    void onlyNotEqualHoldsOfNan() {
        var nan = floats(NAN, NAN);
        var other = floats(NAN, 1);
        for (var kind : CompareKind.values()) {
            double expected = kind == CompareKind.NE ? 1 : 0;
            assertThat(apply(new Op.Compare(kind), nan, other)).containsOnly(expected);
        }
    }

    @Test
    void nanPropagatesThroughMaxima() {
        assertThat(binary(BinaryKind.MAX, floats(NAN, 1), floats(1, NAN))).containsOnly(NAN);
        assertThat(binary(BinaryKind.MIN, floats(NAN, 1), floats(1, NAN))).containsOnly(NAN);
        var reduce = new Op.Reduce(ReduceKind.MAX, List.of(0));
        assertThat(apply(reduce, floats(1, NAN, 2))).containsExactly(NAN);
        assertThat(apply(new Op.Unary(UnaryKind.SIGN), floats(-7, 0, 7, NAN)))
                .containsExactly(-1, 0, 1, NAN);
    }

    @Test
    void argMaxTakesTheFirstLargestAndNanBeforeAll() {
        assertThat(apply(new Op.ArgMax(0), floats(1, 3, 2, 3))).containsExactly(1);
        assertThat(apply(new Op.ArgMax(0), floats(1, NAN, INFINITY, NAN))).containsExactly(1);
        var table = Values.of(f32(2, 3), 1, 5, 2, 9, 0, 9);
        assertThat(apply(new Op.ArgMax(1), table)).containsExactly(1, 0);
        assertThat(apply(new Op.ArgMax(0), table)).containsExactly(1, 0, 1);
    }

    /// Abramowitz & Stegun 1964, table 7.1.
    @Test
    void errorFunctionMatchesTheTable() {
        var erf = apply(new Op.Unary(UnaryKind.ERF), floats(0, 0.5, 1, -1, 2, 5.99, 7));
        assertThat(erf[0]).isZero();
        assertThat(erf[1]).isCloseTo(0.5204998778130465, within(FEW_ULPS));
        assertThat(erf[2]).isCloseTo(0.8427007929497149, within(FEW_ULPS));
        assertThat(erf[3]).isEqualTo(-erf[2]);
        assertThat(erf[4]).isCloseTo(0.9953222650189527, within(FEW_ULPS));
        assertThat(erf[5]).isCloseTo(1, within(FEW_ULPS));
        assertThat(erf[6]).isEqualTo(1);
    }

    @Test
    void movementsMoveElements() {
        var x = Values.of(f32(2, 3), 1, 2, 3, 4, 5, 6);
        assertThat(apply(new Op.Transpose(List.of(1, 0)), x)).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(apply(new Op.Reverse(List.of(1)), x)).containsExactly(3, 2, 1, 6, 5, 4);
        var repeat = new Op.Broadcast(Shape.of(2, 2, 3), List.of(0, 2));
        assertThat(apply(repeat, x)).containsExactly(1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6);
        var slice = new Op.Slice(List.of(1, 0), List.of(2, 3), List.of(1, 2));
        assertThat(apply(slice, x)).containsExactly(4, 6);
        var pad = new Op.Pad(List.of(0, 1), List.of(0, 2), List.of(0, 1));
        assertThat(apply(pad, x)).containsExactly(0, 1, 0, 2, 0, 3, 0, 0, 0, 4, 0, 5, 0, 6, 0, 0);
        var joined = apply(new Op.Concatenate(1), x, Values.of(f32(2, 1), 7, 8));
        assertThat(joined).containsExactly(1, 2, 3, 7, 4, 5, 6, 8);
    }

    @Test
    void dotGeneralPairsTheAxesItNames() {
        var x = Values.of(f32(2, 3), 1, 2, 3, 4, 5, 6);
        var y = Values.of(f32(3, 2), 1, 0, 2, -1, 3, 1);
        assertThat(apply(Op.DotGeneral.matrixProduct(), x, y)).containsExactly(14, 1, 32, 1);
        // Batch axis 1 of x with axis 0 of y, nothing contracted: z[k, i, j] = x[i, k]·y[k, j].
        var batched = new Op.DotGeneral(List.of(1), List.of(0), List.of(), List.of());
        assertThat(apply(batched, x, y)).containsExactly(1, 0, 4, 0, 4, -2, 10, -5, 9, 3, 18, 6);
    }

    /// One row `1 2 3 4 5`, one filter row `10 1`.
    @Test
    void convolutionIsTheSumOfTaps() {
        var x = Values.of(f32(1, 1, 5, 1), 1, 2, 3, 4, 5);
        var w = Values.of(f32(1, 2, 1, 1), 10, 1);
        assertThat(apply(new Op.Convolution(ConvolutionSpec.plain()), x, w))
                .containsExactly(12, 23, 34, 45);
        var spec = new ConvolutionSpec(1, 2, 1, 3, new Padding(0, 0, 1, 2), 1);
        // Taps at -1 and 2, 1 and 4, 3 and 6.
        assertThat(apply(new Op.Convolution(spec), x, w)).containsExactly(3, 25, 40);
    }

    @Test
    void groupsSeeTheirOwnChannelsOnly() {
        var x = Values.of(f32(1, 1, 1, 4), 1, 2, 3, 4);
        var w = Values.of(f32(1, 1, 2, 2), 1, 10, 1, 100);
        var spec = new ConvolutionSpec(1, 1, 1, 1, Padding.NONE, 2);
        // The first output from channels 0 and 1 with taps 1 and 1, the second from 2 and 3.
        assertThat(apply(new Op.Convolution(spec), x, w)).containsExactly(3, 430);
    }

    @Test
    void convolutionGradientsGatherTheTaps() {
        var x = Values.of(f32(1, 1, 3, 1), 1, 2, 3);
        var w = Values.of(f32(1, 2, 1, 1), 10, 1);
        var dy = Values.of(f32(1, 1, 2, 1), 1, 100);
        var plain = ConvolutionSpec.plain();
        var dx = new Op.ConvolutionInputGradient(plain, Shape.of(1, 1, 3, 1));
        assertThat(apply(dx, dy, w)).containsExactly(10, 1001, 100);
        var dw = new Op.ConvolutionFilterGradient(plain, Shape.of(1, 2, 1, 1));
        assertThat(apply(dw, x, dy)).containsExactly(201, 302);
    }

    @Test
    void maxPoolChoosesTheFirstLargestAndNeverPadding() {
        var x = Values.of(f32(1, 1, 4, 1), -1, -1, -3, -2);
        var window = new Window(1, 3, 1, 2, new Padding(0, 0, 1, 0));
        // Windows: padding -1 -1, then -1 -3 -2.
        assertThat(apply(new Op.MaxPool(window), x)).containsExactly(-1, -1);
        var dy = Values.of(f32(1, 1, 2, 1), 10, 7);
        assertThat(apply(new Op.MaxPoolGradient(window), x, dy)).containsExactly(10, 7, 0, 0);
        var t = Values.of(f32(1, 1, 4, 1), 5, 6, 7, 8);
        assertThat(apply(new Op.MaxPoolPick(window), x, t)).containsExactly(5, 6);
    }

    @Test
    void averagePoolCountsPaddingAsZeros() {
        var x = Values.of(f32(1, 1, 3, 1), 3, 6, 9);
        var window = new Window(1, 3, 1, 2, new Padding(0, 0, 1, 1));
        assertThat(apply(new Op.AveragePool(window), x)).containsExactly(3, 5);
        var dy = Values.of(f32(1, 1, 2, 1), 3, 6);
        var gradient = new Op.AveragePoolGradient(window, Shape.of(1, 1, 3, 1));
        assertThat(apply(gradient, dy)).containsExactly(1, 3, 2);
    }

    @Test
    void indicesOutOfRangeGiveZerosOrAreDropped() {
        var table = Values.of(f32(2, 2), 1, 2, 3, 4);
        var indices = ints(1, -1, 0, 2, 1);
        assertThat(apply(new Op.Gather(), table, indices))
                .containsExactly(3, 4, 0, 0, 1, 2, 0, 0, 3, 4);
        assertThat(apply(new Op.ScatterAdd(2), indices, floats(1, 10, 100, 1000, 10_000)))
                .containsExactly(100, 10_001);
        assertThat(apply(new Op.OneHot(2), indices)).containsExactly(0, 1, 0, 0, 1, 0, 0, 0, 0, 1);
    }

    /// Word 1 of the block with counter (1, 9, 5, 0) is element 5 of row 9 in stream 5.
    @Test
    void uniformNumbersAreThe24HighBitsOfTheirWord() {
        var key = ints(7, -8);
        var u = apply(new Op.RandomUniform(5, List.of(6)), key, ints(4, 9));
        int word = Philox.block(new int[] {1, 9, 5, 0}, new int[] {7, -8})[1];
        assertThat(u).hasSize(12);
        assertThat(u[11]).isEqualTo((word >>> 8) * 0x1p-24);
        assertThat(Arrays.copyOfRange(u, 6, 12))
                .isEqualTo(apply(new Op.RandomUniform(5, List.of(6)), key, ints(9)));
    }

    private static double[] binary(BinaryKind kind, Values x, Values y) {
        return apply(new Op.Binary(kind), x, y);
    }

    private static double[] apply(Op op, Values... in) {
        var b = new ProgramBuilder();
        var params = Arrays.stream(in).map(x -> b.param(x.type())).toList();
        var y = b.apply(op, params.toArray(Var[]::new));
        return Reference.evaluate(b.build(List.of(y)), List.of(in)).getFirst().toArray();
    }

    private static Values floats(double... elements) {
        return Values.of(f32(elements.length), elements);
    }

    private static Values ints(int... elements) {
        return Values.of(i32(elements.length), Arrays.stream(elements).asDoubleStream().toArray());
    }
}
