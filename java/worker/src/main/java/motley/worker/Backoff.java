package motley.worker;

import java.time.Duration;

/// How long to wait before the next try: twice as long after each failure, up to a limit.
///
/// Confined to one thread.
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private Duration next;

    Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        next = first;
    }

    /// The wait after one more failure.
    Duration next() {
        var wait = next;
        var doubled = wait.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
        return wait;
    }

    /// Something succeeded.
    void reset() {
        next = first;
    }
}
