package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import motley.nn.Attention.Projections;
import motley.program.ProgramBuilder;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// What attention must not see, and what it must refuse.
final class AttentionTest {
    private static final int TIME = 5;
    private static final int WIDTH = 6;
    private static final TensorType X = TensorType.f32(2, TIME, WIDTH);

    /// Not by a single bit, even if what is to come is out of all proportion.
    @Test
    void futureHasNoInfluence() {
        var function = multiHead(true);
        var before = results(function, function.operands());
        for (int t = 1; t < TIME; t++) {
            var after = results(function, withFuture(function.operands(), t, 1e4));
            for (int i = 0; i < before.length; i++) {
                if (i / WIDTH % TIME < t) {
                    assertThat(after[i])
                            .as("element %d, future from %d", i, t)
                            .isEqualTo(before[i]);
                } else {
                    assertThat(after[i]).as("element %d, its own past", i).isNotEqualTo(before[i]);
                }
            }
        }
    }

    /// A cotangent at the first position reaches that position of `x` alone.
    @Test
    void futureGetsNoGradient() {
        var function = multiHead(true);
        var params = new ArrayList<>(function.operands());
        params.add(Formula.fill(X, i -> i / WIDTH % TIME == 0 ? 1 : 0));
        var gradient = Reference.evaluate(Autodiff.vjp(function.program()), params).get(1);
        for (int i = 0; i < gradient.count(); i++) {
            assertThat(gradient.get(i) != 0).as("element %d", i).isEqualTo(i / WIDTH % TIME == 0);
        }
    }

    @Test
    void everythingIsSeenWithoutAMask() {
        var function = multiHead(false);
        var before = results(function, function.operands());
        var after = results(function, withFuture(function.operands(), TIME - 1, 1e4));
        for (int i = 0; i < before.length; i++) assertThat(after[i]).isNotEqualTo(before[i]);
    }

    @Test
    void tokenWithoutARowGivesZeros() {
        var b = new ProgramBuilder();
        var tokens = b.param(TensorType.i32(1, 3));
        var table = b.param(TensorType.f32(5, 2));
        var program = b.build(List.of(new Attention(b).embedding(tokens, table)));
        var rows = Values.filled(table.type(), 7);
        var out = Reference.evaluate(program, List.of(Values.of(tokens.type(), -1, 0, 5), rows));
        assertThat(out.getFirst().toArray()).containsExactly(0, 0, 7, 7, 0, 0);
    }

    @Test
    void badArgumentsAreNamed() {
        var b = new ProgramBuilder();
        var a = new Attention(b);
        var x = b.param(X);
        var right =
                new Projections(
                        b.param(TensorType.f32(6, 18)),
                        b.param(TensorType.f32(18)),
                        b.param(TensorType.f32(6, 6)),
                        b.param(TensorType.f32(6)));
        var wrong = new Projections(right.in(), right.inBias(), right.in(), right.outBias());
        assertRefused(() -> a.multiHead(x, right, 4, true), "heads: 4");
        assertRefused(() -> a.multiHead(right.out(), right, 3, true), "x: f32[6, 6]");
        assertRefused(() -> a.multiHead(x, wrong, 3, true), "out: f32[6, 18]");
        assertRefused(() -> a.sinusoidal(Shape.of(4, 5)), "shape: [4, 5]");
        assertRefused(() -> a.embedding(x, right.out()), "tokens: f32[2, 5, 6]");
    }

    private static void assertRefused(Runnable call, String text) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text)
                .hasMessageContaining("expected");
    }

    private static LayerFunction multiHead(boolean causal) {
        var name = causal ? "multiHead.causal" : "multiHead";
        return LayerFunctions.all().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
    }

    private static double[] results(LayerFunction function, List<Values> operands) {
        return Reference.evaluate(function.program(), operands).getFirst().toArray();
    }

    /// The operands with positions from `start` on scaled.
    private static List<Values> withFuture(List<Values> operands, int start, double by) {
        var x = operands.getFirst().toArray();
        for (int i = 0; i < x.length; i++) if (i / WIDTH % TIME >= start) x[i] *= by;
        var changed = new ArrayList<>(operands);
        changed.set(0, Values.of(X, x));
        return changed;
    }
}
