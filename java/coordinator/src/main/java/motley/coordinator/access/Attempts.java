package motley.coordinator.access;

import com.linecorp.armeria.common.HttpStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.coordinator.http.Problem;

/// Slows down who guesses: after some failures each further one must wait twice as long. Any
/// thread may call.
///
/// An attempt counts as a failure until it succeeds, so that many at once gain nothing.
final class Attempts {
    /// Keys remembered; the one unused for longest goes.
    static final int KEYS_MAX = 20_000;

    /// Failures are forgotten after so long without another.
    static final Duration MEMORY = Duration.ofHours(1);

    private static final Duration WAIT_FIRST = Duration.ofSeconds(1);
    private static final Duration WAIT_MAX = Duration.ofMinutes(15);

    private final InstantSource clock;
    private final Map<String, Failures> known = new LinkedHashMap<>(16, 0.75f, true);

    Attempts(InstantSource clock) {
        this.clock = clock;
    }

    /// What is tried, and how often it may fail before it must wait.
    record Limit(String key, int free) {}

    private record Failures(int count, long lastMs, long untilMs) {}

    /// Begins an attempt.
    ///
    /// @throws Problem if one of the limits says to wait
    synchronized void begin(List<Limit> limits) {
        long now = clock.millis();
        long until = now;
        for (var limit : limits) {
            var failures = known.get(limit.key);
            if (failures != null) until = Math.max(until, failures.untilMs);
        }
        if (until > now) throw tooMany(Duration.ofMillis(until - now));
        for (var limit : limits) count(limit, now);
    }

    /// The attempt has succeeded and is no failure; those before it stay.
    synchronized void succeeded(List<Limit> limits) {
        for (var limit : limits) {
            known.computeIfPresent(
                    limit.key,
                    (key, failures) ->
                            new Failures(failures.count - 1, failures.lastMs, failures.lastMs));
        }
    }

    private void count(Limit limit, long now) {
        var before = known.get(limit.key);
        boolean isKnown = before != null && now - before.lastMs <= MEMORY.toMillis();
        int count = before != null && isKnown ? before.count + 1 : 1;
        int beyond = count - limit.free;
        long wait =
                beyond < 0
                        ? 0
                        : Math.min(
                                WAIT_MAX.toMillis(), WAIT_FIRST.toMillis() << Math.min(beyond, 20));
        known.put(limit.key, new Failures(count, now, now + wait));
        if (known.size() > KEYS_MAX) known.remove(known.keySet().iterator().next());
    }

    private static Problem tooMany(Duration wait) {
        return new Problem(
                HttpStatus.TOO_MANY_REQUESTS,
                "too many attempts (expected: the next one in %d s)".formatted(seconds(wait)),
                wait);
    }

    private static long seconds(Duration wait) {
        return Math.max(1, (wait.toMillis() + 999) / 1000);
    }
}
