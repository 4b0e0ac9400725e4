package motley.coordinator;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import motley.rounds.Contribution;
import motley.rounds.LeaseId;
import motley.rounds.TaskKey;
import motley.wire.FromDevice;

/// Submissions in the words of the training loop.
final class Answers {
    private Answers() {}

    static Contribution contribution(
            FromDevice.Submission submission, Aggregator.Inspected inspected) {
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
        return new Contribution(
                key, report, inspected.inspection(), inspected.digest(), inspected.sketch());
    }
}
