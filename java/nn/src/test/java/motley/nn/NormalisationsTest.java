package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import motley.nn.Normalisations.Affine;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Accuracy;
import motley.program.reference.ErrorBound;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Normalisations of numbers that are equal, or far from zero.
final class NormalisationsTest {
    private static final double EPSILON = 0x1p-10;
    private static final TensorType X = TensorType.f32(4, 6); // [batch, channel]
    private static final Values EQUAL = Values.filled(X, 1e4);

    @Test
    void equalNumbersBecomeZeros() {
        assertThat(apply((n, x) -> n.batchNorm(x, plain(n), EPSILON).y(), EQUAL)).containsOnly(0);
        assertThat(apply((n, x) -> n.layerNorm(x, plain(n), EPSILON), EQUAL)).containsOnly(0);
        assertThat(apply((n, x) -> n.groupNorm(x, plain(n), 2, EPSILON), EQUAL)).containsOnly(0);
    }

    /// Not by a bit, in results for others or in their gradients.
    @Test
    void sampleOfWeightZeroLeavesNoTrace() {
        var program = Autodiff.vjp(weighted());
        var first = Formula.fill(X, i -> Formula.uniform(1, i));
        var second = Formula.fill(X, i -> i / 6 == 2 ? 1e4 : Formula.uniform(1, i));
        var weights = Values.of(TensorType.f32(4), 1, 1, 0, 1);
        var cotangent = Formula.fill(X, i -> i / 6 == 2 ? 0 : Formula.uniform(2, i));
        var before = Reference.evaluate(program, List.of(first, weights, cotangent));
        var after = Reference.evaluate(program, List.of(second, weights, cotangent));
        for (int i = 0; i < X.shape().count(); i++) {
            if (i / 6 == 2) continue;
            assertThat(after.get(0).get(i)).isEqualTo(before.get(0).get(i));
            assertThat(after.get(1).get(i)).isEqualTo(before.get(1).get(i));
        }
        for (int i = 12; i < 18; i++) assertThat(after.get(1).get(i)).isZero();
    }

    @Test
    void batchWithoutWeightStaysFinite() {
        var nothing = Values.filled(TensorType.f32(4), 0);
        var nowhere = Values.filled(X, 0);
        var params = List.of(EQUAL, nothing, nowhere);
        for (var result : Reference.evaluate(Autodiff.vjp(weighted()), params)) {
            assertThat(Arrays.stream(result.toArray())).allMatch(Double::isFinite);
        }
    }

    /// ±1 around 10⁴: the variance is 1. Of the mean square, 10⁸, float32 keeps units of 8.
    @Test
    void smallVarianceFarFromZeroIsKept() {
        var x = Formula.fill(X, i -> 1e4 + (i / 6 % 2 == 0 ? 1 : -1)); // By sample.
        var program = program((n, p) -> n.batchNorm(p, plain(n), EPSILON).moments().variance());
        var variance = ErrorBound.evaluate(program, List.of(x), Accuracy.FLOAT32).getFirst();
        assertThat(variance.center().toArray()).containsOnly(1);
        assertThat(variance.radius().get(0)).isLessThan(0x1p-4);
    }

    @Test
    void oneGroupIsALayerNorm() {
        var x = Formula.fill(X, i -> Formula.uniform(1, i));
        var group = apply((n, p) -> n.groupNorm(p, plain(n), 1, EPSILON), x);
        assertThat(group).isEqualTo(apply((n, p) -> n.layerNorm(p, plain(n), EPSILON), x));
    }

    @Test
    void badArgumentsAreNamed() {
        assertRefused((n, x) -> n.groupNorm(x, plain(n), 4, EPSILON), "groups: 4");
        assertRefused((n, x) -> n.layerNorm(x, plain(n), 0), "epsilon: 0.0");
        assertRefused((n, x) -> n.rmsNorm(x, vector(n, 5, 1), EPSILON), "gain: f32[5]");
        assertRefused(
                (n, _) -> {
                    var alone = n.b().fill(TensorType.f32(1, 6), 1);
                    return n.batchNorm(alone, plain(n), EPSILON).y();
                },
                "x: f32[1, 6]");
        assertRefused(
                (n, x) -> n.batchNorm(x, vector(n, 3, 1), plain(n), EPSILON).y(),
                "weights: f32[3]");
    }

    private static void assertRefused(BiFunction<Normalisations, Var, Var> body, String text) {
        assertThatThrownBy(() -> program(body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text)
                .hasMessageContaining("expected");
    }

    private static double[] apply(BiFunction<Normalisations, Var, Var> body, Values x) {
        return Reference.evaluate(program(body), List.of(x)).getFirst().toArray();
    }

    private static Program program(BiFunction<Normalisations, Var, Var> body) {
        var b = new ProgramBuilder();
        var x = b.param(X);
        return b.build(List.of(body.apply(new Normalisations(b), x)));
    }

    /// Params: x and its samples' weights.
    private static Program weighted() {
        var b = new ProgramBuilder();
        var x = b.param(X);
        var weights = b.param(TensorType.f32(4));
        var n = new Normalisations(b);
        return b.build(List.of(n.batchNorm(x, weights, plain(n), EPSILON).y()));
    }

    /// Gain 1, offset 0.
    private static Affine plain(Normalisations n) {
        return new Affine(vector(n, 6, 1), vector(n, 6, 0));
    }

    private static Var vector(Normalisations n, int count, double value) {
        return n.b().fill(TensorType.f32(count), value);
    }
}
