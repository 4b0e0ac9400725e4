package motley.coordinator;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import motley.rounds.Contribution;
import motley.rounds.LeaseId;
import motley.rounds.TaskKey;
import motley.wire.FromDevice;

/// What the bytes of a contribution look like.
///
/// @param digest empty where there are no bytes to compare
record Inspected(Contribution.Inspection inspection, String digest) {
    /// Of an evaluation.
    static Inspected ofNothing() {
        return new Inspected(Contribution.Inspection.ofNothing(), "");
    }

    /// Of bytes that are missing.
    static Inspected missing() {
        return new Inspected(new Contribution.Inspection(false, true, 0), "");
    }

    /// What the training loop is asked about, with what the device says.
    Contribution contribution(FromDevice.Submission submission) {
        var task = submission.task();
        var result = submission.result();
        var key =
                new TaskKey(
                        new LeaseId(task.fence(), task.lease()),
                        task.round(),
                        task.slot(),
                        task.parameterVersion());
        var report =
                new Contribution.Report(
                        result.samples(),
                        result.lossSum(),
                        result.correct(),
                        Duration.of(result.computeMicros(), ChronoUnit.MICROS));
        return new Contribution(key, report, inspection, digest);
    }
}
