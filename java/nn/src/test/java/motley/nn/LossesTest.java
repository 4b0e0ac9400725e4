package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import motley.program.ProgramBuilder;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class LossesTest {
    /// Rounding of a handful of float64 operations.
    private static final double TOLERANCE = 1e-14;

    @Test
    void crossEntropyIsMinusTheLogarithmOfTheLabelsProbability() {
        double total = Math.exp(0.5) + Math.exp(-1) + Math.exp(2);
        var nats = crossEntropy(1, 0.5, -1, 2).get(0);
        assertThat(nats).isCloseTo(-Math.log(Math.exp(-1) / total), within(TOLERANCE));
        assertThat(crossEntropy(2, 7, 7, 7).get(0)).isCloseTo(Math.log(3), within(TOLERANCE));
    }

    @Test
    void hugeLogitsNeitherOverflowNorVanish() {
        assertThat(crossEntropy(0, 3e38, -3e38, 0).get(0)).isEqualTo(0);
        assertThat(crossEntropy(1, 1e6, 0, 0).get(0)).isEqualTo(1e6);
        assertThat(crossEntropy(0, -1e6, -1e6, -1e6).get(0))
                .isCloseTo(Math.log(3), within(TOLERANCE));
    }

    @Test
    void gradientIsSoftmaxMinusOneHot() {
        var g = crossEntropy(1, 0.5, -1, 2);
        double total = Math.exp(0.5) + Math.exp(-1) + Math.exp(2);
        assertThat(g.get(1)).isCloseTo(Math.exp(0.5) / total, within(TOLERANCE));
        assertThat(g.get(2)).isCloseTo(Math.exp(-1) / total - 1, within(TOLERANCE));
        assertThat(g.get(3)).isCloseTo(Math.exp(2) / total, within(TOLERANCE));
        // Ties for the largest logit get no share of their own.
        assertThat(crossEntropy(0, 1, 1, 1).get(2)).isCloseTo(1 / 3.0, within(TOLERANCE));
    }

    @Test
    void firstLargestLogitIsTheGuess() {
        var b = new ProgramBuilder();
        var logits = b.param(TensorType.f32(3, 3));
        var labels = b.param(TensorType.i32(3));
        var program = b.build(List.of(new Losses(b).correct(logits, labels)));
        var z = Values.of(TensorType.f32(3, 3), 1, 2, 2, 1, 2, 2, 5, 0, 0);
        var y = Values.of(TensorType.i32(3), 1, 2, 0);
        var correct = Reference.evaluate(program, List.of(z, y)).getFirst();
        assertThat(correct.toArray()).containsExactly(1, 0, 1);
    }

    /// The loss of one sample of three logits, then its gradient in each.
    private static List<Double> crossEntropy(int label, double... logits) {
        var b = new ProgramBuilder();
        var z = b.param(TensorType.f32(1, 3));
        var y = b.param(TensorType.i32(1));
        var loss = b.sumAll(new Losses(b).crossEntropy(z, y));
        var program = b.build(List.of(loss, Autodiff.gradient(b, loss, List.of(z)).getFirst()));
        var results =
                Reference.evaluate(
                        program,
                        List.of(
                                Values.of(TensorType.f32(1, 3), logits),
                                Values.of(TensorType.i32(1), label)));
        var g = results.getLast();
        return List.of(results.getFirst().get(0), g.get(0), g.get(1), g.get(2));
    }
}
