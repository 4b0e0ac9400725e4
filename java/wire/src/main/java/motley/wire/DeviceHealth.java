package motley.wire;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// How a device is at this moment. What cannot be measured is empty, never invented.
///
/// @param load share of all cores in use, in [0, 1]
/// @param battery charge, in [0, 1]
/// @param pausedBecause why the device takes no work at present; empty when it does
public record DeviceHealth(
        OptionalDouble load,
        OptionalLong memoryFreeBytes,
        OptionalDouble battery,
        Optional<Boolean> onPower,
        OptionalDouble temperatureCelsius,
        Optional<String> pausedBecause) {

    /// Nothing measured yet.
    public static DeviceHealth unknown() {
        return new DeviceHealth(
                OptionalDouble.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty());
    }
}
