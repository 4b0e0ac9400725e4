package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import motley.rounds.Rounds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The coordinator dies at every position there is: behind each of its decisions, with none, one
/// and all of its effects carried out. Each time it comes back from its last whole checkpoint and
/// ends with the weights of the undisturbed run.
final class CrashSimulation {
    private static final int ALL = Integer.MAX_VALUE;

    /// Short runs, of 64 to 110 decisions, with seven to nine kinds of faults beside.
    @ParameterizedTest
    @ValueSource(longs = {27, 41, 61, 103})
    void coordinatorMayDieAnywhere(long seed) {
        long decisions = Cluster.run(Rounds::step, seed).steps();
        long died = 0;
        for (long at = 1; at <= decisions; at++) {
            for (int effects : new int[] {0, 1, ALL}) {
                var outcome = Cluster.run(Rounds::step, seed, new CrashPoint(at, effects));
                died += outcome.struck().getOrDefault(Fault.COORDINATOR_CRASHED, 0L);
            }
        }
        System.out.printf("seed %d: died %d times in %d decisions%n", seed, died, decisions);
        assertThat(died).isGreaterThanOrEqualTo(decisions);
    }

    @Test
    void crashPointStrikesOnceAtItsPlace() {
        var calm = Cluster.run(Rounds::step, 103);
        var crashed = Cluster.run(Rounds::step, 103, new CrashPoint(calm.steps() / 2, 0));
        long before = calm.struck().getOrDefault(Fault.COORDINATOR_CRASHED, 0L);
        assertThat(crashed.struck().get(Fault.COORDINATOR_CRASHED)).isGreaterThan(before);
    }
}
