package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import motley.nn.Schedule.Cosine;
import motley.nn.Schedule.WarmUp;
import motley.nn.Trainer.Batch;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole training runs against PyTorch's numbers, which tools/golden/training.py writes.
///
/// Both sides compute in float64 from equal inputs, so they differ by rounding alone: 2⁻⁵³ a
/// operation, over some 10⁵ operations a step and ten steps, leaves nine digits with room to spare.
final class TrainingGolden {
    private static final double TOLERANCE = 1e-9;
    private static final int STEPS = 10;
    private static final Map<String, double[]> GOLDEN = GoldenNumbers.read("training.txt").rows();

    /// @param counted samples of each batch that weigh 1; the others must not count
    record Case(String name, Model model, String optimizer, int batch, int counted) {
        double rate() {
            return optimizer.equals("adam") ? 0x1p-11 : 0x1p-5;
        }

        double[] golden(String what) {
            return GOLDEN.get(name + "." + optimizer + "." + what);
        }

        @Override
        public String toString() {
            return name + " " + optimizer;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("small-cnn", SmallModels.cnn(), "adam", 8, 7),
                new Case("small-cnn", SmallModels.cnn(), "sgd", 8, 7),
                new Case("small-cnn", SmallModels.cnn(), "nesterov", 8, 7),
                new Case("small-mlp", SmallModels.mlp(), "adam", 8, 8),
                new Case("strided", SmallModels.strided(), "adam", 4, 4));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void firstGradientsArePyTorchs(Case c) {
        var trainer = new Trainer(c.model);
        var contribution = trainer.gradient(Batch.of(c.model, 1, c.batch, c.counted));
        var mean = mean(contribution.gradients(), c.counted);
        assertClose(mean.stream().mapToDouble(TrainingGolden::norm), c.golden("gradientNorm"));
        assertClose(mean.stream().mapToDouble(Formula::projection), c.golden("gradientProjection"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsGivePyTorchsLossesAndParameters(Case c) {
        var trainer = new Trainer(c.model);
        var p = TrainingPrograms.step(c.model, Optimizers.named(c.optimizer), c.batch);
        var carried = new ArrayList<>(trainer.parameters);
        carried.addAll(zeroState(c));
        var losses = DoubleStream.builder();
        for (int step = 1; step <= STEPS; step++) {
            var batch = Batch.of(c.model, step, c.batch, c.counted);
            var params = Trainer.params(p);
            for (int i = 0; i < carried.size(); i++) params.set(i, carried.get(i));
            params.set(p.learningRate(), scalar(c.rate()));
            params.set(p.step(), scalar(step));
            params.set(p.inputs(), batch.images());
            params.set(p.targets(), batch.labels());
            params.set(p.weights(), batch.weights());
            params.set(p.samples(), batch.samples());
            params.set(p.key(), Trainer.KEY);
            var results = Reference.evaluate(p.program(), params);
            losses.add(results.get(p.lossSum()).get(0) / c.counted);
            for (var carry : p.carries()) carried.set(carry.param(), results.get(carry.result()));
        }
        assertClose(losses.build(), c.golden("loss"));
        var last = Trainer.take(carried, p.parameters());
        assertClose(
                last.stream().mapToDouble(Formula::projection), c.golden("parameterProjection"));
    }

    /// The way of the distributed run: gradient sums of micro-batches, then an update of the mean.
    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAndUpdatesGivePyTorchsParameters(Case c) {
        var trainer = new Trainer(c.model);
        var p = TrainingPrograms.update(c.model, Optimizers.named(c.optimizer));
        var state = zeroState(c);
        var losses = DoubleStream.builder();
        for (int step = 1; step <= STEPS; step++) {
            var sum = trainer.gradient(Batch.of(c.model, step, c.batch, c.counted));
            losses.add(sum.lossSum() / c.counted);
            var params = Trainer.params(p);
            Trainer.put(params, p.parameters(), trainer.parameters);
            Trainer.put(params, p.state(), state);
            Trainer.put(params, p.gradients(), mean(sum.gradients(), c.counted));
            params.set(p.learningRate(), scalar(c.rate()));
            params.set(p.step(), scalar(step));
            var results = Reference.evaluate(p.program(), params);
            trainer.parameters = Trainer.take(results, p.parameters());
            state = Trainer.take(results, p.state());
        }
        assertClose(losses.build(), c.golden("loss"));
        assertClose(
                trainer.parameters.stream().mapToDouble(Formula::projection),
                c.golden("parameterProjection"));
    }

    @Test
    void cosineFallsAsPyTorchs() {
        var warm = new WarmUp(4, new Cosine(0.5, 0.125));
        assertClose(rates(warm, 12), GOLDEN.get("cosine.warmUp"));
        assertClose(rates(new Cosine(1, 0), 8), GOLDEN.get("cosine.plain"));
    }

    private static DoubleStream rates(Schedule schedule, int stepsTotal) {
        return DoubleStream.iterate(1, step -> step + 1)
                .limit(stepsTotal)
                .map(step -> schedule.rate((long) step, stepsTotal));
    }

    private static List<Values> zeroState(Case c) {
        return Optimizers.named(c.optimizer).state(c.model.parameters()).stream()
                .map(spec -> Values.filled(spec.type(), 0))
                .toList();
    }

    private static List<Values> mean(List<Values> sums, int count) {
        return sums.stream().map(sum -> sum.map(x -> x / count)).toList();
    }

    private static double norm(Values x) {
        return Math.sqrt(x.map(element -> element * element).sum());
    }

    private static Values scalar(double value) {
        return Values.of(TensorType.f32(), value);
    }

    private static void assertClose(DoubleStream actual, double[] expected) {
        var numbers = actual.toArray();
        assertThat(numbers).hasSameSizeAs(expected);
        for (int i = 0; i < numbers.length; i++) {
            double bound = TOLERANCE * (1 + Math.abs(expected[i]));
            assertThat(numbers[i]).as("number %d", i).isCloseTo(expected[i], within(bound));
        }
    }
}
