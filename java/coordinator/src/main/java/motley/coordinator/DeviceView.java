package motley.coordinator;

import java.util.Optional;
import motley.rounds.Reputation;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;

/// A device as people see it, at one moment.
///
/// @param owner the id of the person whose it is
/// @param reason why it pauses, is gone, or gets no work or not all; empty when it does
/// @param run the run it works for
/// @param work what it has done since the coordinator started
/// @param reputation what is known of its honesty
/// @param heardAtMs when it was last heard
public record DeviceView(
        String id,
        String name,
        String owner,
        DeviceProfile profile,
        DeviceHealth health,
        State state,
        Optional<String> reason,
        Optional<String> run,
        Work work,
        Reputation reputation,
        long heardAtMs) {

    public enum State {
        /// Ready, and nothing to do.
        IDLE,
        /// Has a task.
        WORKING,
        /// Its owner's limits keep it from taking tasks.
        PAUSED,
        /// Not connected.
        SILENT
    }

    /// Measured contribution.
    ///
    /// @param tasks accepted
    /// @param samples in accepted training tasks
    /// @param samplesPerSecond while computing them; 0 before the first
    /// @param withheld tasks answered and not confirmed: waiting, or never
    /// @param traffic what went over the network for it
    public record Work(
            long tasks,
            long samples,
            double samplesPerSecond,
            long withheld,
            Traffic.View traffic) {}
}
