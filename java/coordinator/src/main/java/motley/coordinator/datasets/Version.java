package motley.coordinator.datasets;

import java.util.Optional;

/// A state of a data set that never changes once it is ready.
///
/// @param number from 1 on
/// @param reason why it failed; empty otherwise
/// @param recipe how it was asked for, as JSON
/// @param indexSha256 the blob that says where its samples are; empty while there is none
/// @param sizeBytes of its shards
/// @param description what was found in it, as JSON; empty while nothing was
public record Version(
        String dataset,
        int number,
        Status status,
        String reason,
        String recipe,
        Optional<String> indexSha256,
        int trainSamples,
        int testSamples,
        long sizeBytes,
        String description,
        long createdAtMs) {
    /// How far it is.
    public enum Status {
        PREPARING,
        READY,
        FAILED
    }

    /// One that is to be prepared.
    static Version begun(String dataset, int number, String recipe, long atMs) {
        return new Version(
                dataset, number, Status.PREPARING, "", recipe, Optional.empty(), 0, 0, 0, "", atMs);
    }

    Version failed(String why) {
        return new Version(
                dataset,
                number,
                Status.FAILED,
                why,
                recipe,
                indexSha256,
                0,
                0,
                0,
                description,
                createdAtMs);
    }
}
