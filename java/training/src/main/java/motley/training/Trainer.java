package motley.training;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import motley.data.ArraySamples;
import motley.data.Samples;
import motley.nn.Model;
import motley.nn.TrainingProgram.Span;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.Executable;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A model with its weights, on one machine and without a coordinator.
///
/// ```java
/// try (var engine = CpuEngine.open(new CpuSettings(2))) {
///     var trainer = new Trainer(engine, Models.named("mnist-mlp"), 1);
///     trainer.fit(train, Optional.of(test), FitSettings.of(5, 128, "adam"), System.out::println);
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
    private final List<Tensor> weights;

    /// Draws the first weights.
    ///
    /// @param seed of the first weights
    public Trainer(Engine engine, Model model, long seed) {
        this.engine = engine;
        this.model = model;
        weights = model.parameters().stream().map(spec -> Tensor.onHeap(spec.type())).toList();
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
    ///     without validation
    public List<Epoch> fit(
            Samples train,
            Optional<Samples> validation,
            FitSettings settings,
            Consumer<Epoch> progress) {
        requireFit(train);
        validation.ifPresent(this::requireFit);
        int patience = settings.patienceEpochs();
        require(
                patience == 0 || validation.isPresent(),
                "patienceEpochs: %d (expected: 0 without samples for validation)",
                patience);
        var epochs = new ArrayList<Epoch>();
        var best = new Best(weights);
        try (var stepper = new Stepper(engine, model, settings, train, weights)) {
            for (int number = 1; number <= settings.epochs(); number++) {
                var score = stepper.epoch(number - 1);
                stepper.read(weights);
                var epoch = new Epoch(number, score, validation.map(this::evaluate));
                epochs.add(epoch);
                progress.accept(epoch);
                if (patience > 0 && best.isOver(epoch, patience)) break;
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
        int count = samples.count();
        var batch = Batch.allocate(model, Math.min(BATCH_MAX, count));
        var program = TrainingPrograms.evaluate(model, batch.size());
        var totals = new Totals();
        var scalar = Tensor.onHeap(TensorType.f32());
        try (var executable = engine.prepare(program.program(), List.of())) {
            handOver(executable, program.parameters());
            for (int first = 0; first < count; first += batch.size()) {
                int end = Math.min(count, first + batch.size());
                batch.fill(samples, IntStream.range(first, end).toArray());
                executable.write(program.inputs(), batch.inputs());
                executable.write(program.targets(), batch.targets());
                executable.write(program.weights(), batch.weights());
                executable.run();
                executable.read(program.lossSum(), scalar);
                double lossSum = scalar.getFloat(0);
                executable.read(program.correct(), scalar);
                totals.add(lossSum, scalar.getFloat(0));
            }
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
        var one = new TensorType(DType.F32, model.outputShape());
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

    /// The present weights, in the order of the model's parameters; changed by the next fit.
    public List<Tensor> weights() {
        return weights;
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
    }
}
