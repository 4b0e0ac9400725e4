package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import motley.nn.Recurrences.Weights;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What recurrent layers must not see, what they cost, and what they refuse.
final class RecurrencesTest {
    private static final int TIME = 7;
    private static final int IN = 5;
    private static final int UNITS = 4;

    @ParameterizedTest
    @ValueSource(strings = {"lstm", "gru"})
    void futureHasNoInfluence(String name) {
        var function = function(name);
        var before = series(function, function.operands());
        for (int t = 1; t < TIME; t++) {
            var after = series(function, withFuture(function.operands(), t));
            for (int i = 0; i < before.length; i++) {
                boolean same = after[i] == before[i];
                assertThat(same).as("element %d, from %d", i, t).isEqualTo(i / UNITS % TIME < t);
            }
        }
    }

    /// Cut by cut, eight times the steps would cost 64 times the padding.
    @Test
    void paddingOfTheBackwardPassGrowsLittleFasterThanTime() {
        assertThat(padded(128)).isLessThan(16 * padded(16));
    }

    @Test
    void badArgumentsAreNamed() {
        var b = new ProgramBuilder();
        var r = new Recurrences(b);
        var x = b.param(TensorType.f32(3, TIME, IN));
        var input = b.param(TensorType.f32(IN, 16));
        var state = b.param(TensorType.f32(UNITS, 16));
        var bias = b.param(TensorType.f32(16));
        var right = new Weights(input, state, bias);
        assertRefused(() -> r.lstm(state, right), "x: f32[4, 16]");
        assertRefused(() -> r.lstm(x, new Weights(state, state, bias)), "input: f32[4, 16]");
        assertRefused(() -> r.lstm(x, new Weights(input, input, bias)), "state: f32[5, 16]");
        assertRefused(() -> r.lstm(x, new Weights(input, state, input)), "bias: f32[5, 16]");
        assertRefused(() -> r.gru(x, right, bias), "state: f32[4, 16]");
    }

    private static void assertRefused(Runnable call, String text) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text)
                .hasMessageContaining("expected");
    }

    /// Elements of all paddings in the gradient of the input's weights.
    private static long padded(int time) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(1, time, 1));
        var input = b.param(TensorType.f32(1, 4));
        var weights = new Weights(input, b.param(TensorType.f32(1, 4)), b.param(TensorType.f32(4)));
        var last = new Recurrences(b).lstm(x, weights).hidden().getLast();
        Program program = b.build(Autodiff.gradient(b, b.sumAll(last), List.of(input)));
        return program.equations().stream()
                .filter(e -> e.op() instanceof Op.Pad)
                .mapToLong(e -> e.out().type().shape().count())
                .sum();
    }

    private static LayerFunction function(String name) {
        return LayerFunctions.all().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
    }

    private static double[] series(LayerFunction function, List<Values> operands) {
        return Reference.evaluate(function.program(), operands).getFirst().toArray();
    }

    /// The operands with another input from step `start` on.
    private static List<Values> withFuture(List<Values> operands, int start) {
        var x = operands.getFirst();
        var changed = new ArrayList<>(operands);
        changed.set(0, Formula.fill(x.type(), i -> i / IN % TIME < start ? x.get(i) : -x.get(i)));
        return changed;
    }
}
