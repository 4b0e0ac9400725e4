package motley.coordinator;

import motley.rounds.Strategy;
import motley.wire.FromDevice;

/// What a run is told, in the order it is told.
sealed interface RunMessage {
    record Joined(Device device) implements RunMessage {}

    record Left(Device device, String reason) implements RunMessage {}

    /// People have decided how far to trust it.
    record Vouched(Device device) implements RunMessage {}

    record Silent(Device device, String reason) implements RunMessage {}

    record WorkRequested(Device device) implements RunMessage {}

    record Heard(Device device, long lease) implements RunMessage {}

    record Returned(Device device, FromDevice.LeaseReturn lease) implements RunMessage {}

    record Submitted(Device device, FromDevice.Submission submission) implements RunMessage {}

    /// People want it to wait.
    record Pause() implements RunMessage {}

    record Resume() implements RunMessage {}

    /// People want other dials.
    record Choose(Strategy strategy) implements RunMessage {}

    record Stop(String reason) implements RunMessage {}

    /// A checkpoint is durable.
    record Saved(Checkpointer.Place place) implements RunMessage {}

    record NotSaved(String reason) implements RunMessage {}

    /// The coordinator closes: keep what is there and go on another day.
    record Shutdown() implements RunMessage {}
}
