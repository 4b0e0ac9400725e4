package motley.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Many seeds under faults, and what came of them.
///
/// Each seed runs twice: a hidden clock, random source or hash order shows as a difference. Any
/// thread may add a verdict; [#totals] may be asked at any time.
public final class FaultSuite {
    /// Seeds after which every fault should have struck: the rarest strikes in one of thirty.
    public static final int SEEDS_FOR_ALL_FAULTS = 500;

    /// Failures kept with their text; more are only counted.
    private static final int KEPT_MAX = 20;

    /// What came of one seed.
    public sealed interface Verdict {
        long seed();

        record Passed(long seed, Cluster.Outcome outcome) implements Verdict {}

        /// @param finding the first violation, then the last events before it
        record Failed(long seed, String finding) implements Verdict {}
    }

    /// @param digest of all decisions of all seeds, in whatever order they ran
    /// @param struck how often each fault did
    /// @param failed the first failures
    public record Totals(
            long seeds,
            long failures,
            long decisions,
            Duration virtualTime,
            long digest,
            Map<Fault, Long> struck,
            List<Verdict.Failed> failed) {
        /// The faults that should have struck and never did: a suite that does not do what it says.
        public List<Fault> missing() {
            if (seeds < SEEDS_FOR_ALL_FAULTS) return List.of();
            return Arrays.stream(Fault.values()).filter(f -> !struck.containsKey(f)).toList();
        }
    }

    private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);
    private final List<Verdict.Failed> failed = new ArrayList<>();
    private long seeds;
    private long failures;
    private long decisions;
    private long digest;
    private Duration virtualTime = Duration.ZERO;

    /// Simulates `seed` twice with `loop`.
    public static Verdict judge(Loop loop, long seed) {
        try {
            var outcome = Cluster.run(loop, seed);
            var again = Cluster.run(loop, seed);
            return outcome.equals(again)
                    ? new Verdict.Passed(seed, outcome)
                    : new Verdict.Failed(
                            seed,
                            "seed %d: second run %s (expected: as the first, %s)"
                                    .formatted(seed, again, outcome));
        } catch (AssertionError e) {
            return new Verdict.Failed(seed, String.valueOf(e.getMessage()));
        }
    }

    public synchronized void add(Verdict verdict) {
        seeds++;
        switch (verdict) {
            case Verdict.Passed(long seed, var outcome) -> {
                decisions += outcome.steps();
                virtualTime = virtualTime.plus(outcome.virtualTime());
                digest += (outcome.digest() ^ seed) * 0x9e3779b97f4a7c15L;
                outcome.struck().forEach((fault, times) -> struck.merge(fault, times, Long::sum));
            }
            case Verdict.Failed failure -> {
                failures++;
                if (failed.size() < KEPT_MAX) failed.add(failure);
            }
        }
    }

    public synchronized Totals totals() {
        return new Totals(
                seeds,
                failures,
                decisions,
                virtualTime,
                digest,
                Map.copyOf(struck),
                List.copyOf(failed));
    }
}
