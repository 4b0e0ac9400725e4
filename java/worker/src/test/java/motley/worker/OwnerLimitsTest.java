package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import motley.wire.DeviceHealth;
import motley.wire.Hindrance;
import org.junit.jupiter.api.Test;

final class OwnerLimitsTest {
    private static final OptionalDouble UNKNOWN = OptionalDouble.empty();

    @Test
    void lowBatteryPausesWhenUnplugged() {
        var limits = new OwnerLimits(0.2, false, false);
        assertThat(limits.pauseReason(onBattery(0.19)))
                .contains(
                        new Hindrance(
                                "battery 19 %, limit 20 %", "plug it in or lower --battery-min"));
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
                .contains(new Hindrance("on battery, allowed on power only", "plug it in"));
        assertThat(new OwnerLimits(0, false, false).pauseReason(onBattery(0))).isEmpty();
    }

    @Test
    void otherProgramsPauseADeviceThatWorksWhenIdle() {
        var busy = reading(Optional.empty(), UNKNOWN, OptionalDouble.of(0.26));
        assertThat(new OwnerLimits(0, false, true).pauseReason(busy))
                .contains(
                        new Hindrance(
                                "other programs use 26 % of the processor, allowed when idle only",
                                "works again below 25 %"));
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
    void timeOfDayPausesAndSaysUntilWhen() {
        var limits = around(OwnerHours.parse("22-7,12:30-13"), OptionalDouble.empty(), false);
        for (var allowed : new String[] {"22:00", "23:59", "00:00", "06:59", "12:30", "12:59"}) {
            assertThat(limits.pauseReason(at(allowed))).as(allowed).isEmpty();
        }
        assertThat(limits.pauseReason(at("07:00")))
                .contains(
                        new Hindrance(
                                "it is 7:00, allowed at 22:00-7:00,12:30-13:00",
                                "works again at 12:30"));
        assertThat(limits.pauseReason(at("13:00")))
                .contains(
                        new Hindrance(
                                "it is 13:00, allowed at 22:00-7:00,12:30-13:00",
                                "works again at 22:00"));
        assertThat(limits.pauseReason(at("21:59"))).isPresent();
        var untilMidnight = around(OwnerHours.parse("18-24"), OptionalDouble.empty(), false);
        assertThat(untilMidnight.pauseReason(at("23:59"))).isEmpty();
        assertThat(untilMidnight.pauseReason(at("00:00"))).isPresent();
    }

    @Test
    void hoursThatAreNoneAreRefused() {
        for (var wrong : new String[] {"", "22", "22-25", "a-b", "7-7", "1-2-3", "8:61-9"}) {
            assertThatThrownBy(() -> OwnerHours.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("hours: ");
        }
        assertThatThrownBy(() -> OwnerHours.parse("0-1,".repeat(8) + "2-3"))
                .hasMessage("hours: 9 spans (expected: at most 8)");
    }

    @Test
    void heatPausesUntilItIsFiveDegreesCooler() {
        var limits = around(OwnerHours.ALWAYS, OptionalDouble.of(80), false);
        assertThat(limits.pauseReason(hot(80), false)).isEmpty();
        assertThat(limits.pauseReason(hot(81), false).orElseThrow())
                .isEqualTo(
                        new Hindrance(
                                "processor at 81 °C, limit 80 °C",
                                "works again below 75 °C; raise --heat-max or lower --threads"));
        assertThat(limits.pauseReason(hot(76), true)).isPresent();
        assertThat(limits.pauseReason(hot(75), true)).isEmpty();
        assertThatThrownBy(() -> around(OwnerHours.ALWAYS, OptionalDouble.of(30), false))
                .hasMessage("heat-max: 30.0 (expected: 40 to 110 °C)");
    }

    @Test
    void meteredNetworkPausesWhereItIsKnownToBe() {
        var limits = around(OwnerHours.ALWAYS, OptionalDouble.empty(), true);
        assertThat(limits.pauseReason(metered(Optional.of(true))))
                .contains(
                        new Hindrance("the network is metered", "works again on one that is not"));
        assertThat(limits.pauseReason(metered(Optional.of(false)))).isEmpty();
        assertThat(limits.pauseReason(metered(Optional.empty()))).isEmpty();
        assertThat(OwnerLimits.usual().pauseReason(metered(Optional.of(true)))).isEmpty();
    }

    /// As NetworkManager numbers it; whatever else a program says is unknown, and so is one that
    /// is not there.
    @Test
    void networksCostIsReadOrUnknown() {
        assertThat(NetworkCost.ask(List.of("echo", "u 1"))).contains(true);
        assertThat(NetworkCost.ask(List.of("echo", "u 3"))).contains(true);
        assertThat(NetworkCost.ask(List.of("echo", "u 2"))).contains(false);
        assertThat(NetworkCost.ask(List.of("echo", "u 4"))).contains(false);
        assertThat(NetworkCost.ask(List.of("echo", "u 0"))).isEmpty();
        assertThat(NetworkCost.ask(List.of("echo", "what?"))).isEmpty();
        assertThat(NetworkCost.ask(List.of("false"))).isEmpty();
        assertThat(NetworkCost.ask(List.of("no-such-program-here"))).isEmpty();
    }

    @Test
    void whatIsSetIsListedInWords() {
        assertThat(new OwnerLimits(0, false, false).words()).isEmpty();
        assertThat(OwnerLimits.usual().words()).containsExactly("on battery down to 20 %");
        var around =
                new OwnerLimits.Surroundings(OwnerHours.parse("22-7"), OptionalDouble.of(80), true);
        assertThat(new OwnerLimits(0.2, true, true, around).words())
                .containsExactly(
                        "on power only",
                        "while other programs use less than 25 % of the processor",
                        "at 22:00-7:00 by its clock",
                        "while the processor is at most at 80 °C",
                        "on networks that are not metered");
    }

    private static OwnerLimits around(OwnerHours hours, OptionalDouble heat, boolean notMetered) {
        return new OwnerLimits(
                0, false, false, new OwnerLimits.Surroundings(hours, heat, notMetered));
    }

    private static Reading at(String time) {
        return new Reading(
                DeviceHealth.unknown(),
                UNKNOWN,
                Optional.of(LocalTime.parse(time)),
                Optional.empty());
    }

    private static Reading metered(Optional<Boolean> isMetered) {
        return new Reading(DeviceHealth.unknown(), UNKNOWN, Optional.empty(), isMetered);
    }

    private static Reading hot(double celsius) {
        var unknown = DeviceHealth.unknown();
        var health =
                new DeviceHealth(
                        unknown.load(),
                        unknown.memoryFreeBytes(),
                        unknown.battery(),
                        unknown.onPower(),
                        OptionalDouble.of(celsius),
                        Optional.empty());
        return new Reading(health, UNKNOWN);
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
