package motley.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import motley.data.SampleOrder;
import motley.data.Samples;
import motley.nn.Model;
import motley.nn.Optimizers;
import motley.nn.ParameterSpec;
import motley.nn.TrainingProgram;
import motley.nn.TrainingProgram.Span;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.Executable;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// One fit's training steps on an engine, which keeps weights and optimizer state between them.
final class Stepper implements AutoCloseable {
    private final FitSettings settings;
    private final Samples train;
    private final TrainingProgram.Step program;
    private final Executable executable;
    private final List<Integer> weights; // results, in the order of the parameters
    private final Batch batch;
    private final List<ParameterSpec> stateSpecs;
    private final List<Tensor> parameters; // as they stand, and the optimizer's state
    private final List<Tensor> state;
    private final Tensor scalar = Tensor.onHeap(TensorType.f32());
    private long steps;

    /// Begins with the weights that are written next and with an optimizer that has seen nothing.
    Stepper(Engine engine, Model model, FitSettings settings, Samples train) {
        this.settings = settings;
        this.train = train;
        var optimizer = settings.optimizer();
        program = TrainingPrograms.step(model, optimizer, settings.batchSize());
        weights = weights(model);
        batch = Batch.allocate(model, settings.batchSize());
        executable = prepared(engine);
        parameters = model.parameters().stream().map(s -> Tensor.onHeap(s.type())).toList();
        stateSpecs = optimizer.state(trained(model));
        state = stateSpecs.stream().map(s -> Tensor.onHeap(s.type())).toList();
        write(program.state(), state);
    }

    /// What does not fit is, as a rule, a matter of the batch.
    private Executable prepared(Engine engine) {
        try {
            return engine.prepare(program.program(), program.carries());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "batchSize: %d (expected: one that fits; %s)"
                            .formatted(settings.batchSize(), e.getMessage()),
                    e);
        }
    }

    /// Begins with `first` as parameters.
    void begin(List<Tensor> first) {
        write(program.parameters(), first);
    }

    /// Goes on from `standing`.
    ///
    /// @throws IllegalArgumentException if the state is another optimizer's
    void begin(Standing standing) {
        write(program.state(), standing.state(stateSpecs));
        write(program.parameters(), standing.parameters());
        steps = (long) standing.epochs() * stepsPerEpoch();
    }

    /// Where the training stands; its tensors change with the next call.
    Standing standing(int epochs, Optional<Standing.Lowest> best) {
        read(program.parameters(), parameters);
        read(program.state(), state);
        var named = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < state.size(); i++) {
            named.put(stateSpecs.get(i).name(), state.get(i));
        }
        return new Standing(epochs, parameters, named, best);
    }

    private int stepsPerEpoch() {
        return Math.ceilDiv(train.count(), batch.size());
    }

    /// Every training sample once, in the order that a run over many devices has.
    ///
    /// @param epoch counted from 0
    Score epoch(int epoch) {
        int count = train.count();
        var order = new SampleOrder(settings.seed(), epoch, count);
        var totals = new Totals();
        for (int first = 0; first < count; first += batch.size()) {
            batch.fill(train, order.samples(first, Math.min(batch.size(), count - first)));
            step();
            totals.add(read(program.lossSum()), read(program.correct()));
        }
        return totals.score(count);
    }

    private void step() {
        executable.write(program.key(), Keys.of(settings.seed(), steps));
        steps++;
        long stepsTotal = (long) stepsPerEpoch() * settings.epochs();
        write(program.learningRate(), settings.rate().rate(steps, stepsTotal));
        write(program.step(), (double) steps);
        executable.write(program.inputs(), batch.inputs());
        executable.write(program.targets(), batch.targets());
        executable.write(program.weights(), batch.weights());
        executable.write(program.samples(), batch.samples());
        executable.run();
    }

    /// Copies the weights after the last step, or their averages if the optimizer keeps them.
    void read(List<Tensor> into) {
        for (int i = 0; i < into.size(); i++) executable.read(weights.get(i), into.get(i));
    }

    @Override
    public void close() {
        executable.close();
    }

    /// The averages of what is trained, if there are any, and everything else as it is.
    private List<Integer> weights(Model model) {
        var results = new ArrayList<Integer>();
        var averages = Optimizers.averages(settings.optimizer(), trained(model));
        int next = 0;
        for (var spec : model.parameters()) {
            boolean averaged = averages.isPresent() && spec.isTrained();
            int plain = program.parameters().at(results.size());
            results.add(averaged ? program.state().at(averages.get().at(next++)) : plain);
        }
        return List.copyOf(results);
    }

    private static List<ParameterSpec> trained(Model model) {
        return model.parameters().stream().filter(ParameterSpec::isTrained).toList();
    }

    private void write(Span params, List<Tensor> values) {
        for (int i = 0; i < values.size(); i++) executable.write(params.at(i), values.get(i));
    }

    private void read(Span results, List<Tensor> into) {
        for (int i = 0; i < into.size(); i++) executable.read(results.at(i), into.get(i));
    }

    private void write(int param, double value) {
        scalar.setFloat(0, (float) value);
        executable.write(param, scalar);
    }

    private double read(int result) {
        executable.read(result, scalar);
        return scalar.getFloat(0);
    }
}
