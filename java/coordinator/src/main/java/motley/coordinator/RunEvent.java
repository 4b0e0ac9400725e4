package motley.coordinator;

import motley.coordinator.storage.MetricRow;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.Strategy;

/// Something that happened in a run and that people may want to see at once.
public sealed interface RunEvent {
    String run();

    /// A round was applied, or an evaluation completed.
    ///
    /// @param samplesPerSecond of training, lately; 0 while nothing is known
    /// @param devices taking part
    /// @param standing how far the run is
    record Measured(
            String run, MetricRow metric, double samplesPerSecond, int devices, Standing standing)
            implements RunEvent {}

    /// How far a run is after a round.
    ///
    /// @param roundOfEpoch rounds applied in the epoch, of `roundsOfEpoch`
    /// @param samplesLeft training samples to come in the run
    record Standing(int roundOfEpoch, int roundsOfEpoch, long samplesLeft) {}

    /// @param reason why; empty when there is nothing to say
    record StatusChanged(String run, Status status, String reason) implements RunEvent {}

    /// People chose other dials; a run takes them up with its next round.
    record StrategyChosen(String run, Strategy strategy) implements RunEvent {}

    record DeviceJoined(String run, String device, String name) implements RunEvent {}

    record DeviceLeft(String run, String device, String name, String reason) implements RunEvent {}

    /// A round was applied, or an evaluation completed: where its time went.
    record Timed(String run, RoundTimes times) implements RunEvent {}

    /// The run could go on from here after a crash.
    record Checkpointed(String run, int epoch, int round) implements RunEvent {}
}
