package motley.training;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import motley.data.ArraySamples;
import motley.data.Samples;
import motley.interchange.SavedModel;
import motley.nn.Metric;
import motley.nn.Model;
import motley.nn.TrainingProgram.Span;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.Executable;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.training.Standing.Lowest;

/// A model with its weights, on one machine and without a coordinator.
///
/// ```java
/// try (var engine = CpuEngine.open(new CpuSettings(2))) {
///     var trainer = new Trainer(engine, Models.named("mnist-mlp"), 1);
///     trainer.fit(train, Optional.of(test), FitSettings.of(5, 128, "adam"), System.out::println);
///     trainer.save(Path.of("mnist.safetensors"));
/// }
/// ```
///
/// The weights are a function of model, samples, settings and seeds, bit for bit on engines of one
/// numeric class. Order of samples, first weights and dropout are those of a run over many devices;
/// that run adds gradients exactly and so differs in the last bits.
///
/// The engine stays the caller's, who closes it. Confined to one thread.
public final class Trainer {
    /// Samples evaluated or predicted at once.
    public static final int BATCH_MAX = 256;

    private final Engine engine;
    private final Model model;
    private final Optional<String> keras; // its description there, if it is from Keras
    private final List<Tensor> weights;
    private Optional<Standing> standing = Optional.empty();

    private Trainer(Engine engine, Model model, Optional<String> keras) {
        this.engine = engine;
        this.model = model;
        this.keras = keras;
        weights = model.parameters().stream().map(spec -> Tensor.onHeap(spec.type())).toList();
    }

    /// Begins with the weights of `saved`, which are copied.
    public Trainer(Engine engine, SavedModel saved) {
        this(engine, saved.model(), saved.keras());
        for (int i = 0; i < weights.size(); i++) weights.get(i).copyFrom(saved.weights().get(i));
    }

    /// Draws the first weights.
    ///
    /// @param seed of the first weights
    public Trainer(Engine engine, Model model, long seed) {
        this(engine, model, Optional.empty());
        var initial = TrainingPrograms.initial(model);
        try (var drawing = engine.prepare(initial.program(), List.of())) {
            drawing.write(initial.key(), Keys.of(seed));
            drawing.run();
            for (int i = 0; i < weights.size(); i++) {
                drawing.read(initial.parameters().at(i), weights.get(i));
            }
        }
    }

    /// Trains from the present weights, with an optimizer that has seen nothing.
    ///
    /// @param validation samples to evaluate after every epoch
    /// @param progress told of every epoch as it ends
    /// @return every epoch, in order
    /// @throws IllegalArgumentException if samples do not fit the model, or there is patience
    ///     without validation, or a metric does not fit the model
    public List<Epoch> fit(
            Samples train,
            Optional<Samples> validation,
            FitSettings settings,
            Consumer<Epoch> progress) {
        standing = Optional.empty();
        return run(train, validation, settings, progress);
    }

    /// Goes on where the last [#fit] stood, or the one whose checkpoint was loaded: with its
    /// parameters, its optimizer's state and its number of epochs, up to `settings.epochs()`.
    ///
    /// With the samples and settings of that fit the weights are, bit for bit, those of a fit that
    /// was never interrupted. With more epochs than it had planned, a schedule is another from its
    /// first step on, of which the rest is used.
    ///
    /// @return the epochs from here on
    /// @throws IllegalArgumentException if there is nothing to go on from, if the optimizer keeps
    ///     another state, or as [#fit] does
    public List<Epoch> resume(
            Samples train,
            Optional<Samples> validation,
            FitSettings settings,
            Consumer<Epoch> progress) {
        require(standing.isPresent(), "resume: no training yet (expected: a fit or a checkpoint)");
        return run(train, validation, settings, progress);
    }

    private List<Epoch> run(
            Samples train,
            Optional<Samples> validation,
            FitSettings settings,
            Consumer<Epoch> progress) {
        requireFit(train);
        validation.ifPresent(this::requireFit);
        settings.metrics().forEach(metric -> metric.requireFits(model));
        int patience = settings.patienceEpochs();
        require(
                patience == 0 || validation.isPresent(),
                "patienceEpochs: %d (expected: 0 without samples for validation)",
                patience);
        var epochs = new ArrayList<Epoch>();
        var before = standing.flatMap(Standing::best);
        var best = before.map(b -> new Best(weights, b)).orElseGet(() -> new Best(weights));
        try (var stepper = new Stepper(engine, model, settings, train)) {
            standing.ifPresentOrElse(stepper::begin, () -> stepper.begin(weights));
            int first = standing.map(Standing::epochs).orElse(0) + 1;
            for (int number = first; number <= settings.epochs(); number++) {
                var score = stepper.epoch(number - 1);
                stepper.read(weights);
                var epoch = new Epoch(number, score, validation.map(v -> judged(v, settings)));
                epochs.add(epoch);
                boolean isOver = patience > 0 && best.isOver(epoch, patience);
                var kept = patience > 0 ? Optional.of(best.lowest()) : Optional.<Lowest>empty();
                standing = Optional.of(stepper.standing(number, kept));
                progress.accept(epoch);
                if (isOver) break;
            }
        }
        if (patience > 0) best.restore();
        return List.copyOf(epochs);
    }

    /// Loss and accuracy of the present weights, without dropout.
    ///
    /// @throws IllegalArgumentException if the samples do not fit the model
    public Score evaluate(Samples samples) {
        requireFit(samples);
        int size = Math.min(BATCH_MAX, samples.count());
        var program = TrainingPrograms.evaluate(model, size);
        try (var executable = engine.prepare(program.program(), List.of())) {
            return pass(samples, size, executable, (_, _) -> {});
        }
    }

    /// The same with metrics, and which classes the model takes for which.
    ///
    /// @param metrics such as `Metric.list("top-5,f1")`
    /// @throws IllegalArgumentException if samples or metrics do not fit the model
    public Evaluation evaluate(Samples samples, List<Metric> metrics) {
        requireFit(samples);
        var tally = new Tally(model, metrics);
        int size = Math.min(BATCH_MAX, samples.count());
        var program = TrainingPrograms.examine(model, size);
        var outputs = Batch.batched(output(), size);
        try (var executable = engine.prepare(program.program(), List.of())) {
            var score =
                    pass(
                            samples,
                            size,
                            executable,
                            (batch, count) -> {
                                executable.read(program.output(), outputs);
                                tally.add(outputs, batch.targets(), count);
                            });
            var whole = new Score(score.loss(), score.accuracy(), tally.values());
            return new Evaluation(whole, tally.confusion());
        }
    }

    /// Told of every batch that was run, and of how many of its samples count.
    private interface Seen {
        void batch(Batch batch, int count);
    }

    /// Runs all samples through `executable`, which evaluates or examines `size` at once: its
    /// params and first results are the same.
    private Score pass(Samples samples, int size, Executable executable, Seen seen) {
        int count = samples.count();
        var batch = Batch.allocate(model, size);
        int inputs = weights.size(); // the first param behind the parameters
        var totals = new Totals();
        var scalar = Tensor.onHeap(TensorType.f32());
        handOver(executable, new Span(0, weights.size()));
        for (int first = 0; first < count; first += size) {
            int end = Math.min(count, first + size);
            batch.fill(samples, IntStream.range(first, end).toArray());
            executable.write(inputs, batch.inputs());
            executable.write(inputs + 1, batch.targets());
            executable.write(inputs + 2, batch.weights());
            executable.run();
            executable.read(0, scalar);
            double lossSum = scalar.getFloat(0);
            executable.read(1, scalar);
            totals.add(lossSum, scalar.getFloat(0));
            seen.batch(batch, end - first);
        }
        return totals.score(count);
    }

    /// What the model makes of inputs, without dropout: logits, for a classifier.
    ///
    /// @param inputs `[count, …]` of the model's input type, for any count
    /// @return f32 `[count, …]`, one output for each input
    /// @throws IllegalArgumentException if the inputs do not fit the model
    public Tensor predict(Tensor inputs) {
        require(inputs.shape().rank() >= 1, "inputs: %s (expected: [count, …])", inputs);
        int count = inputs.shape().dim(0);
        var samples = ArraySamples.of(inputs, Batch.batched(model.target(), count));
        requireFit(samples);
        var batch = Batch.allocate(model, Math.min(BATCH_MAX, count));
        var program = TrainingPrograms.predict(model, batch.size());
        var one = output();
        var rows = Batch.batched(one, batch.size());
        var outputs = Batch.batched(one, count);
        try (var executable = engine.prepare(program.program(), List.of())) {
            handOver(executable, program.parameters());
            for (int first = 0; first < count; first += batch.size()) {
                int end = Math.min(count, first + batch.size());
                batch.fill(samples, IntStream.range(first, end).toArray());
                executable.write(program.inputs(), batch.inputs());
                executable.run();
                executable.read(program.output(), rows);
                long bytes = (end - first) * one.sizeBytes();
                var from = rows.data().asSlice(0, bytes);
                outputs.data().asSlice(first * one.sizeBytes(), bytes).copyFrom(from);
            }
        }
        return outputs;
    }

    /// Writes model and weights to `file`, from which [#load] and `motley predict` take them.
    ///
    /// @throws IOException if the disk refuses
    public void save(Path file) throws IOException {
        saved().write(file);
    }

    /// A trainer with the model and the weights that `file` holds.
    ///
    /// @throws IOException if the file cannot be read or is damaged; the message says how
    public static Trainer load(Engine engine, Path file) throws IOException {
        return new Trainer(engine, SavedModel.read(file));
    }

    /// Writes to `file` what [#resume] needs besides samples and settings. It is a model file too,
    /// with the present weights. While a fit goes on, `progress` may call this after each epoch:
    ///
    /// ```java
    /// trainer.fit(train, test, settings, epoch -> trainer.saveCheckpoint(file));
    /// ```
    ///
    /// @throws IllegalArgumentException if there was no epoch yet
    /// @throws UncheckedIOException if the disk refuses
    public void saveCheckpoint(Path file) {
        require(standing.isPresent(), "checkpoint: no training yet (expected: a fit before)");
        try {
            standing.orElseThrow().write(file, saved());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A trainer whose [#resume] goes on where the one stood that wrote `file`.
    ///
    /// @throws IOException if the file cannot be read or is no checkpoint; the message says why
    public static Trainer loadCheckpoint(Engine engine, Path file) throws IOException {
        var trainer = load(engine, file);
        trainer.standing = Optional.of(Standing.read(file, trainer.model));
        return trainer;
    }

    /// Epochs that the last fit has behind it, those before a checkpoint among them.
    public int epochs() {
        return standing.map(Standing::epochs).orElse(0);
    }

    /// The model with the present weights, which the next fit changes.
    public SavedModel saved() {
        return new SavedModel(model, weights, keras);
    }

    public Model model() {
        return model;
    }

    /// The present weights, in the order of the model's parameters; changed by the next fit.
    public List<Tensor> weights() {
        return weights;
    }

    private Score judged(Samples validation, FitSettings settings) {
        var metrics = settings.metrics();
        return metrics.isEmpty() ? evaluate(validation) : evaluate(validation, metrics).score();
    }

    private TensorType output() {
        return new TensorType(DType.F32, model.outputShape());
    }

    private void handOver(Executable executable, Span parameters) {
        for (int i = 0; i < weights.size(); i++) {
            executable.write(parameters.at(i), weights.get(i));
        }
    }

    private void requireFit(Samples samples) {
        require(
                samples.inputType().equals(model.input()),
                "inputs: %s each (expected: %s)",
                samples.inputType(),
                model.input());
        require(
                samples.targetType().equals(model.target()),
                "targets: %s each (expected: %s)",
                samples.targetType(),
                model.target());
        samples.requireClasses(model.classes());
    }
}
