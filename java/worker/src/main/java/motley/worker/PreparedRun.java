package motley.worker;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import motley.data.LabelledImages;
import motley.data.SampleOrder;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromCoordinator.Work;
import motley.wire.FromDevice.Result;
import motley.wire.RunManifest;

/// A run made ready on this device: its programs compiled, its samples in memory.
///
/// The gradient program takes (parameters…, images, labels, weights, samples, key) and gives (loss
/// sum, correct, gradient sums…); the evaluation program takes (parameters…, images, labels,
/// weights) and gives (loss sum, correct). Rows beyond a task's samples have weight 0.
///
/// Confined to one thread. Closing it frees the memory of both programs.
final class PreparedRun implements AutoCloseable {
    /// Params of the gradient program that are not parameters of the model.
    private static final int GRADIENT_INPUTS = 5;
    private static final int EVALUATE_INPUTS = 3;
    private static final int TOTALS = 2;
    private static final TensorType KEY = TensorType.i32(2);
    private static final long ALIGNMENT_BYTES = 64;

    /// Both programs of a run, verified.
    record Programs(Program gradient, Program evaluate) {}

    /// Both parts of a dataset.
    record Samples(LabelledImages train, LabelledImages test) {}

    /// Which parameters: versions count anew when a run changes its owner.
    record Version(long fence, long number) {}

    /// Copies parameters from wherever they are.
    interface Source {
        /// @return false if they are not there any more
        boolean readInto(MemorySegment memory) throws IOException, InterruptedException;
    }

    private final RunManifest manifest;
    private final Samples samples;
    private final Executable gradient;
    private final Executable evaluate;
    private final int parameterCount;

    private final Arena arena;
    private final MemorySegment parameters;
    private final List<Tensor> parameterViews;
    private final MemorySegment contribution;
    private final List<Tensor> contributionViews;
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
            RunManifest manifest, Samples samples, List<TensorType> params, Compiled compiled) {
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
        outgoing = new Outgoing(manifest.parameterElements());
        training = Batch.allocate(params.get(parameterCount), arena);
        evaluation = Batch.allocate(compiled.evaluationImages(), arena);
    }

    /// Samples as they enter a program.
    ///
    /// @param images `[batch, rows, cols, channel]`
    /// @param labels `i32[batch]`
    /// @param weights `[batch]`, 1 counts and 0 is padding
    /// @param ids `i32[batch]`, the samples' numbers in the dataset
    private record Batch(Tensor images, Tensor labels, Tensor weights, Tensor ids) {
        static Batch allocate(TensorType images, Arena arena) {
            int size = images.shape().dim(0);
            return new Batch(
                    Tensor.allocate(images, arena),
                    Tensor.allocate(TensorType.i32(size), arena),
                    Tensor.allocate(TensorType.f32(size), arena),
                    Tensor.allocate(TensorType.i32(size), arena));
        }

        int size() {
            return labels.shape().dim(0);
        }

        /// Takes over the samples `chosen`, at most [#size].
        void select(LabelledImages from, int[] chosen) {
            require(
                    chosen.length <= size(),
                    "count: %d (expected: at most %d)",
                    chosen.length,
                    size());
            from.copy(chosen, images, labels);
            for (int row = 0; row < size(); row++) {
                weights.setFloat(row, row < chosen.length ? 1 : 0);
                ids.setInt(row, row < chosen.length ? chosen[row] : 0);
            }
        }
    }

    private record Compiled(
            Executable gradient, Executable evaluate, TensorType evaluationImages, Arena arena) {}

    /// Compiles both programs. Frees what it has taken if that fails half-way.
    ///
    /// @throws IllegalArgumentException if programs, dataset and manifest do not fit each other
    static PreparedRun open(
            RunManifest manifest, Programs programs, Samples samples, Engine engine) {
        requireInterface(manifest, programs, samples);
        var arena = Arena.ofShared(); // Contributions are sent by the HTTP client's threads.
        var executables = new ArrayList<Executable>();
        try {
            executables.add(engine.prepare(programs.gradient(), List.of()));
            executables.add(engine.prepare(programs.evaluate(), List.of()));
            int imagesParam = programs.evaluate().params().size() - EVALUATE_INPUTS;
            var images = programs.evaluate().paramTypes().get(imagesParam);
            var compiled =
                    new Compiled(executables.getFirst(), executables.getLast(), images, arena);
            return new PreparedRun(manifest, samples, programs.gradient().paramTypes(), compiled);
        } catch (RuntimeException | Error e) {
            executables.forEach(Executable::close);
            arena.close();
            throw e;
        }
    }

    private static void requireInterface(RunManifest manifest, Programs programs, Samples samples) {
        int count = programs.gradient().params().size() - GRADIENT_INPUTS;
        require(count >= 1, "gradient program: too few params for run %s", manifest.run());
        var types = programs.gradient().paramTypes().subList(0, count);
        for (var type : types) {
            require(type.dtype() == DType.F32, "parameter: %s (expected: f32)", type);
        }
        require(
                samples.test().imageShape().equals(samples.train().imageShape()),
                "test images: %s (expected: %s, as for training)",
                samples.test().imageShape(),
                samples.train().imageShape());
        var image = samples.train().imageShape();
        int batch = manifest.microBatch();
        var gradientInputs =
                concat(inputs(types, image, batch), List.of(TensorType.i32(batch), KEY));
        var totals = List.of(TensorType.f32(), TensorType.f32());
        requireTypes("gradient params", programs.gradient().paramTypes(), gradientInputs);
        requireTypes("gradient results", programs.gradient().resultTypes(), concat(totals, types));
        var evaluateInputs = inputs(types, image, evaluationBatch(programs.evaluate()));
        requireTypes("evaluate params", programs.evaluate().paramTypes(), evaluateInputs);
        requireTypes("evaluate results", programs.evaluate().resultTypes(), totals);
        long elements = ParameterSpan.sizeBytes(types) / Float.BYTES;
        require(
                elements == manifest.parameterElements(),
                "parameterElements: %d (expected: %d)",
                manifest.parameterElements(),
                elements);
    }

    /// What both programs take: parameters, images, labels, weights.
    private static List<TensorType> inputs(List<TensorType> parameters, Shape image, int batch) {
        var images = new TensorType(DType.F32, image.prepend(batch));
        return concat(parameters, List.of(images, TensorType.i32(batch), TensorType.f32(batch)));
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
    /// @return false if `source` has them no more
    /// @throws IOException if they cannot be had; then none are loaded
    boolean load(Version version, Source source) throws IOException, InterruptedException {
        if (loaded.equals(Optional.of(version))) return true;
        loaded = Optional.empty(); // A copy that breaks off leaves parts of two versions.
        if (!source.readInto(parameters)) return false;
        loaded = Optional.of(version);
        return true;
    }

    /// The gradient sums of the last training task.
    MemorySegment contribution() {
        return contribution;
    }

    /// How contributions leave this device.
    Outgoing outgoing() {
        return outgoing;
    }

    /// Computes one task with the loaded parameters.
    ///
    /// @param nanoTime a clock, to tell how long it took
    /// @throws IllegalStateException if no parameters are loaded
    /// @throws IllegalArgumentException if the work names samples that the dataset does not have
    Result compute(Work work, int round, LongSupplier nanoTime) {
        if (loaded.isEmpty()) throw new IllegalStateException("parameters: none are loaded");
        long startNs = nanoTime.getAsLong();
        boolean trains = work.kind() == Kind.TRAIN;
        var batch = select(work);
        var program = trains ? gradient : evaluate;
        writeParameters(program, trains);
        program.write(parameterCount, batch.images());
        program.write(parameterCount + 1, batch.labels());
        program.write(parameterCount + 2, batch.weights());
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
                Math.round(correct.getFloat(0)),
                (nanoTime.getAsLong() - startNs) / 1000);
    }

    /// Training visits samples in the epoch's order, evaluation in the order of the files.
    private Batch select(Work work) {
        if (work.kind() == Kind.TRAIN) {
            int size = samples.train().count();
            var order = new SampleOrder(manifest.seed(), work.epoch(), size);
            training.select(samples.train(), order.samples(work.first(), work.count()));
            return training;
        }
        var range = IntStream.range(work.first(), work.first() + work.count());
        evaluation.select(samples.test(), range.toArray());
        return evaluation;
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
        arena.close();
    }
}
