package motley.rounds.credits;

import static motley.tensor.Require.require;

import java.util.stream.IntStream;
import motley.rounds.Kind;
import motley.rounds.Schedule;
import motley.rounds.Task;

/// What the tasks of a run are worth: the arithmetic of its programs, by the cost model that every
/// program carries, for each sample. What a device says it did, or how long it took, plays no part.
///
/// A credit is 10¹² operations, a micro-credit 10⁶; a task is rounded up to a whole micro-credit.
///
/// @param trainingFlops operations to compute the gradient of one sample
/// @param evaluationFlops operations to evaluate one sample
public record Price(long trainingFlops, long evaluationFlops) {
    /// Operations that a micro-credit pays for.
    public static final long FLOPS_PER_MICRO = 1_000_000;

    /// Micro-credits of a credit.
    public static final long MICROS = 1_000_000;

    /// @throws IllegalArgumentException if a sample costs less than nothing
    public Price {
        require(trainingFlops >= 0, "flops: %d (expected: at least 0)", trainingFlops);
        require(evaluationFlops >= 0, "flops: %d (expected: at least 0)", evaluationFlops);
    }

    /// Operations of a task.
    public long flops(Task task) {
        return flops(task.kind(), task.samples().count());
    }

    /// Operations for `samples` samples; [Long#MAX_VALUE] if they are more than that.
    public long flops(Kind kind, int samples) {
        long each =
                switch (kind) {
                    case TRAIN -> trainingFlops;
                    case EVALUATE -> evaluationFlops;
                };
        return saturated(each, samples);
    }

    /// Micro-credits of a task, at least 1.
    public long micros(Task task) {
        return micros(task.kind(), task.samples().count());
    }

    public long micros(Kind kind, int samples) {
        return Math.max(1, Math.ceilDiv(flops(kind, samples), FLOPS_PER_MICRO));
    }

    /// Micro-credits of every task of a run, each answered once.
    public long micros(Schedule schedule) {
        return sum(training(schedule), saturated(evaluation(schedule), evaluations(schedule)));
    }

    /// Operations of every task of a run.
    public long flops(Schedule schedule) {
        long train = saturated(flops(Kind.TRAIN, schedule.trainSamples()), schedule.epochs());
        long evaluation = flops(Kind.EVALUATE, schedule.evaluationSamples());
        return sum(train, saturated(evaluation, evaluations(schedule)));
    }

    private long training(Schedule schedule) {
        if (schedule.local().isUsed()) return rounds(schedule, schedule.roundsInRun());
        return saturated(rounds(schedule, schedule.roundsIn(0)), schedule.epochs());
    }

    private long rounds(Schedule schedule, int count) {
        long micros = 0;
        for (int round = 0; round < count; round++) {
            for (int slot = 0; slot < schedule.slots(round); slot++) {
                int samples = schedule.samplesOf(round, slot).count();
                micros = sum(micros, micros(Kind.TRAIN, samples));
            }
        }
        return micros;
    }

    private long evaluation(Schedule schedule) {
        long micros = 0;
        for (int slot = 0; slot < schedule.evaluationSlots(); slot++) {
            int samples = schedule.evaluationSamplesOf(slot).count();
            micros = sum(micros, micros(Kind.EVALUATE, samples));
        }
        return micros;
    }

    private static long evaluations(Schedule schedule) {
        return IntStream.range(0, schedule.epochs()).filter(schedule::evaluatesAfter).count();
    }

    private static long saturated(long a, long b) {
        return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
    }

    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
