package motley.cpu;

import java.util.List;
import motley.program.ProgramHash;

/// What a [Profiler] saw.
///
/// @param programs in the order in which they were first prepared
/// @param spans the latest runs of kernels and of whole programs, by their end
/// @param spansLost earlier runs, which count in the sums alone
public record Profile(List<ProgramTime> programs, List<Span> spans, long spansLost) {
    public Profile {
        programs = List.copyOf(programs);
        spans = List.copyOf(spans);
    }

    /// One program with its carries, however often it was prepared.
    ///
    /// @param runs how often it ran
    /// @param ns the time of all runs together
    /// @param copyNs the time in which params were written and results read
    /// @param kernels in the order in which they run
    public record ProgramTime(
            ProgramHash program, long runs, long ns, long copyNs, List<KernelTime> kernels) {
        public ProgramTime {
            kernels = List.copyOf(kernels);
        }
    }

    /// One kernel of a program.
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
    /// @param program position in [Profile#programs]
    /// @param kernel position in its kernels; -1 for a whole run
    public record Span(int program, int kernel, long startNs, long ns) {}
}
