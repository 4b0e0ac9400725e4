package motley.app;

import java.util.Optional;
import picocli.CommandLine.Option;

/// Which seeds a simulation under faults goes through.
final class FaultOptions {
    static final long SEEDS = 1_000;

    @Option(names = "--faults", description = "look for bugs under faults")
    private boolean areFaults;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "how many (default: 1000, or as many as --minutes allow)")
    private Optional<Long> seeds = Optional.empty();

    @Option(
            names = "--first-seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "(default: ${DEFAULT-VALUE})")
    private long first;

    @Option(names = "--minutes", paramLabel = "M", description = "go on for so long")
    private Optional<Double> minutes = Optional.empty();

    @Option(names = "--threads", paramLabel = "T", description = "default: all cores")
    private int threads = Runtime.getRuntime().availableProcessors();

    boolean areAsked() {
        return areFaults;
    }

    long first() {
        return first;
    }

    int threads() {
        if (threads >= 1 && threads <= 1_024) return threads;
        throw new UserException("--threads: %d (expected: 1 to 1024)".formatted(threads));
    }

    /// How many seeds at most.
    long count() {
        long count = seeds.orElse(minutes.isPresent() ? Long.MAX_VALUE : SEEDS);
        if (count >= 1) return count;
        throw new UserException("--seeds: %d (expected: at least 1)".formatted(count));
    }

    Optional<Double> minutes() {
        double value = minutes.orElse(1.0);
        if (value > 0) return minutes;
        throw new UserException("--minutes: %s (expected: above 0)".formatted(value));
    }
}
