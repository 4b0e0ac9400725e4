package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/// Virtual time: actions in the order of their times, and of their planning where times are equal.
///
/// Confined to one thread, on which all actions run.
final class Agenda {
    private record Planned(Instant at, long sequence, Runnable action) {}

    private final PriorityQueue<Planned> planned =
            new PriorityQueue<>(
                    Comparator.comparing(Planned::at).thenComparingLong(Planned::sequence));
    private Instant now = Instant.EPOCH;
    private long sequence;

    Instant now() {
        return now;
    }

    void at(Instant time, Runnable action) {
        var soonest = time.isBefore(now) ? now : time;
        planned.add(new Planned(soonest, sequence++, action));
    }

    void after(Duration delay, Runnable action) {
        at(now.plus(delay), action);
    }

    void every(Duration period, Runnable action) {
        after(
                period,
                () -> {
                    action.run();
                    every(period, action);
                });
    }

    /// Whether nothing is planned any more.
    boolean isEmpty() {
        return planned.isEmpty();
    }

    /// Runs the next action, unless it lies behind `end`.
    ///
    /// @return whether there was one
    boolean advance(Instant end) {
        var next = planned.peek();
        if (next == null || next.at().isAfter(end)) {
            now = end;
            return false;
        }
        planned.remove();
        now = next.at();
        next.action().run();
        return true;
    }
}
