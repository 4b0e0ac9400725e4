package motley.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import motley.nn.Layer.Dense;
import motley.nn.Loss;
import motley.nn.Metric;
import motley.nn.Model;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Metrics at the edges of what they are made for.
final class TallyTest {
    private static final Model CLASSIFIER =
            Model.sequential("classes", TensorType.f32(2), new Dense(3));

    /// A model whose outputs are not numbers must not look good.
    @Test
    void notANumberIsNeverRight() {
        var tally = new Tally(CLASSIFIER, Metric.list("top-1,top-2,perplexity"));
        float nan = Float.NaN;
        tally.add(logits(nan, nan, nan), Tensor.ofInts(Shape.of(1), 0), 1);
        assertThat(tally.values().get(new Metric.TopK(1))).isZero();
        assertThat(tally.values().get(new Metric.TopK(2))).isZero();
        assertThat(tally.values().get(new Metric.Perplexity())).isNaN();
    }

    @Test
    void hugeLogitsDoNotOverflow() {
        var tally = new Tally(CLASSIFIER, Metric.list("perplexity"));
        tally.add(logits(1e30f, 1e30f, -1e30f), Tensor.ofInts(Shape.of(1), 1), 1);
        assertThat(tally.values().get(new Metric.Perplexity())).isEqualTo(Math.exp(Math.log(2)));
    }

    @Test
    void equalLogitsHesitateBetweenAll() {
        var tally = new Tally(CLASSIFIER, Metric.list("perplexity,accuracy,f1"));
        tally.add(logits(5, 5, 5), Tensor.ofInts(Shape.of(1), 2), 1);
        assertThat(tally.values().get(new Metric.Accuracy())).isZero();
        assertThat(tally.values().get(new Metric.F1())).isZero();
        double perplexity = Math.exp(Math.log(3));
        assertThat(tally.values().get(new Metric.Perplexity())).isEqualTo(perplexity);
    }

    @Test
    void sharesOfClassesAreTheirLargest() {
        var model = CLASSIFIER.with(new Loss.Divergence());
        var tally = new Tally(model, Metric.list("accuracy,f1"));
        tally.add(logits(1, 3, 2), logits(0.25f, 0.5f, 0.25f), 1);
        assertThat(tally.values().values()).containsExactly(1.0, 1.0);
    }

    @Test
    void metricsThatSayNothingAreRefused() {
        var numbers = CLASSIFIER.with(new Loss.MeanSquaredError());
        assertRefused(numbers, "f1", "metric: f1 (expected: one that goes with the loss mean-sq");
        assertRefused(CLASSIFIER, "mae", "metric: mae (expected: one that goes with the loss");
        assertRefused(CLASSIFIER, "top-4", "metric: top-4 (expected: at most top-3)");
        assertRefused(CLASSIFIER.with(new Loss.Hinge()), "perplexity", "metric: perplexity");
        assertRefused(CLASSIFIER.with(new Loss.BinaryCrossEntropy(0)), "top-2", "metric: top-2");
    }

    @Test
    void targetsThatAreNoClassAreRefused() {
        var tally = new Tally(CLASSIFIER, List.of());
        assertThatThrownBy(() -> tally.add(logits(1, 2, 3), Tensor.ofInts(Shape.of(1), 3), 1))
                .hasMessage("target: 3 (expected: a class, 0 to 2)");
    }

    @Test
    void matrixHasALimit() {
        assertThat(new Confusion(Confusion.CLASSES_MAX).classes()).isEqualTo(4096);
        assertThatThrownBy(() -> new Confusion(Confusion.CLASSES_MAX + 1))
                .hasMessage("classes: 4097 (expected: 1 to 4096)");
    }

    private static void assertRefused(Model model, String metric, String message) {
        assertThatThrownBy(() -> new Tally(model, Metric.list(metric)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static Tensor logits(float... values) {
        return Tensor.ofFloats(Shape.of(1, 3), values);
    }
}
