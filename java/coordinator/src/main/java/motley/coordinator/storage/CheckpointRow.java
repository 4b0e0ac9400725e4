package motley.coordinator.storage;

/// Where a run can go on: a place in its schedule and the names of two blobs of raw f32.
///
/// @param round training rounds applied
/// @param version of the parameters
/// @param coverage which micro-batches of the epoch are in the parameters; empty: those of the
///     rounds before `round`
/// @param isBest whether no evaluation was better than the one of these parameters, when it was
/// made
public record CheckpointRow(
        long sequence,
        int epoch,
        int round,
        long version,
        String coverage,
        String parameters,
        String state,
        boolean isBest) {}
