package motley.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.data.ArraySamples;
import motley.data.Samples;
import motley.interchange.SavedModel;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Dropout;
import motley.nn.Layer.Relu;
import motley.nn.Loss;
import motley.nn.Metric;
import motley.nn.Model;
import motley.nn.Schedule;
import motley.program.Engine;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model on one machine, on the engine for the JVM.
final class TrainerTest {
    private static final int FEATURES = 4;
    private static final int CLASSES = 3;
    private static final Tensor INPUTS = inputs(2, 300);
    private static final Tensor LABELS = labels(INPUTS);
    private static final Samples TRAIN = samples(inputs(1, 300));
    private static final Samples TEST = ArraySamples.of(INPUTS, LABELS);
    private static final FitSettings SETTINGS = FitSettings.of(6, 32, "adam:clip-norm=10");

    private final Engine engine = CpuEngine.open(new CpuSettings(1));

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void modelLearns() {
        var trainer = new Trainer(engine, model(), 1);
        var before = trainer.evaluate(TEST);
        var told = new ArrayList<Epoch>();
        var fast = SETTINGS.withRate(new Schedule.OneCycle(0.02));
        var epochs = trainer.fit(TRAIN, Optional.of(TEST), fast, told::add);
        assertThat(epochs).hasSize(6).isEqualTo(told);
        assertThat(epochs.getLast().validation()).hasValue(trainer.evaluate(TEST));
        assertThat(trainer.evaluate(TEST).loss()).isLessThan(before.loss() / 2);
        assertThat(trainer.evaluate(TEST).accuracy()).isGreaterThan(0.85);
    }

    @Test
    void batchThatDoesNotFitIsNamed() {
        try (var small = CpuEngine.open(new CpuSettings(1, 1000))) {
            var saved = new SavedModel(model(), new Trainer(engine, model(), 1).weights());
            assertThatThrownBy(
                            () ->
                                    new Trainer(small, saved)
                                            .fit(TRAIN, Optional.of(TEST), SETTINGS, _ -> {}))
                    .hasMessageStartingWith("batchSize: 32 (expected: one that fits; memory: ");
        }
    }

    /// Every loss falls, whatever kind of target it has.
    @Test
    void everyLossFalls() {
        var input = TensorType.f32(FEATURES);
        var shares = Tensor.ofFloats(INPUTS.shape(), INPUTS.toFloats());
        for (int i = 0; i < shares.shape().count(); i++) {
            shares.setFloat(i, i % FEATURES == 0 ? 0.5f : 0.5f / (FEATURES - 1));
        }
        var layers = List.of(new Model.Node(new Dense(FEATURES), List.of(0)));
        var losses =
                List.of(
                        new Loss.CrossEntropy(0.1),
                        new Loss.Hinge(),
                        new Loss.BinaryCrossEntropy(0.1),
                        new Loss.MeanSquaredError(),
                        new Loss.MeanAbsoluteError(),
                        new Loss.Huber(1),
                        new Loss.Divergence());
        for (var loss : losses) {
            boolean labelled = loss instanceof Loss.CrossEntropy || loss instanceof Loss.Hinge;
            var model = new Model("small", input, loss, layers);
            var samples = ArraySamples.of(INPUTS, labelled ? LABELS : shares);
            var trainer = new Trainer(engine, model, 1);
            double before = trainer.evaluate(samples).loss();
            trainer.fit(samples, Optional.empty(), SETTINGS, _ -> {});
            assertThat(trainer.evaluate(samples).loss()).as("%s", loss).isLessThan(before);
        }
    }

    /// Dropout and the order of samples follow from the seed, and threads leave no trace.
    @Test
    void seedDecidesEveryBit() {
        var weights = fitted(engine, SETTINGS);
        assertThat(fitted(engine, SETTINGS)).isEqualTo(weights);
        assertThat(fitted(engine, SETTINGS.withSeed(2))).isNotEqualTo(weights);
        try (var other = CpuEngine.open(new CpuSettings(3))) {
            assertThat(fitted(other, SETTINGS)).isEqualTo(weights);
        }
    }

    /// At a rate that moves no weight, only what is dropped changes from epoch to epoch.
    @Test
    void everyStepDropsOtherElements() {
        var trainer = new Trainer(engine, model(), 1);
        var still = FitSettings.of(20, 1, "sgd").withRate(new Schedule.Constant(1e-30));
        var epochs = trainer.fit(TRAIN.part(0, 1), Optional.empty(), still, _ -> {});
        assertThat(epochs.stream().map(e -> e.train().loss()).distinct()).hasSizeGreaterThan(2);
    }

    /// An average that forgets everything is the weights themselves.
    @Test
    void averagesBecomeTheWeights() {
        var plain = fitted(engine, FitSettings.of(2, 32, "adam"));
        assertThat(fitted(engine, FitSettings.of(2, 32, "adam:ema=0"))).isEqualTo(plain);
        assertThat(fitted(engine, FitSettings.of(2, 32, "adam:ema=0.9"))).isNotEqualTo(plain);
    }

    @Test
    void patienceBringsTheBestWeightsBack() {
        var trainer = new Trainer(engine, model(), 1);
        var wild = FitSettings.of(40, 32, "sgd").withRate(new Schedule.Constant(3));
        var epochs = trainer.fit(TRAIN, Optional.of(TEST), wild.withPatienceEpochs(2), _ -> {});
        var losses = epochs.stream().map(e -> e.validation().orElseThrow().loss()).toList();
        int best = losses.indexOf(losses.stream().min(Double::compare).orElseThrow());
        assertThat(epochs).hasSize(best + 3).hasSizeLessThan(40);
        assertThat(trainer.evaluate(TEST).loss()).isEqualTo(losses.get(best));
    }

    /// 300 samples are one full batch and a part of one. Logits are sums of at most 16 products of
    /// magnitude under 10, so rounding in f32 leaves five digits.
    @Test
    void predictionsAreThoseThatWereEvaluated() {
        var trainer = new Trainer(engine, model(), 1);
        trainer.fit(TRAIN, Optional.empty(), SETTINGS, _ -> {});
        var logits = trainer.predict(INPUTS);
        assertThat(logits.shape()).isEqualTo(Shape.of(300, CLASSES));
        double loss = 0;
        int correct = 0;
        for (int sample = 0; sample < 300; sample++) {
            int label = LABELS.getInt(sample);
            double sum = 0;
            int guess = 0;
            for (int c = 0; c < CLASSES; c++) {
                double z = logits.getFloat(sample * CLASSES + c);
                sum += Math.exp(z);
                if (z > logits.getFloat(sample * CLASSES + guess)) guess = c;
            }
            loss += Math.log(sum) - logits.getFloat(sample * CLASSES + label);
            if (guess == label) correct++;
        }
        var score = trainer.evaluate(TEST);
        assertThat(score.loss()).isCloseTo(loss / 300, within(1e-5));
        assertThat(score.accuracy()).isEqualTo(correct / 300.0);
    }

    /// Metrics come from the outputs, loss and accuracy from the program: they must agree.
    @Test
    void metricsAreThoseOfThePredictions() {
        var trainer = new Trainer(engine, model(), 1);
        var settings = SETTINGS.withMetrics("accuracy,top-2,f1,perplexity");
        var epochs = trainer.fit(TRAIN, Optional.of(TEST), settings, _ -> {});
        var evaluation = trainer.evaluate(TEST, settings.metrics());
        var score = evaluation.score();
        assertThat(epochs.getLast().validation()).hasValue(score);
        var plain = trainer.evaluate(TEST);
        assertThat(score.loss()).isEqualTo(plain.loss());
        assertThat(score.accuracy()).isEqualTo(plain.accuracy());
        var confusion = evaluation.confusion().orElseThrow();
        assertThat(confusion.total()).isEqualTo(300);
        assertThat(score.metric(new Metric.Accuracy()))
                .isEqualTo(plain.accuracy())
                .isEqualTo(confusion.accuracy())
                .isLessThan(score.metric(new Metric.TopK(2)));
        assertThat(score.metric(new Metric.F1())).isEqualTo(confusion.f1());
        // Sums of 300 numbers in f32 on the one side, of their float64 values on the other.
        assertThat(score.metric(new Metric.Perplexity()))
                .isCloseTo(Math.exp(plain.loss()), within(1e-4));
        assertThatThrownBy(() -> score.metric(new Metric.Recall()))
                .hasMessageStartingWith("metric: recall (expected: one that was asked for");
    }

    @Test
    void savedModelPredictsTheSameBits(@TempDir Path folder) throws IOException {
        var file = folder.resolve("models").resolve("small.safetensors");
        var trainer = new Trainer(engine, model(), 1);
        trainer.fit(TRAIN, Optional.empty(), SETTINGS, _ -> {});
        trainer.save(file);
        var loaded = Trainer.load(engine, file);
        assertThat(loaded.model()).isEqualTo(model());
        var expected = trainer.predict(INPUTS);
        assertThat(loaded.predict(INPUTS).data().mismatch(expected.data())).isEqualTo(-1);
        assertThat(loaded.evaluate(TEST)).isEqualTo(trainer.evaluate(TEST));
        // What is loaded is a copy: training goes on and leaves the file alone.
        var before = Files.readAllBytes(file);
        loaded.fit(TRAIN, Optional.empty(), SETTINGS, _ -> {});
        assertThat(file).hasBinaryContent(before);
    }

    /// After any epoch, in a new process as it were, with averages, schedule, dropout and patience.
    @Test
    void resumedTrainingEndsWithTheSameBits(@TempDir Path folder) throws IOException {
        var settings =
                FitSettings.of(6, 32, "adamw:ema=0.9")
                        .withRate(new Schedule.OneCycle(0.02))
                        .withPatienceEpochs(5);
        var whole = new Trainer(engine, model(), 1);
        var epochs =
                whole.fit(
                        TRAIN,
                        Optional.of(TEST),
                        settings,
                        e -> whole.saveCheckpoint(folder.resolve("after-" + e.number())));
        for (int after : new int[] {1, 3, 5}) {
            var trainer = Trainer.loadCheckpoint(engine, folder.resolve("after-" + after));
            assertThat(trainer.epochs()).isEqualTo(after);
            var rest = trainer.resume(TRAIN, Optional.of(TEST), settings, _ -> {});
            assertThat(rest).isEqualTo(epochs.subList(after, 6));
            assertThat(elements(trainer)).isEqualTo(elements(whole));
        }
    }

    /// Patience that ran out before the checkpoint counts on behind it.
    @Test
    void resumedTrainingKeepsTheBestWeights(@TempDir Path folder) throws IOException {
        var file = folder.resolve("wild");
        var rate = new Schedule.Constant(3);
        var wild = FitSettings.of(40, 32, "sgd").withRate(rate).withPatienceEpochs(2);
        var trainer = new Trainer(engine, model(), 1);
        var last = new int[1];
        var epochs =
                trainer.fit(
                        TRAIN,
                        Optional.of(TEST),
                        wild,
                        e -> {
                            if (e.number() > 1 && last[0] > 0) return;
                            trainer.saveCheckpoint(file);
                            last[0] = e.number();
                        });
        assertThat(epochs).hasSizeGreaterThan(2);
        var again = Trainer.loadCheckpoint(engine, file);
        assertThat(again.resume(TRAIN, Optional.of(TEST), wild, _ -> {}))
                .isEqualTo(epochs.subList(1, epochs.size()));
        assertThat(elements(again)).isEqualTo(elements(trainer));
    }

    @Test
    void checkpointsOfOthersAreRefused(@TempDir Path folder) throws IOException {
        var file = folder.resolve("small.safetensors");
        var trainer = new Trainer(engine, model(), 1);
        assertThatThrownBy(() -> trainer.resume(TRAIN, Optional.empty(), SETTINGS, _ -> {}))
                .hasMessage("resume: no training yet (expected: a fit or a checkpoint)");
        trainer.save(file);
        assertThatThrownBy(() -> Trainer.loadCheckpoint(engine, file))
                .hasMessage(file + ": no checkpoint: lacks checkpoint.epochs");
        trainer.fit(TRAIN, Optional.empty(), FitSettings.of(1, 32, "sgd"), _ -> {});
        trainer.saveCheckpoint(file);
        var loaded = Trainer.loadCheckpoint(engine, file);
        assertThatThrownBy(() -> loaded.resume(TRAIN, Optional.empty(), SETTINGS, _ -> {}))
                .hasMessageStartingWith("optimizer: needs adam.m.dense1.weight f32[4, 16]");
        assertThat(Trainer.load(engine, file).predict(INPUTS).data())
                .satisfies(
                        d -> assertThat(d.mismatch(trainer.predict(INPUTS).data())).isEqualTo(-1));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        var trainer = new Trainer(engine, model(), 1);
        var narrow = Tensor.ofFloats(Shape.of(1, 2), 1, 2);
        assertThatThrownBy(() -> trainer.predict(narrow))
                .hasMessage("inputs: f32[2] each (expected: f32[4])");
        assertThatThrownBy(() -> trainer.predict(Tensor.ofFloats(Shape.of(), 1)))
                .hasMessage("inputs: f32[] (expected: [count, …])");
        var unlabelled = ArraySamples.of(INPUTS, INPUTS);
        assertThatThrownBy(() -> trainer.evaluate(unlabelled))
                .hasMessage("targets: f32[4] each (expected: i32[])");
        var row = Tensor.ofFloats(Shape.of(1, 4), 1, 2, 3, 4);
        var unknown = ArraySamples.of(row, Tensor.ofInts(Shape.of(1), 9));
        assertThatThrownBy(() -> trainer.fit(unknown, Optional.empty(), SETTINGS, _ -> {}))
                .hasMessageStartingWith("target: 9 of sample 0 (expected: in [0, ");
        var patient = SETTINGS.withPatienceEpochs(1);
        assertThatThrownBy(() -> trainer.fit(TRAIN, Optional.empty(), patient, _ -> {}))
                .hasMessageContaining("patienceEpochs: 1 (expected: 0 without samples");
    }

    private static List<List<Float>> fitted(Engine engine, FitSettings settings) {
        var trainer = new Trainer(engine, model(), 1);
        trainer.fit(TRAIN, Optional.empty(), settings, _ -> {});
        return elements(trainer);
    }

    private static List<List<Float>> elements(Trainer trainer) {
        return trainer.weights().stream().map(TrainerTest::elements).toList();
    }

    private static List<Float> elements(Tensor x) {
        var values = new ArrayList<Float>();
        for (float value : x.toFloats()) values.add(value);
        return values;
    }

    private static Model model() {
        return new Model(
                "small",
                Shape.of(FEATURES),
                CLASSES,
                List.of(new Dense(16), new Relu(), new Dropout(0.1), new Dense(CLASSES)));
    }

    /// Points in space.
    private static Tensor inputs(long seed, int count) {
        var random = new SplittableRandom(seed);
        var inputs = new float[count * FEATURES];
        for (int i = 0; i < inputs.length; i++) inputs[i] = (float) random.nextDouble(-1, 1);
        return Tensor.ofFloats(Shape.of(count, FEATURES), inputs);
    }

    /// Which of the first three coordinates is the largest.
    private static Tensor labels(Tensor inputs) {
        var labels = new int[inputs.shape().dim(0)];
        for (int sample = 0; sample < labels.length; sample++) {
            int first = sample * FEATURES;
            for (int c = 1; c < CLASSES; c++) {
                float largest = inputs.getFloat(first + labels[sample]);
                if (inputs.getFloat(first + c) > largest) labels[sample] = c;
            }
        }
        return Tensor.ofInts(Shape.of(labels.length), labels);
    }

    private static Samples samples(Tensor inputs) {
        return ArraySamples.of(inputs, labels(inputs));
    }
}
