package motley.coordinator;

import java.util.ArrayList;
import java.util.List;
import motley.nn.Optimizer;
import motley.nn.ParameterSpec;
import motley.nn.TrainingProgram;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.Executable;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// What moves the parameters, or a part of them, after a round of local steps: by the mean of how
/// far devices moved them, taken for a gradient, with an optimizer of its own.
///
/// Source: Douillard et al. 2023, "DiLoCo: distributed low-communication training of language
/// models", alg. 1; with plain descent at rate 1 it is the averaging of McMahan et al. 2017.
/// Differs: the last step of a run does not look ahead ([#stepLast]).
///
/// Confined to the thread of its run. Closing it frees the program; memory is the caller's.
final class OuterStep implements AutoCloseable {
    private final Engine engine;
    private final List<ParameterSpec> specs;
    private final Optimizer optimizer;
    private final TrainingProgram.Update update;
    private final Executable program;
    private final Memory memory;
    private final Tensor rate = Tensor.onHeap(TensorType.f32());
    private final Tensor stepNumber = Tensor.onHeap(TensorType.f32());

    /// Whether the program holds what `memory` does: from its first step on it changes both.
    private boolean hasStepped;

    /// What it works on.
    ///
    /// @param parameters read before the first step, written after each
    /// @param moves the mean of the devices' moves
    /// @param state of the outer optimizer, read before the first step
    record Memory(List<Tensor> parameters, List<Tensor> moves, List<Tensor> state) {}

    /// What moves `part` of the model.
    ///
    /// @param whole memory of all parts
    static OuterStep of(RunPlan plan, Engine engine, Memory whole, Fragments.Part part) {
        var all = plan.model().parameters();
        int end = part.firstTensor() + part.tensors();
        var specs = all.subList(part.firstTensor(), end);
        int first = trained(all.subList(0, part.firstTensor()));
        int count = trained(specs);
        // The state has tensors for each trained parameter, then more for each of them.
        var state = new ArrayList<Tensor>();
        int period = trained(all);
        for (int at = first; at < whole.state.size(); at += period) {
            state.addAll(whole.state.subList(at, at + count));
        }
        var memory =
                new Memory(
                        whole.parameters.subList(part.firstTensor(), end),
                        whole.moves.subList(part.firstTensor(), end),
                        state);
        return new OuterStep(plan, engine, specs, memory);
    }

    private static int trained(List<ParameterSpec> specs) {
        return (int) specs.stream().filter(ParameterSpec::isTrained).count();
    }

    private OuterStep(RunPlan plan, Engine engine, List<ParameterSpec> specs, Memory memory) {
        this.engine = engine;
        this.specs = specs;
        this.memory = memory;
        optimizer = plan.outer();
        update = TrainingPrograms.outer(specs, optimizer);
        program = engine.prepare(update.program(), update.carries());
        rate.setFloat(0, (float) plan.request().outer().learningRate());
    }

    /// One step along the moves.
    ///
    /// @param number of this step, 1 for the first
    void step(int number) {
        if (!hasStepped) {
            write(program, update.parameters(), memory.parameters);
            write(program, update.state(), memory.state);
            hasStepped = true;
        }
        run(program, update, number);
    }

    /// The last step of a run. Nesterov's momentum keeps parameters where the next gradients are
    /// to be taken: ahead of where it has come to, by `rate·μ·v`. Who takes none any more wants
    /// the latter, and that lies a step of plain descent from where the last gradients were taken.
    ///
    /// Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep
    /// learning", eq. 3 and 4.
    ///
    /// @param number of this step, 1 for the first
    void stepLast(int number) {
        if (!(optimizer instanceof Optimizer.Sgd(_, boolean looksAhead, double decay))
                || !looksAhead) {
            step(number);
            return;
        }
        readState();
        begin();
        var plain = TrainingPrograms.outer(specs, new Optimizer.Sgd(0, false, decay));
        try (var last = engine.prepare(plain.program(), plain.carries())) {
            write(last, plain.parameters(), memory.parameters);
            run(last, plain, number);
        }
    }

    private void run(Executable executable, TrainingProgram.Update at, int number) {
        write(executable, at.gradients(), memory.moves);
        stepNumber.setFloat(0, number);
        executable.write(at.learningRate(), rate);
        executable.write(at.step(), stepNumber);
        executable.run();
        read(executable, at.parameters(), memory.parameters);
    }

    /// Brings the present state into its memory.
    void readState() {
        if (hasStepped) read(program, update.state(), memory.state);
    }

    /// Its memory has been written anew.
    void begin() {
        hasStepped = false;
    }

    @Override
    public void close() {
        program.close();
    }

    private static void write(
            Executable executable, TrainingProgram.Span params, List<Tensor> values) {
        for (int i = 0; i < values.size(); i++) executable.write(params.at(i), values.get(i));
    }

    private static void read(
            Executable executable, TrainingProgram.Span results, List<Tensor> values) {
        for (int i = 0; i < values.size(); i++) executable.read(results.at(i), values.get(i));
    }
}
