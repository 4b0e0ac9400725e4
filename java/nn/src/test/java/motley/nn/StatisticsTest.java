package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import motley.nn.Layer.BatchNorm;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Flatten;
import motley.nn.Trainer.Batch;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Running statistics travel like parameters: devices add up what they measured, an update blends
/// it, evaluation reads it.
final class StatisticsTest {
    private static final double MOMENTUM = 0.25;
    private static final int MEAN = 2;
    private static final int VARIANCE = 3;
    private static final Shape IMAGE = Shape.of(8, 8, 1);

    /// Rounding of sums of 64 numbers near 1 in float64.
    private static final double TOLERANCE = 1e-12;

    private static final Model MODEL =
            new Model(
                    "normal",
                    IMAGE,
                    10,
                    List.of(new BatchNorm(MOMENTUM, 1e-5), new Flatten(), new Dense(10)));

    @Test
    void namesAndRolesFollowTheLayer() {
        var names = MODEL.parameters().stream().map(ParameterSpec::name).toList();
        assertThat(names)
                .containsExactly(
                        "batchnorm1.weight",
                        "batchnorm1.bias",
                        "batchnorm1.mean",
                        "batchnorm1.variance",
                        "dense1.weight",
                        "dense1.bias");
        assertThat(MODEL.parameters().get(MEAN).isTrained()).isFalse();
        var state = Optimizers.named("adam").state(trained());
        assertThat(state).hasSize(8).noneMatch(spec -> spec.name().contains("mean"));
    }

    @Test
    void gradientsCarryMeasurementsTimesTheWeight() {
        var trainer = new Trainer(MODEL);
        var batch = Batch.of(MODEL, 1, 4, 4);
        var pixels = batch.images().toArray();
        double mean = mean(pixels);
        double square = 0;
        for (double pixel : pixels) square += (pixel - mean) * (pixel - mean);
        double unbiased = square / (pixels.length - 1);

        var sums = trainer.gradient(batch).gradients();
        assertThat(sums.get(MEAN).get(0)).isCloseTo(4 * mean, within(TOLERANCE));
        assertThat(sums.get(VARIANCE).get(0)).isCloseTo(4 * unbiased, within(TOLERANCE));
    }

    /// A batch that is filled up gives what the samples that count would give alone.
    @Test
    void samplesOfWeightZeroLeaveNoTrace() {
        var trainer = new Trainer(MODEL);
        var full = Batch.of(MODEL, 1, 4, 3);
        var pixels = Arrays.copyOf(full.images().toArray(), 3 * IMAGE.count());
        var few = full.images().type().with(IMAGE.prepend(3));
        var alone =
                new Batch(
                        Formula.fill(few, i -> pixels[i]),
                        Formula.fill(TensorType.i32(3), i -> full.labels().get(i)),
                        Formula.fill(TensorType.f32(3), _ -> 1),
                        Formula.fill(TensorType.i32(3), i -> full.samples().get(i)));
        var sums = trainer.gradient(full).gradients();
        var expected = trainer.gradient(alone).gradients();
        for (int i = 0; i < sums.size(); i++) {
            assertThat(sums.get(i).toArray())
                    .containsExactly(expected.get(i).toArray(), within(TOLERANCE));
        }
    }

    @Test
    void updateBlendsStatisticsAndMovesTheRest() {
        var update = TrainingPrograms.update(MODEL, Optimizers.named("sgd"));
        var params = Trainer.params(update);
        for (int i = 0; i < params.size(); i++) {
            params.set(i, Values.filled(update.program().paramTypes().get(i), 1));
        }
        params.set(update.gradients().at(MEAN), Values.of(TensorType.f32(1), 5));
        params.set(update.learningRate(), Values.filled(TensorType.f32(), 0.5));
        var moved = Reference.evaluate(update.program(), params);
        assertThat(moved.get(MEAN).get(0)).isCloseTo(1 + MOMENTUM * 4, within(TOLERANCE));
        assertThat(moved.get(0).get(0)).isLessThan(1);
    }

    @Test
    void evaluationReadsWhatRuns() {
        var p = TrainingPrograms.predict(MODEL, 1);
        var low = output(p, 0.25);
        var high = output(p, 0.75);
        assertThat(low.toArray()).isNotEqualTo(high.toArray());
    }

    private static Values output(TrainingProgram.Predict p, double runningMean) {
        var trainer = new Trainer(MODEL);
        var params = new ArrayList<>(trainer.parameters);
        params.set(0, Values.of(TensorType.f32(1), 1));
        params.set(MEAN, Values.of(TensorType.f32(1), runningMean));
        params.set(VARIANCE, Values.of(TensorType.f32(1), 1));
        params.add(Batch.of(MODEL, 1, 1, 1).images());
        return Reference.evaluate(p.program(), params).get(p.output());
    }

    private static List<ParameterSpec> trained() {
        return MODEL.parameters().stream().filter(ParameterSpec::isTrained).toList();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) sum += value;
        return sum / values.length;
    }
}
