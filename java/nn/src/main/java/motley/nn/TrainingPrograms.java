package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// Builds the programs a run consists of.
///
/// Equal arguments give equal programs. In each function, read the params from top to bottom: that
/// is their order, which [TrainingProgram] names.
public final class TrainingPrograms {
    private static final TensorType SCALAR = TensorType.f32();

    private TrainingPrograms() {}

    public static TrainingProgram.Initial initial(Model model) {
        var b = new ProgramBuilder();
        var key = b.param(TensorType.i32(2));
        var specs = model.parameters();
        var values = new ArrayList<Var>();
        for (int i = 0; i < specs.size(); i++) {
            var spec = specs.get(i);
            values.add(spec.initializer().draw(b, key, i, spec.shape()));
        }
        return new TrainingProgram.Initial(b.build(values), specs.size());
    }

    public static TrainingProgram.Gradient gradient(Model model, int microBatch) {
        var b = new ProgramBuilder();
        var parameters = params(b, model.parameters());
        var batch = Batch.params(b, model, microBatch);
        var mode = trainingParams(b, microBatch);

        var logits = new Forward(b, mode).logits(model, parameters, batch.images);
        var totals = totals(b, logits, batch);
        var gradients = Autodiff.gradient(b, totals.lossSum, parameters);
        var program = b.build(concat(totals.list(), gradients));
        return new TrainingProgram.Gradient(program, parameters.size());
    }

    public static TrainingProgram.Evaluate evaluate(Model model, int microBatch) {
        var b = new ProgramBuilder();
        var parameters = params(b, model.parameters());
        var batch = Batch.params(b, model, microBatch);

        var forward = new Forward(b, new Forward.Mode.Inference());
        var logits = forward.logits(model, parameters, batch.images);
        var program = b.build(totals(b, logits, batch).list());
        return new TrainingProgram.Evaluate(program, parameters.size());
    }

    public static TrainingProgram.Predict predict(Model model, int batch) {
        var b = new ProgramBuilder();
        var parameters = params(b, model.parameters());
        var images = b.param(images(model, batch));

        var forward = new Forward(b, new Forward.Mode.Inference());
        var logits = forward.logits(model, parameters, images);
        return new TrainingProgram.Predict(b.build(List.of(logits)), parameters.size());
    }

    public static TrainingProgram.Update update(Model model, Optimizer optimizer) {
        var specs = model.parameters();
        var b = new ProgramBuilder();
        var parameters = params(b, specs);
        var state = params(b, optimizer.state(specs));
        var gradients = params(b, specs);
        var learningRate = b.param(SCALAR);
        var step = b.param(SCALAR);

        var slots = new Descent.Slots(parameters, state, gradients);
        var descent = new Descent(b, learningRate, step);
        var moved = b.scope("optimizer", () -> descent.move(optimizer, slots));
        return new TrainingProgram.Update(b.build(moved), parameters.size(), state.size());
    }

    public static TrainingProgram.Step step(Model model, Optimizer optimizer, int batchSize) {
        var specs = model.parameters();
        var b = new ProgramBuilder();
        var parameters = params(b, specs);
        var state = params(b, optimizer.state(specs));
        var learningRate = b.param(SCALAR);
        var step = b.param(SCALAR);
        var batch = Batch.params(b, model, batchSize);
        var mode = trainingParams(b, batchSize);

        var logits = new Forward(b, mode).logits(model, parameters, batch.images);
        var totals = totals(b, logits, batch);
        var meanLoss = b.scope("loss", () -> b.div(totals.lossSum, b.sumAll(batch.weights)));
        var gradients = Autodiff.gradient(b, meanLoss, parameters);
        var slots = new Descent.Slots(parameters, state, gradients);
        var descent = new Descent(b, learningRate, step);
        var moved = b.scope("optimizer", () -> descent.move(optimizer, slots));
        var program = b.build(concat(moved, totals.list()));
        return new TrainingProgram.Step(program, parameters.size(), state.size());
    }

    /// Samples as they reach a program.
    private record Batch(Var images, Var labels, Var weights) {
        static Batch params(ProgramBuilder b, Model model, int size) {
            var images = b.param(TrainingPrograms.images(model, size));
            var labels = b.param(TensorType.i32(size));
            var weights = b.param(TensorType.f32(size));
            return new Batch(images, labels, weights);
        }
    }

    /// What is counted over a batch; both scalars.
    private record Totals(Var lossSum, Var correct) {
        List<Var> list() {
            return List.of(lossSum, correct);
        }
    }

    private static Totals totals(ProgramBuilder b, Var logits, Batch batch) {
        return b.scope("loss", () -> labelledTotals(b, logits, batch));
    }

    private static Totals labelledTotals(ProgramBuilder b, Var logits, Batch batch) {
        var loss = new Loss(b);
        var nats = loss.crossEntropy(logits, batch.labels); // [batch]
        var hits = loss.correct(logits, batch.labels); // [batch]
        return new Totals(
                loss.weightedSum(nats, batch.weights), loss.weightedSum(hits, batch.weights));
    }

    private static Forward.Mode trainingParams(ProgramBuilder b, int batch) {
        var samples = b.param(TensorType.i32(batch));
        var key = b.param(TensorType.i32(2));
        return new Forward.Mode.Training(key, samples);
    }

    private static List<Var> params(ProgramBuilder b, List<ParameterSpec> specs) {
        return specs.stream().map(spec -> b.param(spec.type())).toList();
    }

    private static TensorType images(Model model, int batch) {
        require(batch >= 1, "batch: %d (expected: at least 1)", batch);
        return new TensorType(DType.F32, model.inputShape().prepend(batch));
    }

    private static List<Var> concat(List<Var> first, List<Var> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
