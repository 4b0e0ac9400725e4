package motley.coordinator;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import motley.coordinator.RoundTimes.Phase;

/// Tells where the time of a run's thread goes. Every look at the clock ends a lap, and each lap
/// belongs to one phase, so phases add up to the whole of a round.
///
/// A lap costs two looks at most, well below a microsecond; a round has some thirty. Nothing is
/// allocated but what [#take] returns. Confined to the thread of the run.
final class RoundClock {
    /// Spans kept of one round; it has about four for each task.
    static final int SPANS_MAX = 256;

    private static final long NS_PER_US = 1000;

    private final LongSupplier nanoTime;
    private final long originMicros;
    private final long originNs;
    private final Map<Phase, Total> totals = new EnumMap<>(Phase.class);
    private final Phase[] phases = new Phase[SPANS_MAX];
    private final long[] startsNs = new long[SPANS_MAX];
    private final long[] endsNs = new long[SPANS_MAX];
    private int spans;
    private long beganNs;
    private long lapNs;

    private static final class Total {
        private long ns;
    }

    /// Looks at both clocks, one right after the other: what lies between the two looks would
    /// shift every round.
    ///
    /// @param wall the time, to say when rounds began
    /// @param nanoTime the time in ns, from any origin
    RoundClock(InstantSource wall, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        originMicros = ChronoUnit.MICROS.between(Instant.EPOCH, wall.instant());
        originNs = nanoTime.getAsLong();
        beganNs = originNs;
        lapNs = originNs;
    }

    /// What happened since the last lap was `phase`.
    void lap(Phase phase) {
        long now = nanoTime.getAsLong();
        totals.computeIfAbsent(phase, _ -> new Total()).ns += now - lapNs;
        if (phase != Phase.OTHER) note(phase, now);
        lapNs = now;
    }

    /// Waiting is interrupted by every message; what is waited for stays the same.
    private void note(Phase phase, long now) {
        if (spans > 0 && phases[spans - 1] == phase) {
            endsNs[spans - 1] = now;
            return;
        }
        if (spans == SPANS_MAX) return;
        phases[spans] = phase;
        startsNs[spans] = lapNs;
        endsNs[spans++] = now;
    }

    /// Ends a round: everything since the last one ended.
    RoundTimes take(boolean isEvaluation, int epoch, int round) {
        lap(Phase.OTHER);
        long start = micros(beganNs);
        var kept = new ArrayList<RoundTimes.Span>();
        for (int i = 0; i < spans; i++) {
            long from = micros(startsNs[i]);
            kept.add(new RoundTimes.Span(phases[i], from - start, micros(endsNs[i]) - from));
        }
        var times =
                new RoundTimes(
                        isEvaluation, epoch, round, start, micros(lapNs) - start, totals(), kept);
        spans = 0;
        beganNs = lapNs;
        return times;
    }

    private List<RoundTimes.PhaseTime> totals() {
        var times = new ArrayList<RoundTimes.PhaseTime>();
        totals.forEach(
                (phase, total) -> {
                    long micros = total.ns / NS_PER_US;
                    if (total.ns > 0) times.add(new RoundTimes.PhaseTime(phase, micros));
                    total.ns = 0;
                });
        return times;
    }

    private long micros(long ns) {
        return originMicros + (ns - originNs) / NS_PER_US;
    }
}
