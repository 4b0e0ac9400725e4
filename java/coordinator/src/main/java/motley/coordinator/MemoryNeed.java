package motley.coordinator;

import java.util.stream.LongStream;
import motley.nn.TrainingPrograms;
import motley.program.Cost;
import motley.program.Program;
import motley.wire.Hindrance;

/// What a device must lend to compute the tasks of a run.
///
/// @param bytes alive at once in the largest of the run's programs, which is what devices hold
///     against their owner's limit
record MemoryNeed(long bytes) {
    static MemoryNeed of(RunPlan plan) {
        var schedule = plan.settings().schedule();
        int microBatch = schedule.microBatch();
        var gradient = TrainingPrograms.gradient(plan.model(), microBatch).program();
        var evaluate =
                TrainingPrograms.evaluate(plan.model(), schedule.evaluationBatch()).program();
        long larger = LongStream.of(peak(gradient), peak(evaluate)).max().orElseThrow();
        if (!plan.settings().strategy().local().isUsed()) return new MemoryNeed(larger);
        var step = TrainingPrograms.step(plan.model(), plan.optimizer(), microBatch).program();
        return new MemoryNeed(Math.max(larger, peak(step)));
    }

    /// Whether a device that lends `lentBytes` can compute them. What was not measured is not held
    /// against it.
    boolean isMetBy(long lentBytes) {
        return lentBytes == 0 || lentBytes >= bytes;
    }

    /// Why a device that lends `lentBytes` takes no part in `run`.
    Hindrance hindrance(String run, long lentBytes) {
        return new Hindrance(
                "run %s needs %s of memory, more than the %s this device lends"
                        .formatted(run, mebibytes(bytes), mebibytes(lentBytes)),
                "lend more with `join --memory`, or use smaller batches");
    }

    private static String mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20) + " MiB";
    }

    private static long peak(Program program) {
        return Cost.of(program).peakLiveBytes();
    }
}
