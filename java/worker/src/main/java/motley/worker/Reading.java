package motley.worker;

import java.util.OptionalDouble;
import motley.wire.DeviceHealth;

/// One look at the machine.
///
/// @param otherPrograms share of all cores that programs other than this one use, in [0, 1]
record Reading(DeviceHealth health, OptionalDouble otherPrograms) {}
