package motley.coordinator.operations;

import static motley.tensor.Require.require;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Whether a coordinator can do its work, looked at no more often than once in a while: anybody may
/// ask, as often as they like.
public final class Readiness {
    private final SequencedMap<String, BooleanSupplier> checks;
    private final LongSupplier clockMs;
    private final long everyMs;
    private Report last = new Report(new LinkedHashMap<>());
    private long lookedAtMs;
    private boolean hasLooked;

    /// @param checks by what they look at, in order; true: it works
    /// @param clockMs of a clock that only goes forwards
    /// @param everyMs between two looks
    public Readiness(
            SequencedMap<String, BooleanSupplier> checks, LongSupplier clockMs, long everyMs) {
        require(everyMs >= 0, "everyMs: %d (expected: at least 0)", everyMs);
        this.checks = new LinkedHashMap<>(checks);
        this.clockMs = clockMs;
        this.everyMs = everyMs;
    }

    /// What works and what does not.
    public record Report(SequencedMap<String, Boolean> works) {
        public boolean isReady() {
            return !works.containsValue(false);
        }
    }

    public synchronized Report look() {
        long now = clockMs.getAsLong();
        if (hasLooked && now - lookedAtMs < everyMs) return last;
        var works = new LinkedHashMap<String, Boolean>();
        checks.forEach((what, check) -> works.put(what, check.getAsBoolean()));
        last = new Report(works);
        lookedAtMs = now;
        hasLooked = true;
        return last;
    }
}
