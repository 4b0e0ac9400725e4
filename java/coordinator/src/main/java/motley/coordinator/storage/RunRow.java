package motley.coordinator.storage;

import java.util.Optional;
import java.util.OptionalLong;

/// A run as it is kept.
///
/// @param owner the id of the person whose it is
/// @param request its settings as JSON
/// @param fence the fencing epoch of its present owner
/// @param weightsSha256 of the final parameters
public record RunRow(
        String id,
        String owner,
        String request,
        long createdAtMs,
        Status status,
        String reason,
        long fence,
        OptionalLong endedAtMs,
        Optional<String> weightsSha256) {

    /// The same run with another owner.
    public RunRow withFence(long newFence) {
        return new RunRow(
                id,
                owner,
                request,
                createdAtMs,
                status,
                reason,
                newFence,
                endedAtMs,
                weightsSha256);
    }

    /// Whether a run has work left.
    public enum Status {
        ACTIVE,
        PAUSED,
        FINISHED,
        STOPPED,
        FAILED;

        public boolean isOver() {
            return switch (this) {
                case ACTIVE, PAUSED -> false;
                case FINISHED, STOPPED, FAILED -> true;
            };
        }
    }
}
