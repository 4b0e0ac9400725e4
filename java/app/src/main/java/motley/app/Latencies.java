package motley.app;

import java.util.Arrays;

/// Times of many like events, all of them kept. Any thread may call.
final class Latencies {
    private static final int KEPT_MAX = 1 << 24;
    private static final double NS_PER_MS = 1e6;

    private long[] timesNs = new long[1 << 10];
    private int count;
    private boolean isOn;

    synchronized void begin() {
        count = 0;
        isOn = true;
    }

    synchronized void end() {
        isOn = false;
    }

    synchronized void add(long ns) {
        if (!isOn || count == KEPT_MAX) return;
        if (count == timesNs.length) timesNs = Arrays.copyOf(timesNs, 2 * count);
        timesNs[count++] = ns;
    }

    synchronized int count() {
        return count;
    }

    /// The time that a share of `rank` of all did not exceed, in milliseconds; not a number where
    /// there are none.
    synchronized double percentileMs(double rank) {
        if (count == 0) return Double.NaN;
        var sorted = Arrays.copyOf(timesNs, count);
        Arrays.sort(sorted);
        int at = (int) Math.ceil(rank * count) - 1;
        return sorted[Math.clamp(at, 0, count - 1)] / NS_PER_MS;
    }
}
