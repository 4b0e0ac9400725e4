package motley.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.data.Samples;
import motley.nn.Model;
import motley.nn.TrainingProgram;
import motley.nn.TrainingProgram.Span;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.Executable;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A model with its samples on an engine: real gradients and accuracies for simulated devices.
/// Confined to one thread at a time.
public final class Pupil implements AutoCloseable {
    private static final int EVALUATION_BATCH = 500;

    private final Engine engine;
    private final Model model;
    private final Samples train;
    private final Samples test;
    private final TrainingProgram.Gradient gradient;
    private final TrainingProgram.Evaluate evaluate;
    private final Executable gradientStep;
    private final Executable evaluation;
    private final List<Tensor> parameters = new ArrayList<>();
    private final Rows micro;
    private final Rows whole;

    /// Tensors for so many samples.
    private record Rows(Tensor inputs, Tensor targets, Tensor weights, Tensor numbers) {
        static Rows of(Model model, int count) {
            return new Rows(
                    batched(model.input(), count),
                    batched(model.target(), count),
                    Tensor.onHeap(TensorType.f32(count)),
                    Tensor.onHeap(TensorType.i32(count)));
        }

        void fill(Samples from, int[] chosen) {
            from.copy(chosen, inputs, targets);
            for (int row = 0; row < weights.shape().dim(0); row++) {
                boolean isUsed = row < chosen.length;
                weights.setFloat(row, isUsed ? 1 : 0);
                numbers.setInt(row, isUsed ? chosen[row] : 0);
            }
        }

        private static Tensor batched(TensorType one, int count) {
            return Tensor.onHeap(one.with(one.shape().prepend(count)));
        }
    }

    /// What a task gave.
    ///
    /// @param lossSum over the samples
    /// @param correct samples classified correctly
    public record Answer(Vector gradient, double lossSum, int correct) {}

    /// A vector that is not compared.
    public static final class Vector {
        final float[] elements;

        Vector(float[] elements) {
            this.elements = elements;
        }
    }

    /// @param engine is closed with it
    /// @param microBatch samples of a task
    public Pupil(Engine engine, Model model, Samples train, Samples test, int microBatch) {
        this.engine = engine;
        this.model = model;
        this.train = train;
        this.test = test;
        gradient = TrainingPrograms.gradient(model, microBatch);
        evaluate = TrainingPrograms.evaluate(model, EVALUATION_BATCH);
        gradientStep = engine.prepare(gradient.program(), List.of());
        evaluation = engine.prepare(evaluate.program(), List.of());
        for (var spec : model.parameters()) parameters.add(Tensor.onHeap(spec.type()));
        micro = Rows.of(model, microBatch);
        whole = Rows.of(model, EVALUATION_BATCH);
    }

    int trainSamples() {
        return train.count();
    }

    /// The parameters that follow from `seed`, in the order of the model.
    float[] initial(int seed) {
        var program = TrainingPrograms.initial(model);
        try (var drawing = engine.prepare(program.program(), List.of())) {
            drawing.write(program.key(), Tensor.ofInts(TensorType.i32(2).shape(), seed, 0));
            drawing.run();
            return read(drawing, program.parameters());
        }
    }

    /// The parameters that gradients are computed at from now on.
    void load(float[] values) {
        int at = 0;
        for (int i = 0; i < parameters.size(); i++) {
            var tensor = parameters.get(i);
            int count = tensor.shape().count();
            for (int j = 0; j < count; j++) tensor.setFloat(j, values[at + j]);
            at += count;
            gradientStep.write(gradient.parameters().at(i), tensor);
            evaluation.write(evaluate.parameters().at(i), tensor);
        }
    }

    /// @param isFlipped with the classes in reverse order
    Answer gradient(int[] samples, boolean isFlipped) {
        micro.fill(train, samples);
        if (isFlipped) {
            int last = model.classes() - 1;
            for (int row = 0; row < samples.length; row++) {
                micro.targets.setInt(row, last - micro.targets.getInt(row));
            }
        }
        gradientStep.write(gradient.inputs(), micro.inputs);
        gradientStep.write(gradient.targets(), micro.targets);
        gradientStep.write(gradient.weights(), micro.weights);
        gradientStep.write(gradient.samples(), micro.numbers);
        gradientStep.write(gradient.key(), Tensor.ofInts(TensorType.i32(2).shape(), 0, 0));
        gradientStep.run();
        return new Answer(
                new Vector(read(gradientStep, gradient.gradients())),
                scalar(gradientStep, gradient.lossSum()),
                Math.round(scalar(gradientStep, gradient.correct())));
    }

    /// Share of the test samples classified correctly at the parameters loaded last.
    double accuracy() {
        double correct = 0;
        for (int first = 0; first < test.count(); first += EVALUATION_BATCH) {
            int end = Math.min(test.count(), first + EVALUATION_BATCH);
            whole.fill(test, IntStream.range(first, end).toArray());
            evaluation.write(evaluate.inputs(), whole.inputs);
            evaluation.write(evaluate.targets(), whole.targets);
            evaluation.write(evaluate.weights(), whole.weights);
            evaluation.run();
            correct += scalar(evaluation, evaluate.correct());
        }
        return correct / test.count();
    }

    @Override
    public void close() {
        gradientStep.close();
        evaluation.close();
        engine.close();
    }

    private float[] read(Executable from, Span results) {
        int elements = parameters.stream().mapToInt(t -> t.shape().count()).sum();
        var all = new float[elements];
        int at = 0;
        for (int i = 0; i < parameters.size(); i++) {
            var tensor = Tensor.onHeap(model.parameters().get(i).type());
            from.read(results.at(i), tensor);
            int count = tensor.shape().count();
            for (int j = 0; j < count; j++) all[at + j] = tensor.getFloat(j);
            at += count;
        }
        return all;
    }

    private static float scalar(Executable from, int result) {
        var value = Tensor.onHeap(TensorType.f32());
        from.read(result, value);
        return value.getFloat(0);
    }
}
