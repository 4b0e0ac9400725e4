package motley.coordinator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import motley.nn.ParameterSpec;
import motley.nn.TrainingProgram;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.Executable;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// The parameters of a run and what moves them: the optimizer's program on an engine, which keeps
/// the optimizer's state from step to step.
///
/// Owns the engine, off-heap memory for parameters, mean gradient and a copy of the state; closing
/// it frees all. Confined to the thread of its run. Nothing is allocated in a step.
final class Learner implements AutoCloseable {
    private static final long ALIGNMENT_BYTES = 64;

    private final RunPlan plan;
    private final Engine engine;
    private final TrainingProgram.Update update;
    private final Executable step;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment parameters;
    private final MemorySegment gradient;
    private final MemorySegment state;
    private final List<Tensor> parameterViews;
    private final List<Tensor> gradientViews;
    private final List<Tensor> stateViews;
    /// One for each part of the model that is synchronised by itself; none without local steps.
    private final List<OuterStep> outer;

    private final Fragments fragments;
    private final Tensor rate = Tensor.onHeap(TensorType.f32());
    private final Tensor stepNumber = Tensor.onHeap(TensorType.f32());

    /// Steps that the optimizer's state has seen in the run this one goes on from.
    private final long stepsBefore;

    /// Until the first step the state is what was handed over: the engine has no results yet.
    private boolean hasStepped;

    /// Compiles the optimizer. The parameters are zeros until [#draw] or [#load].
    Learner(RunPlan plan, Engine engine) {
        this.plan = plan;
        this.engine = engine;
        stepsBefore = plan.request().ancestor().map(RunRequest.Ancestor::steps).orElse(0L);
        var specs = plan.model().parameters();
        var stateSpecs = plan.stateSpecs();
        parameters = arena.allocate(4L * plan.parameterElements(), ALIGNMENT_BYTES);
        gradient = arena.allocate(4L * plan.parameterElements(), ALIGNMENT_BYTES);
        long innerBytes = 4L * plan.stateElements();
        state = arena.allocate(innerBytes + 4L * plan.outerElements(), ALIGNMENT_BYTES);
        parameterViews = views(parameters, specs);
        gradientViews = views(gradient, specs);
        stateViews = views(state, stateSpecs);
        update = TrainingPrograms.update(plan.model(), plan.optimizer());
        step = engine.prepare(update.program(), update.carries());
        var outerViews = views(state.asSlice(innerBytes), plan.outerSpecs());
        var memory = new OuterStep.Memory(parameterViews, gradientViews, outerViews);
        fragments = plan.fragments();
        boolean isLocal = plan.settings().strategy().local().isUsed();
        outer =
                isLocal
                        ? fragments.parts().stream()
                                .map(part -> OuterStep.of(plan, engine, memory, part))
                                .toList()
                        : List.of();
    }

    /// Sets the parameters to their first values, which follow from the run's seed, and the state
    /// to zeros.
    void draw() {
        var initial = TrainingPrograms.initial(plan.model());
        long seed = plan.request().training().seed();
        try (var drawing = engine.prepare(initial.program(), List.of())) {
            drawing.write(initial.key(), Tensor.ofInts(TensorType.i32(2).shape(), key(seed)));
            drawing.run();
            for (int i = 0; i < parameterViews.size(); i++) {
                drawing.read(initial.parameters().at(i), parameterViews.get(i));
            }
        }
        state.fill((byte) 0);
        handOver();
    }

    /// Sets parameters and state, both f32 in the order of model and optimizer. What is missing of
    /// the state becomes zeros.
    void load(MemorySegment newParameters, MemorySegment newState) {
        parameters.copyFrom(newParameters);
        state.fill((byte) 0);
        MemorySegment.copy(newState, 0, state, 0, newState.byteSize());
        handOver();
    }

    /// Sets the parameters; the state becomes zeros.
    void load(MemorySegment newParameters) {
        parameters.copyFrom(newParameters);
        state.fill((byte) 0);
        handOver();
    }

    /// One optimizer step along the mean of `sum` over `samples`; of the outer optimizer, if the
    /// round was one of local steps.
    ///
    /// @param round counted from 0
    /// @param learningRate of this step
    void step(Aggregator sum, long samples, int round, double learningRate) {
        if (plan.settings().schedule().isLocal(round)) {
            stepOuter(sum, samples, round);
            return;
        }
        sum.meanInto(gradient, samples);
        for (int i = 0; i < gradientViews.size(); i++) {
            step.write(update.gradients().at(i), gradientViews.get(i));
        }
        rate.setFloat(0, (float) learningRate);
        stepNumber.setFloat(0, (float) (stepsBefore + round + 1));
        step.write(update.learningRate(), rate);
        step.write(update.step(), stepNumber);
        step.run();
        hasStepped = true;
        for (int i = 0; i < parameterViews.size(); i++) {
            step.read(update.parameters().at(i), parameterViews.get(i));
        }
    }

    /// Moves the part whose turn it is.
    private void stepOuter(Aggregator sum, long samples, int round) {
        var schedule = plan.settings().schedule();
        int number = schedule.localRoundsBefore(round);
        var part = fragments.turn(number);
        sum.meanInto(gradient.asSlice(4L * part.first(), 4L * part.elements()), samples);
        int turns = outer.size();
        var mover = outer.get(number % turns);
        boolean isLast = round >= schedule.roundsInRun() - turns;
        if (isLast) mover.stepLast(number / turns + 1);
        else mover.step(number / turns + 1);
    }

    /// The parameters' names and types.
    List<ParameterSpec> specs() {
        return plan.model().parameters();
    }

    /// The present parameters, f32; changed by the next step.
    MemorySegment parameters() {
        return parameters;
    }

    /// The present state of the optimizer, f32; changed by the next step. In a run with local steps
    /// the outer optimizer's is behind it.
    MemorySegment state() {
        outer.forEach(OuterStep::readState);
        if (hasStepped) {
            for (int i = 0; i < stateViews.size(); i++) {
                step.read(update.state().at(i), stateViews.get(i));
            }
        }
        return state;
    }

    /// The part of [#state] without the outer optimizer's.
    MemorySegment innerState() {
        return state().asSlice(0, 4L * plan.stateElements());
    }

    /// What [#state] has.
    long stateBytes() {
        return state.byteSize();
    }

    @Override
    public void close() {
        outer.forEach(OuterStep::close);
        step.close();
        engine.close();
        arena.close();
    }

    private void handOver() {
        hasStepped = false;
        outer.forEach(OuterStep::begin);
        for (int i = 0; i < parameterViews.size(); i++) {
            step.write(update.parameters().at(i), parameterViews.get(i));
        }
        for (int i = 0; i < stateViews.size(); i++) {
            step.write(update.state().at(i), stateViews.get(i));
        }
    }

    private static int[] key(long seed) {
        return new int[] {(int) seed, (int) (seed >>> 32)};
    }

    private static List<Tensor> views(MemorySegment all, List<ParameterSpec> specs) {
        var views = new ArrayList<Tensor>();
        long at = 0;
        for (var spec : specs) {
            long bytes = spec.type().sizeBytes();
            views.add(Tensor.of(spec.type(), all.asSlice(at, bytes)));
            at += bytes;
        }
        return views;
    }
}
