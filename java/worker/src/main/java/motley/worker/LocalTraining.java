package motley.worker;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import motley.data.Samples;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.wire.FromCoordinator.LocalSteps;

/// Tasks that are trainings of their own: optimizer steps from the given parameters and the given
/// state of the optimizer, and nothing that stays from an earlier task. So every device gives the
/// same answer to the same task, and any device can repeat it. Only where the task says so does a
/// copy of the model stay ([Replicas]).
///
/// The program takes (parameters…, state…, learning rate, step, inputs, targets, weights, samples,
/// key) and gives (parameters…, state…, loss sum, correct). `step` counts what the state has seen.
///
/// Source: McMahan et al. 2017, "Communication-efficient learning of deep networks from
/// decentralized data", alg. 1 (FedAvg); Douillard et al. 2023, "DiLoCo", alg. 1. Differs: the
/// inner optimizer's state is not kept by each device from round to round but begins with what the
/// coordinator shares.
///
/// Confined to one thread. Closing it frees the program; the arena is the caller's.
final class LocalTraining implements AutoCloseable {
    private static final int INPUTS = 7;
    private static final TensorType SCALAR = TensorType.f32();
    private static final TensorType KEY = TensorType.i32(2);
    private static final long ALIGNMENT_BYTES = 64;

    private final Executable program;
    private final List<TensorType> types; // of the parameters
    private final int parameterCount;
    private final int stateCount;
    private final MemorySegment state;
    private final List<Tensor> stateViews;
    private final List<TensorType> stateTypes;
    private final Replicas replicas;
    private final Tensor scalar = Tensor.onHeap(SCALAR);
    private final Tensor key = Tensor.onHeap(KEY);

    /// What `state` holds: zeros, or a blob.
    private Optional<String> loaded = Optional.empty();

    /// Brings a blob to this machine.
    interface Blobs {
        Path fetch(String sha256) throws IOException, InterruptedException;
    }

    /// What a task came to, over its first pass.
    ///
    /// @param steps that were taken, over all passes
    record Totals(double lossSum, double correct, int steps) {}

    /// A task.
    static final class Task {
        private final LocalSteps steps;
        private final Samples from;
        private final int[] samples;
        private final long seed;
        private final BooleanSupplier isWanted;

        /// @param samples in the order in which they are learnt
        /// @param isWanted asked between steps; where it is not, the rest is left out
        Task(LocalSteps steps, Samples from, int[] samples, long seed, BooleanSupplier isWanted) {
            this.steps = steps;
            this.from = from;
            this.samples = samples;
            this.seed = seed;
            this.isWanted = isWanted;
        }
    }

    private LocalTraining(
            Executable program,
            List<TensorType> parameters,
            List<TensorType> stateTypes,
            Arena arena) {
        this.program = program;
        types = parameters;
        parameterCount = parameters.size();
        stateCount = stateTypes.size();
        state = arena.allocate(ParameterSpan.sizeBytes(stateTypes), ALIGNMENT_BYTES);
        stateViews = ParameterSpan.views(stateTypes, state);
        this.stateTypes = stateTypes;
        replicas = new Replicas(ParameterSpan.sizeBytes(parameters), state.byteSize(), arena);
    }

    /// The tasks that follow are those of the owner `fence`: what was kept for another is worth
    /// nothing.
    void ownedBy(long fence) {
        replicas.ownedBy(fence);
    }

    /// Compiles `program`.
    ///
    /// @param batch the samples of one step
    /// @throws IllegalArgumentException if it does not fit parameters and batch
    static LocalTraining open(
            Program program, List<TensorType> parameters, Batch batch, Setting setting) {
        var types = stateTypes(program, parameters, batch);
        int carried = parameters.size() + types.size();
        var carries = IntStream.range(0, carried).mapToObj(i -> new Engine.Carry(i, i)).toList();
        var executable = setting.engine.prepare(program, carries);
        return new LocalTraining(executable, parameters, types, setting.arena);
    }

    /// What computes, and where memory comes from.
    record Setting(Engine engine, Arena arena) {}

    /// The types of the optimizer's state: what lies between the parameters and the rest.
    private static List<TensorType> stateTypes(
            Program program, List<TensorType> parameters, Batch batch) {
        var params = program.paramTypes();
        int end = params.size() - INPUTS;
        require(
                end >= parameters.size(),
                "local program: %d params (expected: at least %d)",
                params.size(),
                parameters.size() + INPUTS);
        var state = params.subList(parameters.size(), end);
        for (var type : state) {
            require(type.dtype() == DType.F32, "optimizer state: %s (expected: f32)", type);
        }
        var carried = Stream.concat(parameters.stream(), state.stream()).toList();
        var inputs =
                List.of(
                        SCALAR,
                        SCALAR,
                        batch.inputs().type(),
                        batch.targets().type(),
                        batch.weights().type(),
                        batch.ids().type(),
                        KEY);
        requireTypes("local params", params, carried, inputs);
        requireTypes("local results", program.resultTypes(), carried, List.of(SCALAR, SCALAR));
        return state;
    }

    private static void requireTypes(
            String what, List<TensorType> actual, List<TensorType> first, List<TensorType> last) {
        var fit = Stream.concat(first.stream(), last.stream()).toList();
        require(actual.equals(fit), "%s: %s (expected: %s)", what, actual, fit);
    }

    /// Makes the blob `name` the state that tasks begin with; zeros if there is none.
    ///
    /// @throws IOException if it cannot be had, or is not as long as the state
    void load(Optional<String> name, Blobs blobs) throws IOException, InterruptedException {
        if (loaded.equals(name)) return;
        loaded = Optional.empty();
        state.fill((byte) 0);
        if (name.isEmpty()) return;
        try (var arena = Arena.ofConfined();
                var file = FileChannel.open(blobs.fetch(name.get()), StandardOpenOption.READ)) {
            if (file.size() != state.byteSize()) {
                throw new IOException(
                        "optimizer state: %d bytes (expected: %d)"
                                .formatted(file.size(), state.byteSize()));
            }
            state.copyFrom(file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena));
        }
        loaded = name;
    }

    /// Trains from `parameters` and writes (parameters before − parameters after) times the number
    /// of samples into `contribution`, all of them f32 and one after the other.
    ///
    /// With a replica it trains that, and writes the part whose turn it is.
    ///
    /// @param batch memory for the samples of one step
    /// @param contribution as long as the answer
    /// @throws IllegalArgumentException if the task has fewer rates than steps
    Totals train(Task task, Batch batch, MemorySegment parameters, MemorySegment contribution) {
        int perPass = Math.ceilDiv(task.samples.length, batch.size());
        int steps = perPass * task.steps.passes();
        require(
                steps <= task.steps.learningRates().size(),
                "learningRates: %d (expected: at least %d, one a step)",
                task.steps.learningRates().size(),
                steps);
        if (task.steps.replica().isPresent()) {
            return trainCopy(task, batch, parameters, contribution);
        }
        begin(parameters, stateViews);
        var totals = run(task, batch, task.steps.stateSteps());
        end(parameters, contribution, task.samples.length);
        return totals;
    }

    private Totals trainCopy(
            Task task, Batch batch, MemorySegment parameters, MemorySegment contribution) {
        var turn = task.steps.replica().orElseThrow();
        var copy = replicas.take(turn, parameters, state, task.steps.stateSteps());
        int seen = -1; // Where a step fails, the copy begins anew.
        try {
            var memory = ParameterSpan.views(stateTypes, copy.state());
            begin(copy.parameters(), memory);
            var totals = run(task, batch, copy.steps());
            var views = ParameterSpan.views(types, copy.parameters());
            for (int i = 0; i < parameterCount; i++) program.read(i, views.get(i));
            for (int i = 0; i < stateCount; i++) program.read(parameterCount + i, memory.get(i));
            long at = 4L * turn.first(turn.number());
            long bytes = contribution.byteSize();
            contribution.copyFrom(copy.parameters().asSlice(at, bytes));
            toMove(parameters.asSlice(at, bytes), contribution, task.samples.length);
            seen = copy.steps() + totals.steps;
            return totals;
        } finally {
            replicas.putBack(copy, seen);
        }
    }

    /// @param seen steps that the optimizer's state has seen
    private Totals run(Task task, Batch batch, int seen) {
        int perPass = Math.ceilDiv(task.samples.length, batch.size());
        int steps = perPass * task.steps.passes();
        int done = 0;
        double lossSum = 0;
        double correct = 0;
        for (int step = 0; step < steps && task.isWanted.getAsBoolean(); step++) {
            select(task, batch, step % perPass);
            step(task, batch, step, seen + step + 1);
            done++;
            if (step >= perPass) continue;
            lossSum += read(parameterCount + stateCount);
            correct += read(parameterCount + stateCount + 1);
        }
        return new Totals(lossSum, correct, done);
    }

    private void begin(MemorySegment parameters, List<Tensor> memory) {
        var views = ParameterSpan.views(types, parameters);
        for (int i = 0; i < parameterCount; i++) program.write(i, views.get(i));
        for (int i = 0; i < stateCount; i++) program.write(parameterCount + i, memory.get(i));
    }

    private static void select(Task task, Batch batch, int part) {
        int first = part * batch.size();
        int end = Math.min(task.samples.length, first + batch.size());
        batch.select(task.from, Arrays.copyOfRange(task.samples, first, end));
    }

    private void step(Task task, Batch batch, int step, int number) {
        int at = parameterCount + stateCount;
        write(at, task.steps.learningRates().get(step));
        write(at + 1, number);
        batch.write(program, at + 2);
        key.setInt(0, Long.hashCode(task.seed));
        key.setInt(1, task.steps.firstStep() + step);
        program.write(at + 5, batch.ids());
        program.write(at + 6, key);
        program.run();
    }

    private void end(MemorySegment parameters, MemorySegment contribution, int samples) {
        var views = ParameterSpan.views(types, contribution);
        for (int i = 0; i < parameterCount; i++) program.read(i, views.get(i));
        toMove(parameters, contribution, samples);
    }

    /// Makes of where parameters are now by how much they moved, times the samples.
    private static void toMove(MemorySegment parameters, MemorySegment contribution, int samples) {
        long elements = contribution.byteSize() / Float.BYTES;
        for (long i = 0; i < elements; i++) {
            float before = parameters.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float after = contribution.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            contribution.setAtIndex(ValueLayout.JAVA_FLOAT, i, (before - after) * samples);
        }
    }

    private void write(int param, float value) {
        scalar.setFloat(0, value);
        program.write(param, scalar);
    }

    private float read(int result) {
        program.read(result, scalar);
        return scalar.getFloat(0);
    }

    @Override
    public void close() {
        program.close();
    }
}
