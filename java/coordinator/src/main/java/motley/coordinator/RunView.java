package motley.coordinator;

import java.util.List;
import java.util.Optional;
import motley.coordinator.storage.MetricRow;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.RunProgress;

/// A run as people see it, at one moment.
///
/// @param owner the id of the person whose it is
/// @param waiting one sentence: what it waits for, or why it is over
/// @param lastRound metrics of the latest round
/// @param lastEvaluation metrics of the latest evaluation
/// @param numericClasses of the devices whose answers count; with more than one, other devices
///     would have led to other weights
/// @param traffic what went over the network since the coordinator took the run up
/// @param weightsSha256 of the final parameters, little-endian f32 in the order of the model
public record RunView(
        String id,
        String owner,
        RunRequest request,
        Status status,
        String waiting,
        RunProgress progress,
        Optional<MetricRow> lastRound,
        Optional<MetricRow> lastEvaluation,
        Optional<String> weightsSha256,
        List<String> numericClasses,
        Traffic.View traffic,
        long createdAtMs) {
    public RunView {
        numericClasses = List.copyOf(numericClasses);
    }

    /// Whether the weights depend on which devices took part.
    public boolean isMixed() {
        return numericClasses.size() > 1;
    }
}
