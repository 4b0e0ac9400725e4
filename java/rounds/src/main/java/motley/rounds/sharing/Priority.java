package motley.rounds.sharing;

import java.util.Arrays;
import java.util.Locale;

/// How urgent a run is. A step is worth four times the weight: what is urgent gets most of the
/// fleet, and what is not still goes on.
public enum Priority {
    LOW(1),
    NORMAL(4),
    HIGH(16);

    private final int factor;

    Priority(int factor) {
        this.factor = factor;
    }

    /// What a weight is multiplied by.
    public int factor() {
        return factor;
    }

    /// @throws IllegalArgumentException if there is none of that name
    public static Priority named(String name) {
        return Arrays.stream(values())
                .filter(priority -> priority.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "priority: %s (expected: low, normal or high)"
                                                .formatted(name)));
    }
}
