package motley.rounds;

import java.time.Duration;

/// How long something usually takes: an exponentially weighted mean and mean absolute deviation.
///
/// A new measurement `m` moves the mean by `(m - mean)/8` and the deviation by
/// `(|m - mean| - deviation)/4`; the first one sets the mean to `m` and the deviation to `m/2`.
/// What is done only once, such as compiling, is in the first measurement: of the next few, one
/// below half of the mean takes its place.
/// Source: Jacobson, Congestion Avoidance and Control (1988), appendix A, and RFC 6298 §2. Differs:
/// nanoseconds, not clock ticks; the fresh start; no granularity term, because a lease has a floor.
///
/// @param measurements how many went in; at 0 the other components mean nothing
public record Timing(long meanNs, long deviationNs, long measurements) {
    /// Nothing measured yet.
    public static final Timing NONE = new Timing(0, 0, 0);

    /// So many measurements are the first few.
    private static final int FIRST_FEW = 4;

    /// More at once would set a device aside for what happened only once.
    private static final int MEANS_MAX = 10;

    private static final long ALWAYS_COUNTED_NS = 1_000_000_000;

    public boolean isMeasured() {
        return measurements > 0;
    }

    /// This timing after one more measurement; a negative one counts as zero.
    public Timing with(Duration measured) {
        long ns = Math.max(0, measured.toNanos());
        if (!isMeasured()) return new Timing(ns, ns / 2, 1);
        long error = ns - meanNs;
        boolean isFresh = measurements < FIRST_FEW && ns < meanNs / 2;
        return new Timing(
                isFresh ? ns : meanNs + error / 8,
                deviationNs + (Math.abs(error) - deviationNs) / 4,
                measurements + 1);
    }

    /// This timing, of one device, after one more measurement. Beyond the first few it counts as a
    /// second or ten means at most, whichever is more: a laptop closed for an hour is as fast as
    /// before, and one that has become slower gets there in a few measurements.
    Timing withBelievable(Duration measured) {
        if (measurements < FIRST_FEW) return with(measured);
        var most = Duration.ofNanos(Math.max(MEANS_MAX * meanNs, ALWAYS_COUNTED_NS));
        return with(measured.compareTo(most) < 0 ? measured : most);
    }

    public Duration mean() {
        return Duration.ofNanos(meanNs);
    }

    /// A duration rarely exceeded: the mean and four deviations.
    public Duration limit() {
        return Duration.ofNanos(meanNs + 4 * deviationNs);
    }
}
