package motley.rounds;

import java.util.List;

/// Everything that can happen to a run. Events may be late, repeated, lost or out of order: each
/// such case has a defined outcome in [Rounds].
public sealed interface Event {
    /// A device offers itself. From a device the run already has it means a restart or a new
    /// connection: the leases it held are given to others, finished answers to them still count.
    ///
    /// @param numericClass devices of equal classes compute bit-identical results; empty: unknown
    record DeviceJoined(DeviceId device, String numericClass) implements Event {}

    /// How many samples of its own a device that has joined trains on in a round, where the run's
    /// devices do.
    record SamplesOffered(DeviceId device, int samples) implements Event {}

    /// What is known of a device from before, or has just been decided by people. Before it joins;
    /// a quarantined one gets no work.
    record Vouched(DeviceId device, Reputation reputation) implements Event {}

    /// A device said goodbye: its leases are returned at once.
    record DeviceLeft(DeviceId device) implements Event {}

    /// The shell has heard nothing for too long. Heard again, the device joins again.
    record DeviceSilent(DeviceId device) implements Event {}

    /// A device can compute now. It is answered by [Effect.Assign], at once or when there is work.
    record WorkRequested(DeviceId device) implements Event {}

    /// A device lives.
    ///
    /// @param working the leases it is working on; these are renewed, up to a cap
    record Heartbeat(DeviceId device, List<LeaseId> working) implements Event {
        public Heartbeat {
            working = List.copyOf(working);
        }
    }

    /// A device gives a task back undone: low battery, heat, a user at the keyboard.
    record LeaseReturned(DeviceId device, LeaseId lease, String reason) implements Event {}

    /// A device's answer has arrived completely. It is answered by [Effect.Accept] or
    /// [Effect.Refuse] in the same step.
    record ContributionOffered(DeviceId device, Contribution contribution) implements Event {}

    /// The shell has updated and published the parameters of a round closed by
    /// [Effect.CloseRound].
    ///
    /// @param version the version of the published parameters
    record RoundApplied(int round, long version) implements Event {}

    /// Time has passed. Due at [State#wakeAt]; more often does no harm.
    record Tick() implements Event {}

    /// Hand out no more work, but accept what is out and apply the round if that closes it.
    record PauseRequested() implements Event {}

    /// Hand out work again.
    record ResumeRequested() implements Event {}

    /// People want other dials. They are in force from the next round on.
    record StrategyChosen(Strategy strategy) implements Event {}

    /// End the run at the last applied round.
    record StopRequested(String reason) implements Event {}

    /// The shell cannot go on: storage full, parameters lost.
    record FailureReported(String reason) implements Event {}
}
