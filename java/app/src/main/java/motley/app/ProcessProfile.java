package motley.app;

import java.util.List;
import motley.cpu.Profile;
import motley.cpu.Profile.KernelTime;

/// What one process measured, in whole: sums of everything, however long it ran. A trace keeps it
/// beside its events.
///
/// @param name of the process, for people
/// @param threads that compute
/// @param peakGflopsPerSecond of all threads together, what shares are of; 0 if nothing computes
/// @param beganNs when measuring began, in ns since 1970
/// @param wallNs how long it went on
/// @param activities what the time was spent on; the rest is called other
/// @param programs what was computed
/// @param spansLost events that are older than those a trace has room for
record ProcessProfile(
        String name,
        int threads,
        double peakGflopsPerSecond,
        long beganNs,
        long wallNs,
        List<Activity> activities,
        List<ProgramProfile> programs,
        long spansLost) {
    ProcessProfile {
        activities = List.copyOf(activities);
        programs = List.copyOf(programs);
    }

    /// @param count how often
    record Activity(String name, long count, long ns) {}

    /// One program; see [Profile.ProgramTime].
    ///
    /// @param program its hash
    /// @param name what it is for, or the beginning of the hash
    record ProgramProfile(
            String program,
            String name,
            long runs,
            long ns,
            long copyNs,
            List<KernelTime> kernels) {
        ProgramProfile {
            kernels = List.copyOf(kernels);
        }

        static ProgramProfile of(Profile.ProgramTime time) {
            var hash = time.program().hex();
            var name = "program " + hash.substring(0, 8);
            return new ProgramProfile(
                    hash, name, time.runs(), time.ns(), time.copyNs(), time.kernels());
        }

        /// The time its kernels explain.
        long kernelNs() {
            return kernels.stream().mapToLong(KernelTime::ns).sum();
        }

        /// What an event of this program is called.
        ///
        /// @param kernel its number; -1 for a whole run
        String eventName(int kernel) {
            if (kernel < 0) return name;
            var time = kernels.get(kernel);
            return time.label().isEmpty() ? time.name() : time.label();
        }
    }

    ProcessProfile withPrograms(List<ProgramProfile> others) {
        return new ProcessProfile(
                name, threads, peakGflopsPerSecond, beganNs, wallNs, activities, others, spansLost);
    }
}
