package motley.simulation;

import static org.junit.jupiter.api.Assertions.fail;

import motley.rounds.Rounds;
import motley.simulation.FaultSuite.Verdict;
import org.junit.jupiter.api.Test;

/// The loop under faults: many seeds, each twice. `motley simulate --faults` runs more of them.
///
/// One seed: `mvn -pl java/simulation -am test -Dtest=FaultsSimulation -Dmotley.seed=17`; more of
/// them: `-Dmotley.seeds=100000`.
final class FaultsSimulation {
    private static final int SEEDS = 200;

    @Test
    void everySeedIsSafeAndFinishesWithTheWeightsOfTheUndisturbedRun() {
        long first = Long.getLong("motley.seed", 0);
        boolean isOne = System.getProperty("motley.seed") != null;
        long count = isOne ? 1 : Long.getLong("motley.seeds", SEEDS);
        var suite = new FaultSuite();
        for (long seed = first; seed < first + count; seed++) {
            var verdict = FaultSuite.judge(Rounds::step, seed);
            suite.add(verdict);
            if (verdict instanceof Verdict.Failed failed) fail(again(failed));
        }
        var totals = suite.totals();
        System.out.printf(
                "%d seeds, %d decisions, %d virtual minutes, digest %016x, %s%n",
                totals.seeds(),
                totals.decisions(),
                totals.virtualTime().toMinutes(),
                totals.digest(),
                totals.struck());
    }

    private static String again(Verdict.Failed failed) {
        var command = "reproduce with: mvn -pl java/simulation -am test -Dtest=FaultsSimulation";
        return command + " -Dmotley.seed=" + failed.seed() + "\n" + failed.finding();
    }
}
