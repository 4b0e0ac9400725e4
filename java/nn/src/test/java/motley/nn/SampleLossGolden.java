package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Losses and their gradients against PyTorch's numbers, which tools/golden/losses.py writes, and
/// against the slope; all in float64.
final class SampleLossGolden {
    /// Some fifty operations of relative error 2⁻⁵³ each lead to a number.
    private static final double TOLERANCE = 1e-13;

    private static final int BATCH = 6;
    private static final int CLASSES = 5;
    private static final TensorType OUTPUTS = TensorType.f32(BATCH, CLASSES);
    private static final GoldenNumbers GOLDEN = GoldenNumbers.read("losses.txt");

    enum Kind {
        CROSS_ENTROPY,
        CROSS_ENTROPY_SMOOTHED,
        BINARY,
        BINARY_SMOOTHED,
        SQUARED,
        ABSOLUTE,
        HUBER,
        HINGE,
        DIVERGENCE;

        Var of(SampleLoss loss, Var y, Var t) {
            return switch (this) {
                case CROSS_ENTROPY -> loss.crossEntropy(y, t, 0);
                case CROSS_ENTROPY_SMOOTHED -> loss.crossEntropy(y, t, 0.25);
                case BINARY -> loss.binaryCrossEntropy(y, t, 0);
                case BINARY_SMOOTHED -> loss.binaryCrossEntropy(y, t, 0.25);
                case SQUARED -> loss.meanSquaredError(y, t);
                case ABSOLUTE -> loss.meanAbsoluteError(y, t);
                case HUBER -> loss.huber(y, t, 0.75);
                case HINGE -> loss.hinge(y, t);
                case DIVERGENCE -> loss.divergence(y, t);
            };
        }

        Values targets() {
            return switch (this) {
                case CROSS_ENTROPY, CROSS_ENTROPY_SMOOTHED, HINGE ->
                        Formula.labels(1, BATCH, CLASSES);
                case BINARY, BINARY_SMOOTHED, SQUARED, ABSOLUTE, HUBER -> shares();
                case DIVERGENCE -> probabilities();
            };
        }

        String row() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @ParameterizedTest
    @EnumSource
    void lossesAndGradientsArePyTorchs(Kind loss) {
        var results = evaluate(loss, outputs());
        GOLDEN.assertRow(loss.row(), results.get(0).toArray(), TOLERANCE);
        double[] gradient = {Formula.projection(results.get(2))};
        GOLDEN.assertRow(loss.row() + ".gradient", gradient, TOLERANCE);
    }

    /// The quotient's error is about 10⁻¹⁰ times the third derivative plus 2⁻⁵³ / 10⁻⁵ of the loss;
    /// no kink lies within 10⁻⁵ of these outputs.
    @ParameterizedTest
    @EnumSource
    void gradientIsTheSlope(Kind loss) {
        var random = new SplittableRandom(7);
        var v = outputs().map(_ -> random.nextDouble(-1, 1));
        double slope = evaluate(loss, outputs()).get(2).zip(v, (g, x) -> g * x).sum();
        double above = evaluate(loss, outputs().zip(v, (y, x) -> y + 1e-5 * x)).get(1).get(0);
        double below = evaluate(loss, outputs().zip(v, (y, x) -> y - 1e-5 * x)).get(1).get(0);
        assertThat(slope).isCloseTo((above - below) / 2e-5, within(1e-8));
    }

    /// `exp` of 10⁴ is infinite; the losses and their gradients must not notice.
    @ParameterizedTest
    @EnumSource
    void hugeOutputsStayFinite(Kind loss) {
        var huge = Formula.fill(OUTPUTS, i -> i % 3 == 0 ? 1e4 : i % 3 == 1 ? -1e4 : 0);
        for (var result : evaluate(loss, huge)) {
            assertThat(Arrays.stream(result.toArray()).allMatch(Double::isFinite)).isTrue();
        }
        assertThat(evaluate(loss, huge).get(1).get(0)).isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource
    void notANumberIsNotHidden(Kind loss) {
        var spoilt = outputs().map(_ -> Double.NaN);
        for (double value : evaluate(loss, spoilt).getFirst().toArray()) assertThat(value).isNaN();
    }

    @Test
    void everyRowIsCompared() {
        var rows =
                Arrays.stream(Kind.values())
                        .flatMap(l -> List.of(l.row(), l.row() + ".gradient").stream());
        assertThat(rows).containsExactlyElementsOf(GOLDEN.rows().keySet());
    }

    /// Every sample's loss, `Σ weight·loss`, and its gradient in the outputs.
    private static List<Values> evaluate(Kind loss, Values outputs) {
        var weights = Formula.fill(TensorType.f32(BATCH), i -> (i + 1) / 4.0);
        var targets = loss.targets();
        return Reference.evaluate(
                program(loss, targets.type()), List.of(outputs, targets, weights));
    }

    private static Program program(Kind loss, TensorType targets) {
        var b = new ProgramBuilder();
        var y = b.param(OUTPUTS);
        var t = b.param(targets);
        var weights = b.param(TensorType.f32(BATCH));
        var each = loss.of(new SampleLoss(b), y, t); // [batch]
        var sum = b.sumAll(b.mul(each, weights));
        return b.build(List.of(each, sum, Autodiff.gradient(b, sum, List.of(y)).getFirst()));
    }

    private static Values outputs() {
        return Formula.fill(OUTPUTS, i -> 6 * Formula.uniform(3, i) - 3);
    }

    private static Values shares() {
        return Formula.fill(OUTPUTS, i -> Formula.uniform(2, i));
    }

    private static Values probabilities() {
        var sparse = shares().map(x -> x < 0.25 ? 0 : x);
        return Formula.fill(
                OUTPUTS,
                i -> {
                    int first = i / CLASSES * CLASSES;
                    var row = IntStream.range(first, first + CLASSES).mapToDouble(sparse::get);
                    return sparse.get(i) / row.sum();
                });
    }
}
