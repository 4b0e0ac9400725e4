package motley.wire;

import java.util.Optional;

/// What a device must fetch before its first task of a run. Programs and the dataset's files are
/// named by their SHA-256.
///
/// @param microBatch samples per training task, the batch dimension of the gradient program; the
///     evaluation program has its own
/// @param seed of the run: sample order and dropout follow from it
/// @param parameterElements f32 elements of all parameters together, and of a contribution
/// @param localProgram of one optimizer step; empty where tasks take none
public record RunManifest(
        String run,
        String name,
        String gradientProgram,
        String evaluateProgram,
        DatasetBlobs dataset,
        int microBatch,
        long seed,
        int parameterElements,
        Optional<String> localProgram) {

    /// What a device must fetch where tasks are gradients.
    public RunManifest(
            String run,
            String name,
            String gradientProgram,
            String evaluateProgram,
            DatasetBlobs dataset,
            int microBatch,
            long seed,
            int parameterElements) {
        this(
                run,
                name,
                gradientProgram,
                evaluateProgram,
                dataset,
                microBatch,
                seed,
                parameterElements,
                Optional.empty());
    }

    /// What the samples are in.
    public sealed interface DatasetBlobs {}

    /// Four blobs in IDX form.
    ///
    /// @param classes labels are below it
    public record Images(
            String trainImages,
            String trainLabels,
            String testImages,
            String testLabels,
            int classes)
            implements DatasetBlobs {}

    /// A blob in NPZ form, with arrays `x` and `y`.
    public record Arrays(String file) implements DatasetBlobs {}

    /// A blob in the form of `motley.data.ShardIndex`; it names the blobs of samples.
    public record Shards(String index) implements DatasetBlobs {}

    /// Samples of the device's own to train on.
    ///
    /// @param name what the device offers them as
    /// @param test where the test samples are
    public record Own(String name, DatasetBlobs test) implements DatasetBlobs {}

    /// Samples of which some to train on are judged by instead, as `motley.data.HeldBack` draws
    /// them.
    ///
    /// @param of where the samples are
    /// @param samples how many are held back
    public record HeldBack(DatasetBlobs of, int samples, long seed) implements DatasetBlobs {}

    /// A text, cut into windows as long as an input of the model.
    public record Text(String file) implements DatasetBlobs {}
}
