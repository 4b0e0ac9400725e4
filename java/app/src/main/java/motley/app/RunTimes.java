package motley.app;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/// How long the runs of a workload took, on the wall clock.
///
/// @param count runs measured, at least 1
/// @param medianMs half of them took no longer
/// @param bestMs the shortest
/// @param callerCpuMs mean time on a processor, of the calling thread alone; on a machine that is
///     busy with other things it says more than the wall clock, if there is one thread
record RunTimes(int count, double medianMs, double bestMs, double callerCpuMs) {
    private static final int COUNT_MAX = 1 << 20;
    private static final double NS_PER_MS = 1e6;

    /// Runs `workload` again and again until `seconds` have passed, once at least.
    static RunTimes of(Runnable workload, double seconds) {
        var threads = ManagementFactory.getThreadMXBean();
        var times = new long[1 << 10];
        int count = 0;
        long cpuStartNs = threads.getCurrentThreadCpuTime();
        long beforeNs = System.nanoTime();
        long endNs = beforeNs + (long) (seconds * 1e9);
        while (count == 0 || (beforeNs < endNs && count < COUNT_MAX)) {
            if (count == times.length) times = Arrays.copyOf(times, 2 * count);
            workload.run();
            long afterNs = System.nanoTime();
            times[count++] = afterNs - beforeNs;
            beforeNs = afterNs;
        }
        double cpuMs = (threads.getCurrentThreadCpuTime() - cpuStartNs) / NS_PER_MS;
        Arrays.sort(times, 0, count);
        return new RunTimes(
                count, times[count / 2] / NS_PER_MS, times[0] / NS_PER_MS, cpuMs / count);
    }
}
