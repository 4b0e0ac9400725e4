package motley.cpu;

import java.util.List;

/// What a [Profiler] saw.
///
/// @param kernels of all executables, in the order in which they were prepared
/// @param spans runs of kernels and of whole executables, by time
/// @param spansLost runs beyond [Profiler#SPANS_MAX], which count in the sums alone
public record Profile(List<KernelTime> kernels, List<Span> spans, long spansLost) {
    public Profile {
        kernels = List.copyOf(kernels);
        spans = List.copyOf(spans);
    }

    /// One kernel of one executable.
    ///
    /// @param name what it is: `product [1, 64, 784, 512]`
    /// @param label which layer it belongs to; empty if unknown
    /// @param runs how often it ran
    /// @param ns the time of all runs together
    /// @param flops arithmetic operations of one run
    /// @param bytes read and written by one run
    public record KernelTime(
            String name, String label, long runs, long ns, long flops, long bytes) {
        public double gflopsPerSecond() {
            return ns == 0 ? 0 : (double) flops * runs / ns;
        }
    }

    /// From `startNs`, of the clock the profiler was given, for `ns`.
    ///
    /// @param kernel position in [Profile#kernels]; -1 for a whole run of an executable
    public record Span(int kernel, long startNs, long ns) {}
}
