package motley.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The time of the wall as it was once, and evenly on from there: leases neither end at once nor
/// live for ever when somebody sets the clock.
///
/// Thread-safe.
final class SteadyClock implements InstantSource {
    private final Instant start;
    private final long startNs;
    private final LongSupplier nanoTime;

    /// @param nanoTime runs evenly, as [System#nanoTime]
    SteadyClock(InstantSource wall, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        start = wall.instant();
        startNs = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanoTime.getAsLong() - startNs);
    }

    /// Milliseconds until `due`, at least 1 and no more than `most`.
    long millisUntil(Optional<Instant> due, Duration most) {
        var now = instant();
        var until = due.filter(at -> at.isBefore(now.plus(most))).orElse(now.plus(most));
        return Math.max(1, Duration.between(now, until).toMillis());
    }
}
