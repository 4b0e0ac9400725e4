package motley.program.autodiff;

import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import motley.program.BinaryKind;
import motley.program.ConvolutionSpec;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.program.Window;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.DType;
import motley.tensor.Shape;
import org.junit.jupiter.api.Test;

/// Small numbers worked out by hand, and what the backward pass must not contain.
final class AutodiffTest {
    private final ProgramBuilder b = new ProgramBuilder();

    /// `loss = logsumexp(x) - x₂`, so that `dx = softmax(x) - (0, 0, 1)`.
    @Test
    void crossEntropyOfSoftmaxGivesProbabilitiesMinusTruth() {
        var x = b.param(f32(3));
        var top = b.maxOver(x, 0);
        var sum = b.sumAll(b.exp(b.sub(x, b.spread(top, Shape.of(3)))));
        var truth = b.apply(new Op.Slice(List.of(2), List.of(3), List.of(1)), x);
        var loss = b.sub(b.add(b.log(sum), top), b.sumAll(truth));
        var dx = gradient(loss, List.of(x), Values.of(f32(3), 1, 2, 3)).getFirst();
        double e = Math.E;
        double all = 1 + e + e * e;
        assertThat(dx[0]).isCloseTo(1 / all, within(1e-15));
        assertThat(dx[1]).isCloseTo(e / all, within(1e-15));
        assertThat(dx[2]).isCloseTo(e * e / all - 1, within(1e-15));
    }

    @Test
    void equalElementsShareTheCotangentOfTheirMaximum() {
        var x = b.param(f32(2, 3));
        var loss = b.sumAll(b.maxOver(x, 1));
        var dx = gradient(loss, List.of(x), Values.of(f32(2, 3), 5, 5, 1, 2, 3, 4));
        assertThat(dx.getFirst()).containsExactly(0.5, 0.5, 0, 0, 0, 1);
    }

    @Test
    void rectifierPassesHalfAtZero() {
        var x = b.param(f32(3));
        var loss = b.sumAll(b.max(x, b.fillLike(x, 0)));
        var dx = gradient(loss, List.of(x), Values.of(f32(3), -2, 0, 2));
        assertThat(dx.getFirst()).containsExactly(0, 0.5, 1);
    }

    @Test
    void maxPoolSendsTheCotangentToTheFirstLargest() {
        var x = b.param(f32(1, 2, 2, 1));
        var loss = b.sumAll(b.apply(new Op.MaxPool(Window.square(2)), x));
        var dx = gradient(loss, List.of(x), Values.of(f32(1, 2, 2, 1), 1, 7, 7, 3));
        assertThat(dx.getFirst()).containsExactly(0, 1, 0, 0);
    }

    /// Σ y for y = x ∗ (10 1): each element of x meets the taps that reach it, each tap its row.
    @Test
    void convolutionGivesTheSumsOfWhatItMeets() {
        var x = b.param(f32(1, 1, 3, 1));
        var w = b.param(f32(1, 2, 1, 1));
        var y = b.apply(new Op.Convolution(ConvolutionSpec.plain()), x, w);
        var gradients =
                gradient(
                        b.sumAll(y),
                        List.of(x, w),
                        Values.of(f32(1, 1, 3, 1), 1, 2, 3),
                        Values.of(f32(1, 2, 1, 1), 10, 1));
        assertThat(gradients.get(0)).containsExactly(10, 11, 1);
        assertThat(gradients.get(1)).containsExactly(3, 5);
    }

    @Test
    void cotangentsOfAllUsesAddUp() {
        var x = b.param(f32());
        var square = b.mul(x, x);
        var loss = b.add(b.mul(square, x), b.scale(x, 5)); // x³ + 5x
        assertThat(gradient(loss, List.of(x), Values.of(f32(), 2)).getFirst()).containsExactly(17);
    }

    @Test
    void valuesInBetweenHaveGradientsToo() {
        var x = b.param(f32());
        var y = b.scale(x, 3);
        var loss = b.mul(y, y);
        var gradients = gradient(loss, List.of(y, x, loss), Values.of(f32(), 2));
        assertThat(gradients.get(0)).containsExactly(12);
        assertThat(gradients.get(1)).containsExactly(36);
        assertThat(gradients.get(2)).containsExactly(1);
    }

    @Test
    void whatTheLossDoesNotDependOnGetsZeros() {
        var x = b.param(f32(2));
        var unused = b.param(f32(2));
        var stepped = b.param(f32(2));
        var steps = b.unary(UnaryKind.FLOOR, stepped);
        var counted = b.convert(b.convert(stepped, DType.I32), DType.F32);
        var loss = b.sumAll(b.mul(x, b.mul(steps, counted)));
        var operand = Values.of(f32(2), 1.5, 2.5);
        var gradients = gradient(loss, List.of(x, unused, stepped), operand, operand, operand);
        assertThat(gradients.get(0)).containsExactly(1, 4);
        assertThat(gradients.get(1)).containsExactly(0, 0);
        assertThat(gradients.get(2)).containsExactly(0, 0);
    }

    @Test
    void powerOfANonPositiveBaseHasNoGradientInTheExponent() {
        var base = b.param(f32(3));
        var exponent = b.param(f32(3));
        var loss = b.sumAll(b.apply(new Op.Binary(BinaryKind.POW), base, exponent));
        var gradients =
                gradient(
                        loss,
                        List.of(base, exponent),
                        Values.of(f32(3), -2, 0, 2),
                        Values.of(f32(3), 3, 2, 3));
        assertThat(gradients.get(0)).containsExactly(12, 0, 12);
        assertThat(gradients.get(1)).containsExactly(0, 0, 8 * Math.log(2));
    }

    @Test
    void onlyCotangentsThatAreAskedForAreComputed() {
        var x = b.param(f32(1, 4, 4, 1));
        var w = b.param(f32(3, 3, 1, 2));
        var y = b.apply(new Op.Convolution(ConvolutionSpec.plain()), x, w);
        var loss = b.sumAll(b.mul(y, y));
        Autodiff.gradient(b, loss, List.of(w));
        assertThat(operations())
                .hasAtLeastOneElementOfType(Op.ConvolutionFilterGradient.class)
                .noneMatch(Op.ConvolutionInputGradient.class::isInstance);
    }

    @Test
    void matrixProductsNeedNoTransposition() {
        var x = b.param(f32(2, 3));
        var w = b.param(f32(3, 4));
        Autodiff.gradient(b, b.sumAll(b.matmul(x, w)), List.of(x, w));
        assertThat(operations()).noneMatch(Op.Transpose.class::isInstance);
    }

    @Test
    void vjpTakesCotangentsOfResultsAndGivesThoseOfParams() {
        var x = b.param(f32(2));
        var index = b.param(i32(3));
        var rows = b.apply(new Op.Gather(), x, index);
        var program = b.build(List.of(rows, index, b.sumAll(x)));
        var vjp = Autodiff.vjp(program);
        assertThat(vjp.paramTypes()).containsExactly(f32(2), i32(3), f32(3), f32());
        assertThat(vjp.resultTypes()).containsExactly(f32(3), i32(3), f32(), f32(2));
        var results =
                Reference.evaluate(
                        vjp,
                        List.of(
                                Values.of(f32(2), 5, 7),
                                Values.of(i32(3), 1, 1, 0),
                                Values.of(f32(3), 1, 10, 100),
                                Values.of(f32(), 1000)));
        assertThat(results.get(0).toArray()).containsExactly(7, 7, 5);
        assertThat(results.get(3).toArray()).containsExactly(1100, 1011);
    }

    @Test
    void lossThatIsNoScalarIsRefused() {
        var x = b.param(f32(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Autodiff.gradient(b, x, List.of(x)))
                .withMessage("loss: v0: f32[2] (expected: f32[])");
    }

    @Test
    void gradientInIntegersIsRefused() {
        var x = b.param(f32());
        var n = b.param(i32(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Autodiff.gradient(b, x, List.of(n)))
                .withMessage("values: [v1: i32[2]] (expected: f32 only)");
    }

    @Test
    void cotangentOfAnotherTypeIsRefused() {
        var x = b.param(f32(2));
        var g = b.param(f32(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Autodiff.pullback(b, List.of(x), List.of(g), List.of(x)));
    }

    private List<Op> operations() {
        return b.equations().stream().map(Equation::op).toList();
    }

    private List<double[]> gradient(Var loss, List<Var> wrt, Values... operands) {
        var gradients = Autodiff.gradient(b, loss, wrt);
        Program program = b.build(gradients);
        return Reference.evaluate(program, Arrays.asList(operands)).stream()
                .map(Values::toArray)
                .toList();
    }
}
