package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalDouble;
import motley.wire.DeviceHealth;
import org.junit.jupiter.api.Test;

final class OwnerLimitsTest {
    private static final OptionalDouble UNKNOWN = OptionalDouble.empty();

    @Test
    void lowBatteryPausesWhenUnplugged() {
        var limits = new OwnerLimits(0.2, false, false);
        assertThat(limits.pauseReason(onBattery(0.19)))
                .contains("battery 19 %, limit 20 %: plug it in or lower --battery-min");
        assertThat(limits.pauseReason(onBattery(0.2))).isEmpty();
    }

    @Test
    void lowBatteryIsNoReasonOnPower() {
        var charging = reading(Optional.of(true), OptionalDouble.of(0.01), UNKNOWN);
        assertThat(new OwnerLimits(1, true, false).pauseReason(charging)).isEmpty();
    }

    @Test
    void batteryPausesADeviceThatWorksOnPowerOnly() {
        assertThat(new OwnerLimits(0, true, false).pauseReason(onBattery(1)))
                .contains("on battery, allowed on power only: plug it in");
        assertThat(new OwnerLimits(0, false, false).pauseReason(onBattery(0))).isEmpty();
    }

    @Test
    void otherProgramsPauseADeviceThatWorksWhenIdle() {
        var busy = reading(Optional.empty(), UNKNOWN, OptionalDouble.of(0.26));
        assertThat(new OwnerLimits(0, false, true).pauseReason(busy))
                .contains("other programs use 26 % of the processor, allowed when idle only");
        assertThat(new OwnerLimits(0, false, false).pauseReason(busy)).isEmpty();
        var quiet = reading(Optional.empty(), UNKNOWN, OptionalDouble.of(OwnerLimits.BUSY));
        assertThat(new OwnerLimits(0, false, true).pauseReason(quiet)).isEmpty();
    }

    @Test
    void whatIsUnknownNeverPauses() {
        var strictest = new OwnerLimits(1, true, true);
        assertThat(strictest.pauseReason(new Reading(DeviceHealth.unknown(), UNKNOWN))).isEmpty();
        var noCharge = reading(Optional.of(false), UNKNOWN, UNKNOWN);
        assertThat(new OwnerLimits(1, false, true).pauseReason(noCharge)).isEmpty();
        var noPlug = reading(Optional.empty(), OptionalDouble.of(0.01), UNKNOWN);
        assertThat(strictest.pauseReason(noPlug)).isEmpty();
    }

    @Test
    void chargeIsAShareAndNotAPercentage() {
        assertThatThrownBy(() -> new OwnerLimits(20, false, false))
                .hasMessage("batteryMin: 20.0 (expected: in [0, 1])");
        assertThatThrownBy(() -> new OwnerLimits(Double.NaN, false, false))
                .hasMessage("batteryMin: NaN (expected: in [0, 1])");
    }

    private static Reading onBattery(double charge) {
        return reading(Optional.of(false), OptionalDouble.of(charge), UNKNOWN);
    }

    private static Reading reading(
            Optional<Boolean> onPower, OptionalDouble battery, OptionalDouble otherPrograms) {
        var unknown = DeviceHealth.unknown();
        var health =
                new DeviceHealth(
                        unknown.load(),
                        unknown.memoryFreeBytes(),
                        battery,
                        onPower,
                        unknown.temperatureCelsius(),
                        Optional.empty());
        return new Reading(health, otherPrograms);
    }
}
