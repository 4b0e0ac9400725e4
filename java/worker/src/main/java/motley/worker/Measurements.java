package motley.worker;

import java.util.function.Supplier;
import motley.wire.DeviceProfile;

/// What is known of the machine.
///
/// @param profile does not change while the program runs
/// @param readings gives one look at the machine; called by one thread at a time
record Measurements(DeviceProfile profile, Supplier<Reading> readings) {}
