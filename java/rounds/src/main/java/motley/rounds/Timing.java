package motley.rounds;

import java.time.Duration;

/// How long something usually takes: an exponentially weighted mean and mean absolute deviation.
///
/// A new measurement `m` moves the mean by `(m - mean)/8` and the deviation by
/// `(|m - mean| - deviation)/4`; the first one sets the mean to `m` and the deviation to `m/2`.
/// Source: Jacobson, Congestion Avoidance and Control (1988), appendix A, and RFC 6298 §2. Differs:
/// nanoseconds, not clock ticks; no granularity term, because a lease has a floor; and a second
/// measurement below half of the first takes its place: the first task of a device holds what it
/// prepares and compiles, and would count for dozens of tasks.
///
/// @param measurements how many went in; at 0 the other components mean nothing
public record Timing(long meanNs, long deviationNs, long measurements) {
    /// Nothing measured yet.
    public static final Timing NONE = new Timing(0, 0, 0);

    public boolean isMeasured() {
        return measurements > 0;
    }

    /// This timing after one more measurement; a negative one counts as zero.
    public Timing with(Duration measured) {
        long ns = Math.max(0, measured.toNanos());
        if (!isMeasured()) return new Timing(ns, ns / 2, 1);
        if (measurements == 1 && 2 * ns < meanNs) return new Timing(ns, ns / 2, 2);
        long error = ns - meanNs;
        return new Timing(
                meanNs + error / 8,
                deviationNs + (Math.abs(error) - deviationNs) / 4,
                measurements + 1);
    }

    public Duration mean() {
        return Duration.ofNanos(meanNs);
    }

    /// A duration rarely exceeded: the mean and four deviations.
    public Duration limit() {
        return Duration.ofNanos(meanNs + 4 * deviationNs);
    }
}
