package motley.app;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Places [System#nanoTime] on the wall clock, so that processes of one machine have one axis.
///
/// The offset is taken once: times of one process stay in order when the wall clock is set.
///
/// @param offsetNs what to add to a nanoTime to have ns since 1970
record WallClock(long offsetNs) {
    private static final int SAMPLES = 16;

    /// The offset now, from the sample that was interrupted least; exact to about a microsecond.
    static WallClock now() {
        long bestNs = Long.MAX_VALUE;
        long offsetNs = 0;
        for (int i = 0; i < SAMPLES; i++) {
            long beforeNs = System.nanoTime();
            long wallNs = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
            long tookNs = System.nanoTime() - beforeNs;
            if (tookNs >= bestNs) continue;
            bestNs = tookNs;
            offsetNs = wallNs - (beforeNs + tookNs / 2);
        }
        return new WallClock(offsetNs);
    }

    /// ns since 1970.
    long at(long nanoTime) {
        return nanoTime + offsetNs;
    }
}
