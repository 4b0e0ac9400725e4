package motley.coordinator;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import motley.data.LabelledImages;
import motley.data.SampleOrder;
import motley.data.Samples;
import motley.data.SplitSamples;
import motley.rounds.Kind;
import motley.rounds.Task;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/// What tasks of a run compute on, for devices that hold no samples: all that their program takes
/// after the parameters, one after the other, as devices with samples would make it
/// (inputs, targets, weights, and to train samples and key).
///
/// Samples are read when the first device asks. Any thread may call.
final class TaskInputs {
    private static final TensorType KEY = TensorType.i32(2);

    private final RunContext context;

    /// The last task of each device.
    private final Map<String, Task> handedOut = new ConcurrentHashMap<>();

    private @Nullable SplitSamples samples;

    TaskInputs(RunContext context) {
        this.context = context;
    }

    /// From now on `device` may ask for what `task` takes; for what it had before no longer.
    void expect(Device device, Task task) {
        handedOut.put(device.id(), task);
    }

    /// What the task takes that `device` has under `lease`, little-endian; empty if it has none.
    ///
    /// @throws IOException if the samples cannot be read
    Optional<byte[]> of(Device device, long lease) throws IOException {
        var task = handedOut.get(device.id());
        if (task == null || task.key().lease().number() != lease) return Optional.empty();
        return Optional.of(bytes(task.kind() == Kind.TRAIN ? training(task) : evaluation(task)));
    }

    private List<Tensor> training(Task task) throws IOException {
        var plan = context.plan();
        long seed = plan.request().training().seed();
        var from = samples().train();
        var chosen =
                new SampleOrder(seed, task.epoch(), from.count())
                        .samples(task.samples().first(), task.samples().count());
        int size = plan.settings().schedule().microBatch();
        var batch = batch(from, chosen, size);
        var ids = Tensor.onHeap(TensorType.i32(size));
        for (int row = 0; row < size; row++) ids.setInt(row, row < chosen.length ? chosen[row] : 0);
        var key = Tensor.onHeap(KEY);
        key.setInt(0, Long.hashCode(seed));
        key.setInt(1, task.key().round());
        batch.add(ids);
        batch.add(key);
        return batch;
    }

    private List<Tensor> evaluation(Task task) throws IOException {
        int first = task.samples().first();
        var chosen = IntStream.range(first, first + task.samples().count()).toArray();
        int size = context.plan().settings().schedule().evaluationBatch();
        return batch(samples().test(), chosen, size);
    }

    private static List<Tensor> batch(Samples from, int[] chosen, int size) {
        var inputs = Tensor.onHeap(batched(from.inputType(), size));
        var targets = Tensor.onHeap(batched(from.targetType(), size));
        from.copy(chosen, inputs, targets);
        var weights = Tensor.onHeap(TensorType.f32(size));
        for (int row = 0; row < size; row++) weights.setFloat(row, row < chosen.length ? 1 : 0);
        return new ArrayList<>(List.of(inputs, targets, weights));
    }

    private static TensorType batched(TensorType one, int size) {
        return one.with(one.shape().prepend(size));
    }

    private static byte[] bytes(List<Tensor> tensors) {
        long sizeBytes = tensors.stream().mapToLong(tensor -> tensor.data().byteSize()).sum();
        var bytes = new byte[Math.toIntExact(sizeBytes)];
        long at = 0;
        for (var tensor : tensors) {
            long length = tensor.data().byteSize();
            MemorySegment.copy(tensor.data(), 0, MemorySegment.ofArray(bytes), at, length);
            at += length;
        }
        return bytes;
    }

    private synchronized SplitSamples samples() throws IOException {
        var read = samples;
        if (read == null) read = samples = read(context.plan());
        return read;
    }

    private SplitSamples read(RunPlan plan) throws IOException {
        return read(plan.request().dataset(), plan);
    }

    private SplitSamples read(RunRequest.Dataset dataset, RunPlan plan) throws IOException {
        return switch (dataset) {
            case RunRequest.HeldBack(var whole, double _, var held) ->
                    read(whole, plan).holding(held);
            case RunRequest.Images(var train, var test, int classes) ->
                    new SplitSamples(images(train, classes), images(test, classes));
            case RunRequest.OnDevices _ ->
                    throw new IOException("samples: they stay on the devices that have them");
            case RunRequest.Stored stored ->
                    StoredSamples.of(stored, plan.model(), context.blobs());
            case RunRequest.Whole(var form, var blob, int _, int _) ->
                    switch (form) {
                        case ARRAYS -> SplitSamples.ofArrays(file(blob));
                        case TEXT -> SplitSamples.ofText(file(blob), plan.model().input());
                    };
        };
    }

    private LabelledImages images(RunRequest.Part part, int classes) throws IOException {
        return LabelledImages.read(file(part.images()), file(part.labels()), classes);
    }

    private Path file(String blob) throws IOException {
        return context.blobs()
                .find(blob)
                .orElseThrow(() -> new IOException("blob: %s is gone".formatted(blob)));
    }
}
