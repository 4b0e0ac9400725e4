package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.nn.ParameterSpec.Role;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
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
            values.add(Initializers.draw(b, specs.get(i), key, i));
        }
        return new TrainingProgram.Initial(b.build(values), specs.size());
    }

    public static TrainingProgram.Gradient gradient(Model model, int microBatch) {
        var b = new ProgramBuilder();
        var parameters = params(b, model.parameters());
        var batch = Batch.params(b, model, microBatch);
        var mode = trainingParams(b, batch.weights);

        var passed = new Forward(b, mode).pass(model, parameters, batch.inputs);
        var totals = totals(b, model.loss(), passed.logits(), batch);
        var gradients =
                Autodiff.gradient(b, totals.lossSum, trained(model.parameters(), parameters));
        var measured = b.scope("statistics", () -> weighted(b, passed.measured(), batch.weights));
        var sums = merged(b, model, gradients, measured);
        var program = b.build(concat(totals.list(), sums));
        return new TrainingProgram.Gradient(program, parameters.size());
    }

    public static TrainingProgram.Evaluate evaluate(Model model, int microBatch) {
        var b = new ProgramBuilder();
        var examined = examined(b, model, microBatch);
        var program = b.build(examined.totals.list());
        return new TrainingProgram.Evaluate(program, model.parameters().size());
    }

    public static TrainingProgram.Examine examine(Model model, int microBatch) {
        var b = new ProgramBuilder();
        var examined = examined(b, model, microBatch);
        var program = b.build(concat(examined.totals.list(), List.of(examined.output)));
        return new TrainingProgram.Examine(program, model.parameters().size());
    }

    private record Examined(Totals totals, Var output) {}

    private static Examined examined(ProgramBuilder b, Model model, int microBatch) {
        var parameters = params(b, model.parameters());
        var batch = Batch.params(b, model, microBatch);
        var forward = new Forward(b, new Forward.Mode.Inference());
        var output = forward.pass(model, parameters, batch.inputs).logits();
        return new Examined(totals(b, model.loss(), output, batch), output);
    }

    public static TrainingProgram.Predict predict(Model model, int batch) {
        var b = new ProgramBuilder();
        var parameters = params(b, model.parameters());
        var inputs = b.param(batched(model.input(), batch));

        var forward = new Forward(b, new Forward.Mode.Inference());
        var output = forward.pass(model, parameters, inputs).output();
        return new TrainingProgram.Predict(b.build(List.of(output)), parameters.size());
    }

    /// @throws IllegalArgumentException if the optimizer [squares uses][Optimizer#squaresUses]
    public static TrainingProgram.Update update(Model model, Optimizer optimizer) {
        requireOfSums(optimizer);
        var specs = model.parameters();
        var b = new ProgramBuilder();
        var parameters = params(b, specs);
        var state = params(b, optimizer.state(trained(specs)));
        var gradients = params(b, specs);
        var learningRate = b.param(SCALAR);
        var step = b.param(SCALAR);

        var slots = new Descent.Slots(parameters, state, gradients);
        var descent = new Descent(b, learningRate, step);
        var moved = b.scope("optimizer", () -> moved(model, descent, optimizer, slots));
        return new TrainingProgram.Update(b.build(moved), parameters.size(), state.size());
    }

    public static TrainingProgram.Step step(Model model, Optimizer optimizer, int batchSize) {
        var specs = model.parameters();
        var b = new ProgramBuilder();
        var parameters = params(b, specs);
        var state = params(b, optimizer.state(trained(specs)));
        var learningRate = b.param(SCALAR);
        var step = b.param(SCALAR);
        var batch = Batch.params(b, model, batchSize);
        var mode = trainingParams(b, batch.weights);

        var passed = new Forward(b, mode).pass(model, parameters, batch.inputs);
        var totals = totals(b, model.loss(), passed.logits(), batch);
        var meanLoss = b.scope("loss", () -> b.div(totals.lossSum, b.sumAll(batch.weights)));
        var gradients = Autodiff.gradient(b, meanLoss, trained(specs, parameters));
        var means = merged(b, model, gradients, passed.measured());
        var slots = new Descent.Slots(parameters, state, means);
        var descent = new Descent(b, learningRate, step);
        var moved = b.scope("optimizer", () -> moved(model, descent, optimizer, slots));
        var program = b.build(concat(moved, totals.list()));
        return new TrainingProgram.Step(program, parameters.size(), state.size());
    }

    /// What moves the parameters by the mean of devices' own steps, which is taken for a gradient.
    /// Statistics become the mean of theirs.
    public static TrainingProgram.Update outer(Model model, Optimizer optimizer) {
        return outer(model.parameters(), optimizer);
    }

    /// The same for some of a model's parameters.
    public static TrainingProgram.Update outer(List<ParameterSpec> specs, Optimizer optimizer) {
        requireOfSums(optimizer);
        var b = new ProgramBuilder();
        var parameters = params(b, specs);
        var state = params(b, optimizer.state(trained(specs)));
        var moves = params(b, specs);
        var descent = new Descent(b, b.param(SCALAR), b.param(SCALAR));

        var slots = new Descent.Slots(parameters, state, moves);
        var moved = moved(specs, descent, optimizer, slots, (_, old, move) -> b.sub(old, move));
        return new TrainingProgram.Update(b.build(moved), parameters.size(), state.size());
    }

    /// Samples as they reach a program.
    private record Batch(Var inputs, Var targets, Var weights) {
        static Batch params(ProgramBuilder b, Model model, int size) {
            var inputs = b.param(batched(model.input(), size));
            var targets = b.param(batched(model.target(), size));
            var weights = b.param(TensorType.f32(size));
            return new Batch(inputs, targets, weights);
        }
    }

    /// What is counted over a batch; both scalars.
    private record Totals(Var lossSum, Var correct) {
        List<Var> list() {
            return List.of(lossSum, correct);
        }
    }

    private static Totals totals(ProgramBuilder b, Loss loss, Var output, Batch batch) {
        return b.scope("loss", () -> labelledTotals(b, loss, output, batch));
    }

    private static Totals labelledTotals(ProgramBuilder b, Loss loss, Var output, Batch batch) {
        var losses = new Losses(b);
        var each = losses.perSample(loss, output, batch.targets); // [batch]
        var hits = losses.correct(loss, output, batch.targets); // [batch]
        return new Totals(
                losses.weightedSum(each, batch.weights), losses.weightedSum(hits, batch.weights));
    }

    // ---- Parameters of two roles -------------------------------------------------------------

    private static List<ParameterSpec> trained(List<ParameterSpec> specs) {
        return specs.stream().filter(ParameterSpec::isTrained).toList();
    }

    private static List<Var> trained(List<ParameterSpec> specs, List<Var> parameters) {
        return IntStream.range(0, specs.size())
                .filter(i -> specs.get(i).isTrained())
                .mapToObj(parameters::get)
                .toList();
    }

    /// Gradients and measurements in the order of the parameters they are for.
    private static List<Var> merged(
            ProgramBuilder b, Model model, List<Var> gradients, List<Var> measured) {
        var gradient = gradients.iterator();
        var measurement = measured.iterator();
        var all = new ArrayList<Var>();
        for (var spec : model.parameters()) {
            all.add(
                    switch (spec.role()) {
                        case Role.Trained _ -> gradient.next();
                        case Role.Statistic _ -> measurement.next();
                        case Role.Fixed _ -> b.fill(spec.type(), 0);
                    });
        }
        return all;
    }

    /// Each measurement times the batch's weight: what micro-batches add up to their mean.
    private static List<Var> weighted(ProgramBuilder b, List<Var> measured, Var weights) {
        if (measured.isEmpty()) return List.of();
        var total = b.sumAll(weights); // []
        return measured.stream().map(m -> b.mul(b.spread(total, m.type().shape()), m)).toList();
    }

    /// The parameters after a step, then the optimizer's state: the optimizer moves those that are
    /// trained, statistics move towards what was measured.
    private static List<Var> moved(
            Model model, Descent descent, Optimizer optimizer, Descent.Slots slots) {
        return moved(
                model.parameters(),
                descent,
                optimizer,
                slots,
                (momentum, old, mean) -> descent.blend(1 - momentum, old, mean));
    }

    /// How a statistic moves.
    private interface Statistic {
        Var move(double momentum, Var old, Var measured);
    }

    private static List<Var> moved(
            List<ParameterSpec> specs,
            Descent descent,
            Optimizer optimizer,
            Descent.Slots slots,
            Statistic statistic) {
        var trained =
                new Descent.Slots(
                        trained(specs, slots.parameters()),
                        slots.state(),
                        trained(specs, slots.gradients()));
        boolean isAny = !trained.parameters().isEmpty();
        var moved = (isAny ? descent.move(optimizer, trained) : List.<Var>of()).iterator();
        var all = new ArrayList<Var>();
        for (int i = 0; i < specs.size(); i++) {
            var old = slots.parameters().get(i);
            var mean = slots.gradients().get(i);
            all.add(
                    switch (specs.get(i).role()) {
                        case Role.Trained _ -> moved.next();
                        case Role.Fixed _ -> old;
                        case Role.Statistic(double momentum) -> statistic.move(momentum, old, mean);
                    });
        }
        moved.forEachRemaining(all::add);
        return all;
    }

    private static Forward.Mode trainingParams(ProgramBuilder b, Var weights) {
        var samples = b.param(TensorType.i32(weights.type().shape().dim(0)));
        var key = b.param(TensorType.i32(2));
        return new Forward.Mode.Training(key, samples, weights);
    }

    private static List<Var> params(ProgramBuilder b, List<ParameterSpec> specs) {
        return specs.stream().map(spec -> b.param(spec.type())).toList();
    }

    private static void requireOfSums(Optimizer optimizer) {
        require(
                !optimizer.squaresUses(),
                "optimizer: %s (expected for sums of gradients: keras-adam)",
                Optimizers.text(optimizer));
    }

    private static TensorType batched(TensorType sample, int batch) {
        require(batch >= 1, "batch: %d (expected: at least 1)", batch);
        return sample.with(sample.shape().prepend(batch));
    }

    private static List<Var> concat(List<Var> first, List<Var> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
