package motley.coordinator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.data.SampleOrder;
import motley.program.Executable;
import motley.program.Limits;
import motley.program.Program;
import motley.program.ProgramCodec;
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
    private final int evaluationBatch;
    private final List<TensorType> types;
    private final MemorySegment parameters;
    private final MemorySegment contribution;
    private final List<Tensor> parameterViews;
    private final List<Tensor> contributionViews;
    private final Samples train;
    private final Samples test;

    private static final class Samples {
        final byte[] images;
        final byte[] labels;

        Samples(byte[] images, byte[] labels) {
            this.images = images;
            this.labels = labels;
        }

        int count() {
            return labels.length - LABELS_HEADER_BYTES;
        }
    }

    TestComputation(RunManifest manifest, Blobs blobs, Arena arena) throws Exception {
        this.manifest = manifest;
        var program = decode(blobs.fetch(manifest.gradientProgram()));
        gradient = engine.prepare(program, List.of());
        var evaluation = decode(blobs.fetch(manifest.evaluateProgram()));
        evaluate = engine.prepare(evaluation, List.of());
        evaluationBatch = evaluation.paramTypes().getLast().shape().dim(0);
        types = program.paramTypes().subList(0, program.params().size() - GRADIENT_INPUTS);
        parameters = arena.allocate(4L * manifest.parameterElements(), 64);
        contribution = arena.allocate(4L * manifest.parameterElements(), 64);
        parameterViews = views(parameters);
        contributionViews = views(contribution);
        var files = manifest.dataset();
        train = new Samples(blobs.fetch(files.trainImages()), blobs.fetch(files.trainLabels()));
        test = new Samples(blobs.fetch(files.testImages()), blobs.fetch(files.testLabels()));
    }

    MemorySegment parameters() {
        return parameters;
    }

    TestDevice.Outcome compute(FromCoordinator.Work work) {
        return switch (work.kind()) {
            case TRAIN -> train(work);
            case EVALUATE -> evaluate(work);
        };
    }

    @Override
    public void close() {
        gradient.close();
        evaluate.close();
        engine.close();
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

    private TestDevice.Outcome evaluate(FromCoordinator.Work work) {
        var samples = new int[work.count()];
        for (int i = 0; i < samples.length; i++) samples[i] = work.first() + i;
        write(evaluate, test, samples, evaluationBatch);
        evaluate.run();
        return new TestDevice.Outcome(contribution, result(evaluate, samples.length));
    }

    private void write(Executable executable, Samples from, int[] samples, int batch) {
        for (int i = 0; i < parameterViews.size(); i++) {
            executable.write(i, parameterViews.get(i));
        }
        int pixels = 28 * 28;
        var images = new float[batch * pixels];
        var labels = new int[batch];
        var weights = new float[batch];
        for (int i = 0; i < samples.length; i++) {
            weights[i] = 1;
            labels[i] = from.labels[LABELS_HEADER_BYTES + samples[i]];
            for (int p = 0; p < pixels; p++) {
                int pixel = from.images[IMAGES_HEADER_BYTES + samples[i] * pixels + p] & 0xff;
                images[i * pixels + p] = pixel / 255f;
            }
        }
        int at = parameterViews.size();
        executable.write(at, Tensor.ofFloats(TensorType.f32(batch, 28, 28, 1).shape(), images));
        executable.write(at + 1, Tensor.ofInts(TensorType.i32(batch).shape(), labels));
        executable.write(at + 2, Tensor.ofFloats(TensorType.f32(batch).shape(), weights));
    }

    private static FromDevice.Result result(Executable executable, int samples) {
        var lossSum = Tensor.onHeap(TensorType.f32());
        var correct = Tensor.onHeap(TensorType.f32());
        executable.read(0, lossSum);
        executable.read(1, correct);
        return new FromDevice.Result(
                samples, lossSum.getFloat(0), Math.round(correct.getFloat(0)), 1_000);
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
