package motley.wire;

/// What a device must fetch before its first task of a run. Programs and the dataset's files are
/// named by their SHA-256.
///
/// @param microBatch samples per training task, the batch dimension of the gradient program; the
///     evaluation program has its own
/// @param seed of the run: sample order and dropout follow from it
/// @param parameterElements f32 elements of all parameters together, and of a contribution
public record RunManifest(
        String run,
        String name,
        String gradientProgram,
        String evaluateProgram,
        DatasetBlobs dataset,
        int microBatch,
        long seed,
        int parameterElements) {

    /// Four blobs in IDX form.
    public record DatasetBlobs(
            String trainImages,
            String trainLabels,
            String testImages,
            String testLabels,
            int classes) {}
}
