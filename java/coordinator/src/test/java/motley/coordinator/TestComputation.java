package motley.coordinator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.data.SampleOrder;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Limits;
import motley.program.Program;
import motley.program.ProgramCodec;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.RunManifest;

/// What a device computes for one run.
final class TestComputation implements AutoCloseable {
    private static final int IMAGES_HEADER_BYTES = 16;
    private static final int LABELS_HEADER_BYTES = 8;
    private static final int GRADIENT_INPUTS = 5;

    /// Fetches a blob.
    interface Blobs {
        byte[] fetch(String sha256) throws Exception;
    }

    private final RunManifest manifest;
    private final CpuEngine engine = CpuEngine.open(new CpuSettings(1));
    private final Executable gradient;
    private final Executable evaluate;
    private final List<TensorType> gradientParams;
    private final List<TensorType> evaluateParams;
    private final Optional<Local> local;
    private final Blobs blobs;
    private final int evaluationBatch;
    private final List<TensorType> types;
    private final MemorySegment parameters;
    private final MemorySegment contribution;
    private final List<Tensor> parameterViews;
    private final List<Tensor> contributionViews;
    private final Rows train;
    private final Rows test;

    /// Samples, written for these tests alone.
    private interface Rows {
        int count();

        /// Writes inputs and targets of a batch from param `at` on.
        void write(Executable executable, int at, int[] samples, int batch);
    }

    private record Images(ByteBuffer images, ByteBuffer labels) implements Rows {
        @Override
        public int count() {
            return labels.limit() - LABELS_HEADER_BYTES;
        }

        @Override
        public void write(Executable executable, int at, int[] samples, int batch) {
            int pixels = 28 * 28;
            var inputs = new float[batch * pixels];
            var targets = new int[batch];
            for (int i = 0; i < samples.length; i++) {
                targets[i] = labels.get(LABELS_HEADER_BYTES + samples[i]);
                for (int p = 0; p < pixels; p++) {
                    int pixel = images.get(IMAGES_HEADER_BYTES + samples[i] * pixels + p) & 0xff;
                    inputs[i * pixels + p] = pixel / 255f;
                }
            }
            executable.write(at, Tensor.ofFloats(TensorType.f32(batch, 28, 28, 1).shape(), inputs));
            executable.write(at + 1, Tensor.ofInts(TensorType.i32(batch).shape(), targets));
        }
    }

    /// Those at some places of an order.
    private record Some(Rows all, SampleOrder order, int first, int count) implements Rows {
        @Override
        public void write(Executable executable, int at, int[] samples, int batch) {
            var among = IntStream.of(samples).map(s -> order.sampleAt(first + s)).toArray();
            all.write(executable, at, among, batch);
        }
    }

    /// Windows of the bytes of an ASCII text.
    private record Windows(ByteBuffer text, int time) implements Rows {
        @Override
        public int count() {
            return (text.limit() - 1) / time;
        }

        @Override
        public void write(Executable executable, int at, int[] samples, int batch) {
            var shape = TensorType.i32(batch, time).shape();
            for (int later = 0; later < 2; later++) {
                var codes = new int[batch * time];
                for (int i = 0; i < samples.length; i++) {
                    for (int t = 0; t < time; t++) {
                        codes[i * time + t] = text.get(samples[i] * time + t + later);
                    }
                }
                executable.write(at + later, Tensor.ofInts(shape, codes));
            }
        }
    }

    TestComputation(RunManifest manifest, Blobs blobs, Arena arena) throws Exception {
        this.manifest = manifest;
        var program = decode(blobs.fetch(manifest.gradientProgram()));
        gradient = engine.prepare(program, List.of());
        var evaluation = decode(blobs.fetch(manifest.evaluateProgram()));
        evaluate = engine.prepare(evaluation, List.of());
        gradientParams = program.paramTypes();
        evaluateParams = evaluation.paramTypes();
        evaluationBatch = evaluation.paramTypes().getLast().shape().dim(0);
        this.blobs = blobs;
        types = program.paramTypes().subList(0, program.params().size() - GRADIENT_INPUTS);
        local =
                manifest.localProgram().isEmpty()
                        ? Optional.empty()
                        : Optional.of(local(decode(blobs.fetch(manifest.localProgram().get()))));
        parameters = arena.allocate(4L * manifest.parameterElements(), 64);
        contribution = arena.allocate(4L * manifest.parameterElements(), 64);
        parameterViews = views(parameters);
        contributionViews = views(contribution);
        switch (manifest.dataset()) {
            case RunManifest.Images files -> {
                train = images(blobs, files.trainImages(), files.trainLabels());
                test = images(blobs, files.testImages(), files.testLabels());
            }
            case RunManifest.Text(var file) -> {
                var text = ByteBuffer.wrap(blobs.fetch(file));
                int time = program.paramTypes().get(types.size()).shape().dim(1);
                int border = text.limit() - text.limit() / 10;
                train = new Windows(text.slice(0, border), time);
                test = new Windows(text.slice(border, text.limit() - border), time);
            }
            // The device's own samples are as the test samples.
            case RunManifest.Own(_, RunManifest.Images files) -> {
                train = images(blobs, files.testImages(), files.testLabels());
                test = train;
            }
            case RunManifest.HeldBack(RunManifest.Images files, int held, long seed) -> {
                var all = images(blobs, files.trainImages(), files.trainLabels());
                var order = new SampleOrder(seed, Integer.MAX_VALUE, all.count());
                train = new Some(all, order, 0, all.count() - held);
                test = new Some(all, order, all.count() - held, held);
            }
            case RunManifest.HeldBack _ -> throw new AssertionError("no test holds others back");
            case RunManifest.Own _ -> throw new AssertionError("no test has other own samples");
            case RunManifest.Shards _ -> throw new AssertionError("no test has shards");
            case RunManifest.Arrays _ -> throw new AssertionError("no test has arrays");
        }
    }

    private static Images images(Blobs blobs, String images, String labels) throws Exception {
        return new Images(
                ByteBuffer.wrap(blobs.fetch(images)), ByteBuffer.wrap(blobs.fetch(labels)));
    }

    /// A program of one optimizer step.
    ///
    /// @param state types of the optimizer's state
    private record Local(Executable step, List<TensorType> state) {}

    private Local local(Program program) {
        var params = program.paramTypes();
        var state = params.subList(types.size(), params.size() - 7);
        var carries = new ArrayList<Engine.Carry>();
        for (int i = 0; i < types.size() + state.size(); i++) carries.add(new Engine.Carry(i, i));
        return new Local(engine.prepare(program, carries), state);
    }

    List<Shape> shapes() {
        return types.stream().map(TensorType::shape).toList();
    }

    MemorySegment parameters() {
        return parameters;
    }

    TestDevice.Outcome compute(FromCoordinator.Work work) throws Exception {
        return switch (work.kind()) {
            case TRAIN -> work.local().isPresent() ? trainLocally(work) : train(work);
            case EVALUATE -> evaluate(work);
        };
    }

    @Override
    public void close() {
        gradient.close();
        evaluate.close();
        local.ifPresent(it -> it.step.close());
        engine.close();
    }

    /// Computes a task from what its program takes after the parameters.
    TestDevice.Outcome compute(FromCoordinator.Work work, MemorySegment inputs) {
        boolean trains = work.kind() == FromCoordinator.Kind.TRAIN;
        var executable = trains ? gradient : evaluate;
        for (int i = 0; i < parameterViews.size(); i++) {
            executable.write(i, parameterViews.get(i));
        }
        long at = 0;
        var params = trains ? gradientParams : evaluateParams;
        for (int i = types.size(); i < params.size(); i++) {
            var type = params.get(i);
            executable.write(i, Tensor.of(type, inputs.asSlice(at, type.sizeBytes())));
            at += type.sizeBytes();
        }
        if (at != inputs.byteSize()) throw new AssertionError(inputs + ", not " + at);
        executable.run();
        for (int i = 0; trains && i < contributionViews.size(); i++) {
            executable.read(2 + i, contributionViews.get(i));
        }
        return new TestDevice.Outcome(contribution, result(executable, work.count()));
    }

    private TestDevice.Outcome train(FromCoordinator.Work work) {
        var order = new SampleOrder(manifest.seed(), work.epoch(), train.count());
        var samples = order.samples(work.first(), work.count());
        write(gradient, train, samples, manifest.microBatch());
        int at = parameterViews.size() + 3;
        var ids = new int[manifest.microBatch()];
        System.arraycopy(samples, 0, ids, 0, samples.length);
        gradient.write(at, Tensor.ofInts(TensorType.i32(ids.length).shape(), ids));
        gradient.write(at + 1, Tensor.ofInts(TensorType.i32(2).shape(), 0, 0));
        gradient.run();
        for (int i = 0; i < contributionViews.size(); i++) {
            gradient.read(2 + i, contributionViews.get(i));
        }
        return new TestDevice.Outcome(contribution, result(gradient, samples.length));
    }

    private TestDevice.Outcome trainLocally(FromCoordinator.Work work) throws Exception {
        var steps = work.local().orElseThrow();
        var step = local.orElseThrow().step;
        for (int i = 0; i < types.size(); i++) step.write(i, parameterViews.get(i));
        writeState(steps.state());
        var order = new SampleOrder(manifest.seed(), work.epoch(), train.count());
        int batch = manifest.microBatch();
        int at = types.size() + local.get().state.size();
        double lossSum = 0;
        double correct = 0;
        int done = 0;
        for (int pass = 0; pass < steps.passes(); pass++) {
            for (int first = 0; first < work.count(); first += batch) {
                int count = Math.min(batch, work.count() - first);
                var samples = order.samples(work.first() + first, count);
                step.write(at, Tensor.ofFloats(Shape.of(), steps.learningRates().get(done)));
                step.write(at + 1, Tensor.ofFloats(Shape.of(), steps.stateSteps() + done + 1));
                writeSamples(step, at + 2, train, samples, batch);
                step.write(at + 5, Tensor.ofInts(Shape.of(batch), Arrays.copyOf(samples, batch)));
                step.write(at + 6, Tensor.ofInts(Shape.of(2), 0, 0));
                step.run();
                done++;
                if (pass > 0) continue;
                lossSum += read(step, at);
                correct += read(step, at + 1);
            }
        }
        for (int i = 0; i < types.size(); i++) step.read(i, contributionViews.get(i));
        for (long i = 0; i < manifest.parameterElements(); i++) {
            float before = parameters.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float after = contribution.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            contribution.setAtIndex(ValueLayout.JAVA_FLOAT, i, (before - after) * work.count());
        }
        return new TestDevice.Outcome(
                answer(steps), new FromDevice.Result(work.count(), lossSum, correct, 1_000));
    }

    /// This device keeps nothing, which a device may: each of its copies begins anew.
    private MemorySegment answer(FromCoordinator.LocalSteps steps) {
        if (steps.replica().isEmpty()) return contribution;
        var replica = steps.replica().get();
        int number = replica.number();
        return contribution.asSlice(4L * replica.first(number), 4L * replica.count(number));
    }

    private void writeState(Optional<String> blob) throws Exception {
        var bytes = blob.isPresent() ? ByteBuffer.wrap(blobs.fetch(blob.get())) : null;
        int param = types.size();
        for (var type : local.orElseThrow().state) {
            var tensor = Tensor.onHeap(type);
            for (int i = 0; bytes != null && i < type.shape().count(); i++) {
                tensor.setFloat(i, bytes.order(ByteOrder.LITTLE_ENDIAN).getFloat());
            }
            local.get().step.write(param++, tensor);
        }
    }

    private static float read(Executable executable, int result) {
        var scalar = Tensor.onHeap(TensorType.f32());
        executable.read(result, scalar);
        return scalar.getFloat(0);
    }

    private TestDevice.Outcome evaluate(FromCoordinator.Work work) {
        var samples = new int[work.count()];
        for (int i = 0; i < samples.length; i++) samples[i] = work.first() + i;
        write(evaluate, test, samples, evaluationBatch);
        evaluate.run();
        return new TestDevice.Outcome(contribution, result(evaluate, samples.length));
    }

    private void write(Executable executable, Rows from, int[] samples, int batch) {
        for (int i = 0; i < parameterViews.size(); i++) {
            executable.write(i, parameterViews.get(i));
        }
        writeSamples(executable, parameterViews.size(), from, samples, batch);
    }

    private static void writeSamples(
            Executable executable, int at, Rows from, int[] samples, int batch) {
        var weights = new float[batch];
        Arrays.fill(weights, 0, samples.length, 1);
        from.write(executable, at, samples, batch);
        executable.write(at + 2, Tensor.ofFloats(TensorType.f32(batch).shape(), weights));
    }

    private static FromDevice.Result result(Executable executable, int samples) {
        var lossSum = Tensor.onHeap(TensorType.f32());
        var correct = Tensor.onHeap(TensorType.f32());
        executable.read(0, lossSum);
        executable.read(1, correct);
        return new FromDevice.Result(samples, lossSum.getFloat(0), correct.getFloat(0), 1_000);
    }

    private List<Tensor> views(MemorySegment all) {
        var views = new ArrayList<Tensor>();
        long at = 0;
        for (var type : types) {
            views.add(Tensor.of(type, all.asSlice(at, type.sizeBytes())));
            at += type.sizeBytes();
        }
        return views;
    }

    private static Program decode(byte[] bytes) {
        return ProgramCodec.decode(bytes, Limits.DEFAULT);
    }
}
