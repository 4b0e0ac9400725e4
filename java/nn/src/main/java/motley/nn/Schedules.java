package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import motley.nn.Schedule.Constant;
import motley.nn.Schedule.Cosine;
import motley.nn.Schedule.Exponential;
import motley.nn.Schedule.FixedCosine;
import motley.nn.Schedule.OneCycle;
import motley.nn.Schedule.Stepwise;

/// The schedules as text, such as `cosine:floor=0.01`. The peak, which is the highest rate, and the
/// warm-up are said elsewhere.
///
/// | name | settings |
/// |---|---|
/// | `constant` | |
/// | `step` | `every` (needed), `factor` (0.1) |
/// | `exponential` | `factor` (needed), of one step |
/// | `cosine` | `floor`, a share of the peak (0) |
/// | `fixed-cosine` | `over` (needed), steps; `floor`, `from`, shares of the peak (0); `rise`,
/// steps |
/// | `one-cycle` | |
public final class Schedules {
    private Schedules() {}

    /// @param peak the highest rate, per step
    /// @throws IllegalArgumentException if no schedule has that name or setting; the message lists
    ///     those there are
    public static Schedule named(String text, double peak) {
        var settings = NamedSettings.parse("schedule", text);
        var schedule = named(settings, peak);
        settings.requireNoneLeft();
        return schedule;
    }

    /// The names [#named] knows, in a fixed order.
    public static List<String> names() {
        return List.of("constant", "step", "exponential", "cosine", "fixed-cosine", "one-cycle");
    }

    private static Schedule named(NamedSettings settings, double peak) {
        return switch (settings.name()) {
            case "constant" -> new Constant(peak);
            case "step" -> {
                long every = whole("every", settings.take("every", 0));
                yield new Stepwise(peak, every, settings.take("factor", 0.1));
            }
            case "exponential" -> new Exponential(peak, settings.take("factor", 0));
            case "cosine" -> new Cosine(peak, peak * settings.take("floor", 0));
            case "fixed-cosine" -> {
                long over = whole("over", settings.take("over", 0));
                double floor = peak * settings.take("floor", 0);
                double start = peak * settings.take("from", 0);
                long rise = whole("rise", settings.take("rise", 0));
                yield new FixedCosine(peak, floor, over, start, rise);
            }
            case "one-cycle" -> new OneCycle(peak);
            default ->
                    throw new IllegalArgumentException(
                            "schedule: %s (expected: one of %s)"
                                    .formatted(settings.name(), String.join(", ", names())));
        };
    }

    private static long whole(String key, double value) {
        require(
                value == Math.rint(value) && Math.abs(value) < 1e15,
                "%s: %s (expected: a whole number)",
                key,
                value);
        return (long) value;
    }
}
