package motley.worker;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import motley.data.SampleOrder;
import motley.data.Samples;
import motley.data.SplitSamples;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromCoordinator.LocalSteps;
import motley.wire.FromCoordinator.Work;
import motley.wire.FromDevice.Result;
import motley.wire.RunManifest;
import motley.wire.encoding.ParameterHash;

/// A run made ready on this device: its programs compiled, its samples in memory.
///
/// The gradient program takes (parameters…, inputs, targets, weights, samples, key) and gives (loss
/// sum, correct, gradient sums…); the evaluation program takes (parameters…, inputs, targets,
/// weights) and gives (loss sum, correct). Rows beyond a task's samples have weight 0. A run with
/// local steps has a third one ([LocalTraining]).
///
/// Confined to one thread. Closing it frees the memory of both programs.
final class PreparedRun implements AutoCloseable {
    /// Params of the gradient program that are not parameters of the model.
    private static final int GRADIENT_INPUTS = 5;
    private static final int TOTALS = 2;
    private static final TensorType KEY = TensorType.i32(2);
    private static final long ALIGNMENT_BYTES = 64;

    /// The programs of a run, verified.
    ///
    /// @param local of one optimizer step; empty where tasks take none
    record Programs(Program gradient, Program evaluate, Optional<Program> local) {
        Programs(Program gradient, Program evaluate) {
            this(gradient, evaluate, Optional.empty());
        }
    }

    /// Which parameters: versions count anew when a run changes its owner.
    ///
    /// @param sha256 what [ParameterHash] must name them; empty: not said
    record Version(long fence, long number, Optional<String> sha256) {
        Version(long fence, long number) {
            this(fence, number, Optional.empty());
        }

        private boolean names(MemorySegment parameters) {
            return sha256.isEmpty() || sha256.get().equals(ParameterHash.of(parameters));
        }
    }

    /// What became of parameters that were to be loaded.
    enum Loading {
        /// They are here.
        DONE,
        /// Their source has them no more.
        GONE,
        /// Others came than the version names; none are loaded.
        OTHERS
    }

    /// Copies parameters from wherever they are.
    interface Source {
        /// @return false if they are not there any more
        boolean readInto(MemorySegment memory) throws IOException, InterruptedException;
    }

    private final RunManifest manifest;
    private final SplitSamples samples;
    private final Executable gradient;
    private final Executable evaluate;
    private final Optional<LocalTraining> local;
    private final int parameterCount;

    private final Arena arena;
    private final MemorySegment parameters;
    private final List<Tensor> parameterViews;
    private final MemorySegment contribution;
    private final List<Tensor> contributionViews;
    /// What of `contribution` the last training task answers with.
    private MemorySegment answer;

    private final Outgoing outgoing;
    private final Batch training;
    private final Batch evaluation;
    private final Tensor key = Tensor.onHeap(KEY);
    private final Tensor lossSum = Tensor.onHeap(TensorType.f32());
    private final Tensor correct = Tensor.onHeap(TensorType.f32());

    /// What `parameters` holds, and what was written into each program.
    private Optional<Version> loaded = Optional.empty();

    private Optional<Version> inGradient = Optional.empty();
    private Optional<Version> inEvaluate = Optional.empty();

    private PreparedRun(
            RunManifest manifest,
            SplitSamples samples,
            List<TensorType> params,
            Compiled compiled) {
        this.manifest = manifest;
        this.samples = samples;
        gradient = compiled.gradient();
        evaluate = compiled.evaluate();
        arena = compiled.arena();
        parameterCount = params.size() - GRADIENT_INPUTS;
        var types = params.subList(0, parameterCount);
        parameters = arena.allocate(ParameterSpan.sizeBytes(types), ALIGNMENT_BYTES);
        parameterViews = ParameterSpan.views(types, parameters);
        contribution = arena.allocate(parameters.byteSize(), ALIGNMENT_BYTES);
        contributionViews = ParameterSpan.views(types, contribution);
        answer = contribution;
        local = compiled.local();
        training = compiled.training();
        evaluation = Batch.allocate(samples.test(), compiled.evaluationBatch(), arena);
        outgoing = new Outgoing(types.stream().map(TensorType::shape).toList());
    }

    private record Compiled(
            Executable gradient,
            Executable evaluate,
            Optional<LocalTraining> local,
            Batch training,
            int evaluationBatch,
            Arena arena) {}

    /// Compiles the programs. Frees what it has taken if that fails half-way.
    ///
    /// @throws IllegalArgumentException if programs, dataset and manifest do not fit each other
    static PreparedRun open(
            RunManifest manifest, Programs programs, SplitSamples samples, Engine engine) {
        requireInterface(manifest, programs, samples);
        var arena = Arena.ofShared(); // Contributions are sent by the HTTP client's threads.
        var taken = new ArrayList<Runnable>();
        try {
            var gradient = engine.prepare(programs.gradient(), List.of());
            taken.add(gradient::close);
            var evaluate = engine.prepare(programs.evaluate(), List.of());
            taken.add(evaluate::close);
            var params = programs.gradient().paramTypes();
            var batch = Batch.allocate(samples.train(), manifest.microBatch(), arena);
            var setting = new LocalTraining.Setting(engine, arena);
            var types = params.subList(0, params.size() - GRADIENT_INPUTS);
            var local = programs.local().map(p -> LocalTraining.open(p, types, batch, setting));
            local.ifPresent(steps -> taken.add(steps::close));
            var compiled =
                    new Compiled(
                            gradient,
                            evaluate,
                            local,
                            batch,
                            evaluationBatch(programs.evaluate()),
                            arena);
            return new PreparedRun(manifest, samples, params, compiled);
        } catch (RuntimeException | Error e) {
            taken.forEach(Runnable::run);
            arena.close();
            throw e;
        }
    }

    /// The type of one sample's input, as the gradient program has it.
    ///
    /// @throws IllegalArgumentException if it has no inputs
    static TensorType input(Programs programs) {
        return sample(programs, 0);
    }

    /// The type of one sample's target, as the gradient program has it.
    ///
    /// @throws IllegalArgumentException if it has no targets
    static TensorType target(Programs programs) {
        return sample(programs, 1);
    }

    /// @param offset after the parameters of the model
    private static TensorType sample(Programs programs, int offset) {
        var params = programs.gradient().paramTypes();
        int at = params.size() - GRADIENT_INPUTS + offset;
        require(at >= 1 + offset, "gradient program: %d params (expected: more)", params.size());
        var dims = params.get(at).shape().dims();
        require(!dims.isEmpty(), "gradient program: %s (expected: a batch)", params.get(at));
        return params.get(at).with(new Shape(dims.subList(1, dims.size())));
    }

    private static void requireInterface(
            RunManifest manifest, Programs programs, SplitSamples samples) {
        int count = programs.gradient().params().size() - GRADIENT_INPUTS;
        require(count >= 1, "gradient program: too few params for run %s", manifest.run());
        var types = programs.gradient().paramTypes().subList(0, count);
        for (var type : types) {
            require(type.dtype() == DType.F32, "parameter: %s (expected: f32)", type);
        }
        int batch = manifest.microBatch();
        var gradientInputs =
                concat(inputs(types, samples.train(), batch), List.of(TensorType.i32(batch), KEY));
        var totals = List.of(TensorType.f32(), TensorType.f32());
        requireTypes("gradient params", programs.gradient().paramTypes(), gradientInputs);
        requireTypes("gradient results", programs.gradient().resultTypes(), concat(totals, types));
        int evaluationBatch = evaluationBatch(programs.evaluate());
        var evaluateInputs = inputs(types, samples.test(), evaluationBatch);
        requireTypes("evaluate params", programs.evaluate().paramTypes(), evaluateInputs);
        requireTypes("evaluate results", programs.evaluate().resultTypes(), totals);
        long elements = ParameterSpan.sizeBytes(types) / Float.BYTES;
        require(
                elements == manifest.parameterElements(),
                "parameterElements: %d (expected: %d)",
                manifest.parameterElements(),
                elements);
    }

    /// What both programs take: parameters, inputs, targets, weights.
    private static List<TensorType> inputs(List<TensorType> parameters, Samples of, int batch) {
        var inputs = Batch.batched(of.inputType(), batch);
        var targets = Batch.batched(of.targetType(), batch);
        return concat(parameters, List.of(inputs, targets, TensorType.f32(batch)));
    }

    /// Evaluation keeps no activations, so its program chooses a batch of its own.
    private static int evaluationBatch(Program evaluate) {
        var types = evaluate.paramTypes();
        require(!types.isEmpty(), "evaluate params: none");
        var weights = types.getLast().shape();
        require(weights.rank() == 1, "evaluate params: %s (expected: weights at the end)", types);
        return weights.dim(0);
    }

    private static List<TensorType> concat(List<TensorType> first, List<TensorType> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static void requireTypes(String what, List<TensorType> actual, List<TensorType> fit) {
        require(actual.equals(fit), "%s: %s (expected: %s)", what, actual, fit);
    }

    RunManifest manifest() {
        return manifest;
    }

    /// The version that is loaded, if it is of this owner of the run.
    OptionalLong held(long fence) {
        return loaded.filter(version -> version.fence() == fence)
                .map(version -> OptionalLong.of(version.number()))
                .orElseGet(OptionalLong::empty);
    }

    /// Makes `version` the parameters to compute with, read from `source` unless it is here.
    ///
    /// @throws IOException if they cannot be had; then none are loaded
    Loading load(Version version, Source source) throws IOException, InterruptedException {
        if (loaded.equals(Optional.of(version))) return Loading.DONE;
        loaded = Optional.empty(); // A copy that breaks off leaves parts of two versions.
        if (!source.readInto(parameters)) return Loading.GONE;
        if (!version.names(parameters)) return Loading.OTHERS;
        loaded = Optional.of(version);
        return Loading.DONE;
    }

    /// Makes the state that `steps` begin with the present one.
    ///
    /// @throws IOException if it cannot be had
    /// @throws IllegalArgumentException if the run has no program for local steps
    void loadState(LocalSteps steps, LocalTraining.Blobs blobs)
            throws IOException, InterruptedException {
        training().load(steps.state(), blobs);
    }

    private LocalTraining training() {
        return local.orElseThrow(
                () -> new IllegalArgumentException("local program: none (expected: one)"));
    }

    /// The gradient sums of the last training task, or its weighted move.
    MemorySegment contribution() {
        return answer;
    }

    /// How contributions leave this device.
    Outgoing outgoing() {
        return outgoing;
    }

    /// Brings the samples of a task here, where they are not here at all times.
    ///
    /// @throws IOException if they cannot be had
    void prepareSamples(Work work) throws IOException, InterruptedException {
        boolean trains = work.kind() == Kind.TRAIN;
        var from = trains ? samples.train() : samples.test();
        from.prepare(trains ? order(work) : range(work));
    }

    private static int[] range(Work work) {
        return IntStream.range(work.first(), work.first() + work.count()).toArray();
    }

    /// Computes one task with the loaded parameters.
    ///
    /// @param nanoTime a clock, to tell how long it took
    /// @throws IllegalStateException if no parameters are loaded
    /// @throws IllegalArgumentException if the work names samples that the dataset does not have
    Result compute(Work work, int round, LongSupplier nanoTime) {
        return compute(work, round, nanoTime, () -> true);
    }

    /// @param isWanted asked now and then in a long task; where it is not wanted any more, the
    ///     result is of no use
    Result compute(Work work, int round, LongSupplier nanoTime, BooleanSupplier isWanted) {
        if (loaded.isEmpty()) throw new IllegalStateException("parameters: none are loaded");
        long startNs = nanoTime.getAsLong();
        if (work.local().isPresent()) {
            var steps = work.local().get();
            var order = order(work);
            var task =
                    new LocalTraining.Task(
                            steps, samples.train(), order, manifest.seed(), isWanted);
            training().ownedBy(loaded.get().fence());
            answer = answer(steps);
            var totals = training().train(task, training, parameters, answer);
            long micros = (nanoTime.getAsLong() - startNs) / 1000;
            return new Result(work.count(), totals.lossSum(), totals.correct(), micros);
        }
        boolean trains = work.kind() == Kind.TRAIN;
        if (trains) answer = contribution;
        var batch = select(work);
        var program = trains ? gradient : evaluate;
        writeParameters(program, trains);
        batch.write(program, parameterCount);
        if (trains) writeRandomness(round);
        program.run();
        program.read(0, lossSum);
        program.read(1, correct);
        if (trains) {
            for (int i = 0; i < parameterCount; i++) {
                program.read(TOTALS + i, contributionViews.get(i));
            }
        }
        return new Result(
                work.count(),
                lossSum.getFloat(0),
                correct.getFloat(0),
                (nanoTime.getAsLong() - startNs) / 1000);
    }

    /// Where the part whose turn it is lies.
    private MemorySegment answer(LocalSteps steps) {
        if (steps.replica().isEmpty()) return contribution;
        var replica = steps.replica().get();
        require(
                replica.elements() == manifest.parameterElements(),
                "replica: %d elements (expected: %d)",
                replica.elements(),
                manifest.parameterElements());
        long first = replica.first(replica.number());
        return contribution.asSlice(4 * first, 4L * replica.count(replica.number()));
    }

    /// Training visits samples in the epoch's order, evaluation in the order of the files.
    private Batch select(Work work) {
        if (work.kind() == Kind.TRAIN) {
            training.select(samples.train(), order(work));
            return training;
        }
        evaluation.select(samples.test(), range(work));
        return evaluation;
    }

    private int[] order(Work work) {
        var order = new SampleOrder(manifest.seed(), work.epoch(), samples.train().count());
        return order.samples(work.first(), work.count());
    }

    private void writeParameters(Executable program, boolean trains) {
        if ((trains ? inGradient : inEvaluate).equals(loaded)) return;
        for (int i = 0; i < parameterCount; i++) program.write(i, parameterViews.get(i));
        if (trains) inGradient = loaded;
        else inEvaluate = loaded;
    }

    /// Dropout depends on seed, round, sample and layer, never on the device.
    private void writeRandomness(int round) {
        key.setInt(0, Long.hashCode(manifest.seed()));
        key.setInt(1, round);
        gradient.write(parameterCount + 3, training.ids());
        gradient.write(parameterCount + 4, key);
    }

    @Override
    public void close() {
        gradient.close();
        evaluate.close();
        local.ifPresent(LocalTraining::close);
        arena.close();
    }
}
