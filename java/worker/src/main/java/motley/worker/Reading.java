package motley.worker;

import java.time.LocalTime;
import java.util.Optional;
import java.util.OptionalDouble;
import motley.wire.DeviceHealth;

/// One look at the machine.
///
/// @param otherPrograms share of all cores that programs other than this one use, in [0, 1]
/// @param time of the day where the machine is; empty: nobody looked
/// @param isMetered whether its network is paid by the byte; empty: nobody knows
record Reading(
        DeviceHealth health,
        OptionalDouble otherPrograms,
        Optional<LocalTime> time,
        Optional<Boolean> isMetered) {
    /// A look that knows neither the time nor the network.
    Reading(DeviceHealth health, OptionalDouble otherPrograms) {
        this(health, otherPrograms, Optional.empty(), Optional.empty());
    }
}
