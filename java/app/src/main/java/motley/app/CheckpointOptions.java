package motley.app;

import java.time.Duration;
import picocli.CommandLine.Option;

/// How often a coordinator stores what its runs have learnt.
final class CheckpointOptions {
    private static final double SECONDS_MIN = 0.001;
    private static final double SECONDS_MAX = 3600;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "S",
            defaultValue = "5",
            description = {
                "seconds between two checkpoints of a run: what a crash of the coordinator costs",
                "at most. 0.001 stores every round before the one after the next (default:",
                "${DEFAULT-VALUE})"
            })
    private double everySeconds;

    /// @throws UserException if it is out of its range
    Duration every() {
        if (everySeconds >= SECONDS_MIN && everySeconds <= SECONDS_MAX) {
            return Duration.ofNanos(Math.round(everySeconds * 1e9));
        }
        throw new UserException(
                "--checkpoint-every: %s (expected: %s to %s seconds)"
                        .formatted(everySeconds, SECONDS_MIN, SECONDS_MAX));
    }
}
