package motley.worker;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import motley.wire.Hindrance;

/// What the owner of a device allows. A device that reaches a limit finishes its task, takes no
/// other and says why.
///
/// @param batteryMin least charge, in [0, 1], while the device is not on power
/// @param onlyOnPower whether to work on power alone
/// @param onlyWhenIdle whether to wait while other programs use more than [#BUSY] of the processor
/// @param surroundings limits of time, heat and network
public record OwnerLimits(
        double batteryMin, boolean onlyOnPower, boolean onlyWhenIdle, Surroundings surroundings) {
    /// Share of all cores that other programs may use on an idle machine.
    static final double BUSY = 0.25;

    /// A device that paused for heat works again once it is so much cooler, or it would begin and
    /// pause every few seconds.
    static final double COOLER_CELSIUS = 5;

    private static final double HEAT_MIN = 40;
    private static final double HEAT_MAX = 110;

    /// Works at any time, at any heat, over any network.
    public OwnerLimits(double batteryMin, boolean onlyOnPower, boolean onlyWhenIdle) {
        this(batteryMin, onlyOnPower, onlyWhenIdle, Surroundings.ANY);
    }

    public OwnerLimits {
        require(
                batteryMin >= 0 && batteryMin <= 1,
                "batteryMin: %s (expected: in [0, 1])",
                batteryMin);
    }

    /// What is around a device.
    ///
    /// @param hours at which it may work
    /// @param heatMax of the processor, in °C; empty: any
    /// @param notMetered whether to wait while the network is paid by the byte
    public record Surroundings(OwnerHours hours, OptionalDouble heatMax, boolean notMetered) {
        public static final Surroundings ANY =
                new Surroundings(OwnerHours.ALWAYS, OptionalDouble.empty(), false);

        public Surroundings {
            heatMax.ifPresent(
                    celsius ->
                            require(
                                    celsius >= HEAT_MIN && celsius <= HEAT_MAX,
                                    "heat-max: %s (expected: %.0f to %.0f °C)",
                                    celsius,
                                    HEAT_MIN,
                                    HEAT_MAX));
        }
    }

    /// Works on power at any time, on battery down to 20 %.
    public static OwnerLimits usual() {
        return new OwnerLimits(0.2, false, false);
    }

    /// Each limit that is set, in words.
    List<String> words() {
        var words = new ArrayList<String>();
        if (onlyOnPower) words.add("on power only");
        else if (batteryMin > 0)
            words.add("on battery down to %.0f %%".formatted(100 * batteryMin));
        if (onlyWhenIdle) {
            words.add(
                    "while other programs use less than %.0f %% of the processor"
                            .formatted(100 * BUSY));
        }
        if (!surroundings.hours.spans().isEmpty()) {
            words.add("at " + surroundings.hours.text() + " by its clock");
        }
        surroundings.heatMax.ifPresent(
                celsius ->
                        words.add("while the processor is at most at %.0f °C".formatted(celsius)));
        if (surroundings.notMetered) words.add("on networks that are not metered");
        return words;
    }

    /// Why a machine with this `reading` takes no work; empty if it does. What is
    /// unknown never stops it: a machine without a battery has no charge to respect.
    Optional<Hindrance> pauseReason(Reading reading) {
        return pauseReason(reading, false);
    }

    /// @param isPaused whether it takes no work already
    Optional<Hindrance> pauseReason(Reading reading, boolean isPaused) {
        return power(reading)
                .or(() -> hours(reading))
                .or(() -> heat(reading, isPaused))
                .or(() -> network(reading))
                .or(() -> others(reading));
    }

    private Optional<Hindrance> power(Reading reading) {
        boolean isUnplugged = reading.health().onPower().equals(Optional.of(false));
        if (onlyOnPower && isUnplugged) {
            return Optional.of(new Hindrance("on battery, allowed on power only", "plug it in"));
        }
        var battery = reading.health().battery();
        if (isUnplugged && battery.isPresent() && battery.getAsDouble() < batteryMin) {
            return Optional.of(
                    new Hindrance(
                            "battery %.0f %%, limit %.0f %%"
                                    .formatted(100 * battery.getAsDouble(), 100 * batteryMin),
                            "plug it in or lower --battery-min"));
        }
        return Optional.empty();
    }

    private Optional<Hindrance> hours(Reading reading) {
        var hours = surroundings.hours;
        return reading.time()
                .filter(time -> !hours.allow(time))
                .map(
                        time ->
                                new Hindrance(
                                        "it is %s, allowed at %s"
                                                .formatted(OwnerHours.text(time), hours.text()),
                                        "works again at " + OwnerHours.text(hours.next(time))));
    }

    private Optional<Hindrance> heat(Reading reading, boolean isPaused) {
        var found = reading.health().temperatureCelsius();
        if (found.isEmpty() || surroundings.heatMax.isEmpty()) return Optional.empty();
        double limit = surroundings.heatMax.getAsDouble();
        double celsius = found.getAsDouble();
        if (celsius <= (isPaused ? limit - COOLER_CELSIUS : limit)) return Optional.empty();
        return Optional.of(
                new Hindrance(
                        "processor at %.0f °C, limit %.0f °C".formatted(celsius, limit),
                        "works again below %.0f °C; raise --heat-max or lower --threads"
                                .formatted(limit - COOLER_CELSIUS)));
    }

    private Optional<Hindrance> network(Reading reading) {
        boolean isPaid = reading.isMetered().equals(Optional.of(true));
        if (!surroundings.notMetered || !isPaid) return Optional.empty();
        return Optional.of(
                new Hindrance("the network is metered", "works again on one that is not"));
    }

    private Optional<Hindrance> others(Reading reading) {
        var others = reading.otherPrograms();
        if (!onlyWhenIdle || others.isEmpty() || others.getAsDouble() <= BUSY) {
            return Optional.empty();
        }
        return Optional.of(
                new Hindrance(
                        "other programs use %.0f %% of the processor, allowed when idle only"
                                .formatted(100 * others.getAsDouble()),
                        "works again below %.0f %%".formatted(100 * BUSY)));
    }
}
