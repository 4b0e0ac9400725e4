package motley.rounds;

import java.time.Duration;

/// Something that happened and is worth remembering, beyond the effects themselves.
public sealed interface Fact {
    /// A lease ran out after `age`, or its device restarted or fell silent; its slot is open again.
    record LeaseExpired(DeviceId device, TaskKey key, Duration age) implements Fact {}

    /// A device gave its task back or left.
    record LeaseReturned(DeviceId device, TaskKey key, String reason) implements Fact {}

    /// An idle device repeats the work that is expected to finish last.
    record Duplicated(DeviceId device, TaskKey key, DeviceId holder) implements Fact {}

    /// Two devices answered one task; `agrees` tells whether their digests are equal. Only within
    /// one numeric class, where they must be.
    record Compared(int round, int slot, DeviceId first, DeviceId second, boolean agrees)
            implements Fact {}

    /// An unusual norm was accepted because a recomputation confirmed it.
    record NormConfirmed(int round, int slot, double normPerSample, double median)
            implements Fact {}

    /// Other dials are in force from `round` on.
    record StrategyInForce(int round, Strategy strategy) implements Fact {}

    /// A device's answer was proven wrong by others.
    ///
    /// @param isQuarantined whether it gets no more work
    record ProvenWrong(int round, int slot, DeviceId device, boolean isQuarantined)
            implements Fact {}

    /// The run has as many devices as it may have; this one waits for a place.
    record OnStandby(DeviceId device) implements Fact {}
}
