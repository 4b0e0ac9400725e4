package motley.program.reference;

import static motley.tensor.TensorType.bool;
import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.ReduceKind;
import motley.program.UnaryKind;
import motley.program.autodiff.Autodiff;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// What errors leave open, on small numbers.
final class ErrorBoundTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @Test
    void nothingIsKnownOfAQuotientWhoseDivisorMayBeZero() {
        var x = floats(0, 1, 1, 1);
        var y = floats(0.5, 0.25, 0.5, 4);
        var radius = radius(new Op.Binary(BinaryKind.DIV), f32(3), x, y);
        assertThat(radius[0]).isEqualTo(INFINITY);
        assertThat(radius[1]).isEqualTo(INFINITY);
        // 1/3.5 - 1/4 and the rounding of a division, 4 ulps.
        assertThat(radius[2]).isBetween(1 / 3.5 - 0.25, 1 / 3.5 - 0.25 + 0x1p-22);
    }

    @Test
    void nothingIsKnownBeyondTheDomain() {
        var radius = radius(new Op.Unary(UnaryKind.LOG), f32(2), floats(0.5, 0.25, 2));
        assertThat(radius[0]).isEqualTo(INFINITY);
        assertThat(radius[1]).isLessThan(0.5);
    }

    @Test
    void comparisonOfCloseNumbersIsOpen() {
        var x = floats(0.5, 1, 1, 1);
        var y = floats(0.25, 1, 1.75, 2);
        assertThat(radius(new Op.Compare(CompareKind.LT), bool(3), x, y)).containsExactly(1, 1, 0);
    }

    @Test
    void openPredicateLeavesBothValuesPossible() {
        var predicate = around(Values.of(bool(2), 1, 1), 1, 0);
        var radius = radius(new Op.Select(), f32(2), predicate, floats(0, 3, 3), floats(0, 7, 7));
        assertThat(radius[0]).isBetween(4.0, 4 + 1e-9);
        assertThat(radius[1]).isZero();
    }

    @Test
    void openIndexLeavesEveryRowPossible() {
        var indices = around(Values.of(i32(2), 1, 0), 1, 0);
        assertThat(radius(new Op.Gather(), f32(2), floats(0, 1, 2, 3), indices))
                .containsExactly(INFINITY, 0);
        assertThat(radius(new Op.ScatterAdd(2), f32(2), indices, floats(0, 1, 2)))
                .containsOnly(INFINITY);
        var hot = radius(new Op.OneHot(2), f32(2, 2), indices);
        assertThat(hot[0]).isBetween(1.0, 1 + 1e-9);
        assertThat(hot[1]).isBetween(1.0, 1 + 1e-9);
        assertThat(hot[2]).isZero();
    }

    @Test
    void argMaxMayBeWhateverErrorsLetWin() {
        assertThat(radius(new Op.ArgMax(0), i32(), floats(0.5, 5, 1, 1, 5.5))).containsExactly(3);
        assertThat(radius(new Op.ArgMax(0), i32(), floats(0.25, 5, 1, 1, 6))).containsExactly(0);
        assertThat(radius(new Op.ArgMax(0), i32(), floats(0, 5, 5))).containsExactly(0);
    }

    /// The same errors on both sides of `x == max(x)` do not leave it open, so that gradients of
    /// maxima have bounds.
    @Test
    void gradientOfAMaximumIsKnownWhereTheMaximumIs() {
        for (var kind : List.of(ReduceKind.MAX, ReduceKind.MIN)) {
            var b = new ProgramBuilder();
            var x = b.param(f32(3));
            var extreme = b.apply(new Op.Reduce(kind, List.of(0)), x);
            var dx = Autodiff.gradient(b, extreme, List.of(x));
            var program = b.build(dx);
            var clear = List.of(floats(0.25, 1, 2, 3));
            var known = ErrorBound.enclose(program, clear, Accuracy.FLOAT32).getFirst();
            assertThat(largest(known)).isLessThan(1e-6);
            var close = List.of(floats(0.5, 2, 2, 2));
            var open = ErrorBound.enclose(program, close, Accuracy.FLOAT32).getFirst();
            assertThat(largest(open)).isGreaterThanOrEqualTo(0.5);
        }
    }

    @Test
    void nothingIsKnownAfterAnOverflow() {
        var x = floats(0, 3e38, 1);
        var radius = radius(new Op.Binary(BinaryKind.ADD), f32(2), x, x);
        assertThat(radius[0]).isEqualTo(INFINITY);
        assertThat(radius[1]).isLessThan(1e-6);
    }

    @Test
    void fillThatF32CannotHoldIsRounded() {
        var tenth = radius(new Op.Fill(f32(1), 0.1), f32(1));
        assertThat(tenth[0]).isBetween(Math.abs(0.1 - 0.1f), 0.1 * 0x1p-23);
        assertThat(radius(new Op.Fill(f32(1), 0.5), f32(1))).containsExactly(0);
    }

    @Test
    void expectedNanIsWithinAndUnexpectedIsNot() {
        var nan = Enclosure.exact(Values.of(f32(1), Double.NaN));
        assertThat(nan.contains(0, Double.NaN)).isTrue();
        assertThat(nan.contains(0, 1)).isFalse();
        assertThat(floats(0.5, 1).contains(0, Double.NaN)).isFalse();
        assertThat(floats(0.5, 1).contains(0, 1.5)).isTrue();
        assertThat(floats(0.5, 1).contains(0, 1.625)).isFalse();
        assertThat(floats(INFINITY, 1).contains(0, Double.NaN)).isTrue();
    }

    private static double[] radius(Op op, TensorType out, Enclosure... in) {
        return ErrorBound.apply(op, List.of(in), out, Accuracy.FLOAT32).radius().toArray();
    }

    private static double largest(Enclosure enclosure) {
        return Arrays.stream(enclosure.radius().toArray()).max().orElseThrow();
    }

    /// Elements all with the same radius.
    private static Enclosure floats(double radius, double... elements) {
        var center = Values.of(new TensorType(DType.F32, Shape.of(elements.length)), elements);
        return new Enclosure(center, Values.filled(center.type(), radius));
    }

    private static Enclosure around(Values center, double... radii) {
        return new Enclosure(center, Values.of(center.type().with(DType.F32), radii));
    }
}
