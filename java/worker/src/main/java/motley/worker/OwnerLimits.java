package motley.worker;

import static motley.tensor.Require.require;

import java.util.Optional;

/// What the owner of a device allows. A device that reaches a limit finishes its task, takes no
/// other and says why.
///
/// @param batteryMin least charge, in [0, 1], while the device is not on power
/// @param onlyOnPower whether to work on power alone
/// @param onlyWhenIdle whether to wait while other programs use more than [#BUSY] of the processor
public record OwnerLimits(double batteryMin, boolean onlyOnPower, boolean onlyWhenIdle) {
    /// Share of all cores that other programs may use on an idle machine.
    static final double BUSY = 0.25;

    public OwnerLimits {
        require(
                batteryMin >= 0 && batteryMin <= 1,
                "batteryMin: %s (expected: in [0, 1])",
                batteryMin);
    }

    /// Works on power at any time, on battery down to 20 %.
    public static OwnerLimits usual() {
        return new OwnerLimits(0.2, false, false);
    }

    /// Why a machine with this `reading` takes no work, with the remedy; empty if it does. What is
    /// unknown never stops it: a machine without a battery has no charge to respect.
    Optional<String> pauseReason(Reading reading) {
        boolean isUnplugged = reading.health().onPower().equals(Optional.of(false));
        if (onlyOnPower && isUnplugged) {
            return Optional.of("on battery, allowed on power only: plug it in");
        }
        var battery = reading.health().battery();
        if (isUnplugged && battery.isPresent() && battery.getAsDouble() < batteryMin) {
            return Optional.of(
                    "battery %.0f %%, limit %.0f %%: plug it in or lower --battery-min"
                            .formatted(100 * battery.getAsDouble(), 100 * batteryMin));
        }
        var others = reading.otherPrograms();
        if (onlyWhenIdle && others.isPresent() && others.getAsDouble() > BUSY) {
            return Optional.of(
                    "other programs use %.0f %% of the processor, allowed when idle only"
                            .formatted(100 * others.getAsDouble()));
        }
        return Optional.empty();
    }
}
