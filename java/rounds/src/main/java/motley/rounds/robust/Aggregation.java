package motley.rounds.robust;

import static motley.tensor.Require.require;

/// How the contributions of a round become one gradient.
///
/// | name | what it does | stands |
/// |---|---|---|
/// | `mean` | the mean over all samples, exactly | nothing |
/// | `clip` | the mean; contributions nobody has verified are scaled to the running median norm |
/// large numbers |
/// | `median` | the middle of each element | fewer than half |
/// | `trimmed-mean:F` | of each element, the mean without the F largest and F smallest | F |
/// | `geometric-median` | the point with the least sum of distances | fewer than half |
/// | `multi-krum:F` | the mean of the n − F that lie closest together | F, with n ≥ 2F + 3 |
/// | `centered-clip:R` | the last gradient, moved towards each by R at most | about a third |
///
/// The first two add as contributions come. The others keep them apart until the round closes,
/// which takes tasks × parameters × 4 bytes.
public sealed interface Aggregation {
    /// Memory that contributions kept apart may take.
    long APART_BYTES_MAX = 1L << 30;

    /// The names with what they take, for messages and help.
    String NAMES =
            "mean, clip, median, trimmed-mean:F, geometric-median, multi-krum:F or"
                    + " centered-clip:R";

    /// The exact mean over all samples.
    record Mean() implements Aggregation {}

    /// The mean over all samples, with unverified contributions scaled down to the running median
    /// norm.
    record Clip() implements Aggregation {}

    /// Element by element, the middle one, or the mean of the two in the middle.
    record Median() implements Aggregation {}

    /// Element by element, the mean without extremes.
    ///
    /// @param cut how many are left out at either end
    record TrimmedMean(int cut) implements Aggregation {
        public TrimmedMean {
            require(cut >= 0, "aggregation trimmed-mean: %d (expected: at least 0)", cut);
        }
    }

    /// The point with the least sum of distances to the contributions.
    record GeometricMedian() implements Aggregation {}

    /// The mean of the contributions that lie closest together.
    ///
    /// @param hostile how many are left out
    record MultiKrum(int hostile) implements Aggregation {
        public MultiKrum {
            require(hostile >= 0, "aggregation multi-krum: %d (expected: at least 0)", hostile);
        }
    }

    /// The last round's gradient, moved by the mean of the clipped differences.
    ///
    /// @param radius the length a difference is clipped to, in gradient per sample
    record CenteredClip(double radius) implements Aggregation {
        public CenteredClip {
            require(
                    radius > 0 && Double.isFinite(radius),
                    "aggregation centered-clip: %s (expected: above 0)",
                    radius);
        }
    }

    /// The aggregation called `text`.
    ///
    /// @throws IllegalArgumentException if there is none, or its setting is missing or out of range
    static Aggregation named(String text) {
        int colon = text.indexOf(':');
        var name = colon < 0 ? text : text.substring(0, colon);
        var setting = colon < 0 ? "" : text.substring(colon + 1);
        return switch (name) {
            case "mean" -> plain(text, setting, new Mean());
            case "clip" -> plain(text, setting, new Clip());
            case "median" -> plain(text, setting, new Median());
            case "geometric-median" -> plain(text, setting, new GeometricMedian());
            case "trimmed-mean" -> new TrimmedMean(count(text, setting));
            case "multi-krum" -> new MultiKrum(count(text, setting));
            case "centered-clip" -> new CenteredClip(number(text, setting));
            default -> throw wrong(text, NAMES);
        };
    }

    /// What [#named] reads.
    default String text() {
        return switch (this) {
            case Mean() -> "mean";
            case Clip() -> "clip";
            case Median() -> "median";
            case TrimmedMean(int cut) -> "trimmed-mean:" + cut;
            case GeometricMedian() -> "geometric-median";
            case MultiKrum(int hostile) -> "multi-krum:" + hostile;
            case CenteredClip(double radius) -> "centered-clip:" + radius;
        };
    }

    /// Whether contributions must be kept apart until the round closes.
    default boolean isApart() {
        return switch (this) {
            case Mean(), Clip() -> false;
            case Median(), TrimmedMean _, GeometricMedian(), MultiKrum _, CenteredClip _ -> true;
        };
    }

    /// Checks that rounds of `contributions` with `elements` each can be aggregated like this.
    ///
    /// @throws IllegalArgumentException saying what is too few or too much
    default void requireFit(int contributions, long elements) {
        int need =
                switch (this) {
                    case Mean(), Clip(), Median(), GeometricMedian(), CenteredClip _ -> 1;
                    case TrimmedMean(int cut) -> Math.addExact(Math.multiplyExact(2, cut), 1);
                    case MultiKrum(int hostile) -> Math.addExact(Math.multiplyExact(2, hostile), 3);
                };
        require(
                contributions >= need,
                "aggregation: %s over %d contributions a round (expected: at least %d; more tasks,"
                        + " or a smaller number behind the colon)",
                text(),
                contributions,
                need);
        double bytes = 4.0 * contributions * elements;
        require(
                !isApart() || bytes <= APART_BYTES_MAX,
                "aggregation: %s keeps %d contributions of %d elements apart, %.1f GB (expected: at"
                        + " most %.1f GB; fewer tasks, or clip)",
                text(),
                contributions,
                elements,
                bytes / 1e9,
                APART_BYTES_MAX / 1e9);
    }

    private static Aggregation plain(String text, String setting, Aggregation named) {
        if (!setting.isEmpty()) throw wrong(text, "no setting, " + named.text());
        return named;
    }

    private static int count(String text, String setting) {
        try {
            return Integer.parseInt(setting);
        } catch (NumberFormatException e) {
            throw wrong(text, "a whole number behind the colon", e);
        }
    }

    private static double number(String text, String setting) {
        try {
            return Double.parseDouble(setting);
        } catch (NumberFormatException e) {
            throw wrong(text, "a number behind the colon", e);
        }
    }

    private static IllegalArgumentException wrong(String text, String expected) {
        return new IllegalArgumentException(
                "aggregation: %s (expected: %s)".formatted(text, expected));
    }

    private static IllegalArgumentException wrong(
            String text, String expected, NumberFormatException cause) {
        return new IllegalArgumentException(
                "aggregation: %s (expected: %s)".formatted(text, expected), cause);
    }
}
