package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import motley.rounds.Rounds;
import org.junit.jupiter.api.Test;

/// The loop under faults: many seeds, each twice.
///
/// One seed: `mvn -pl java/simulation -am test -Dtest=FaultsSimulation -Dmotley.seed=17`; more of
/// them: `-Dmotley.seeds=100000`.
final class FaultsSimulation {
    private static final int SEEDS = 300;

    @Test
    void everySeedIsSafeAndFinishesWithTheWeightsOfTheUndisturbedRun() {
        long first = Long.getLong("motley.seed", 0);
        boolean isOne = System.getProperty("motley.seed") != null;
        long count = isOne ? 1 : Long.getLong("motley.seeds", SEEDS);
        long steps = 0;
        long digest = 0;
        var virtual = Duration.ZERO;
        for (long seed = first; seed < first + count; seed++) {
            var outcome = simulated(seed);
            steps += outcome.steps();
            digest = 31 * digest + outcome.digest();
            virtual = virtual.plus(outcome.virtualTime());
        }
        System.out.printf(
                "%d seeds, %d decisions, %d virtual minutes, digest %016x%n",
                count, steps, virtual.toMinutes(), digest);
    }

    private static Cluster.Outcome simulated(long seed) {
        try {
            var outcome = Cluster.run(Rounds::step, seed);
            assertThat(Cluster.run(Rounds::step, seed)).as("second run").isEqualTo(outcome);
            return outcome;
        } catch (AssertionError e) {
            var again = "reproduce with: mvn -pl java/simulation -am test -Dtest=FaultsSimulation";
            throw new AssertionError(again + " -Dmotley.seed=" + seed + "\n" + e.getMessage(), e);
        }
    }
}
