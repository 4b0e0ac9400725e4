package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.stream.Stream;
import motley.rounds.Rounds;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// k-batch and async under faults, with people who change the dials, and what breaks their
/// promises.
///
/// One seed: `mvn -pl java/simulation -am test -Dtest=FlowSimulation -Dmotley.seed=17`; more of
/// them: `-Dmotley.seeds=100000`.
final class FlowSimulation {
    private static final int SEEDS = 200;
    private static final int CANARY_SEEDS = 60;

    record Canary(Loop loop, String finding) {}

    static Stream<Named<Canary>> canaries() {
        return Stream.of(
                canary("too old", FlowMutants::acceptsWhatIsTooOld, "behind|twice|again"),
                canary("twice", FlowMutants::acceptsTwice, "twice|again|is not"),
                canary("one older", FlowMutants::countsOneVersionMore, "behind \\(expected"),
                canary("closes late", FlowMutants::closesLate, "answers in an update of"),
                canary("closes early", FlowMutants::closesEarly, "has \\d+ answers of"),
                canary("last", FlowMutants::countsTheLastForTheNext, "expected|answers of"),
                canary("missing", FlowMutants::forgetsWhatIsMissing, "takes .* for done"),
                canary("deaf", FlowMutants::keepsItsDials, "behind|answers"));
    }

    @Test
    void everySeedIsSafeAndFinishes() {
        long first = Long.getLong("motley.seed", 0);
        boolean isOne = System.getProperty("motley.seed") != null;
        long count = isOne ? 1 : Long.getLong("motley.seeds", SEEDS);
        long steps = 0;
        for (long seed = first; seed < first + count; seed++) steps += simulated(seed).steps();
        System.out.printf("%d seeds of k-batch and async, %d decisions%n", count, steps);
    }

    @ParameterizedTest
    @MethodSource("canaries")
    void plantedBugIsFound(Canary canary) {
        for (long seed = 0; seed < CANARY_SEEDS; seed++) {
            try {
                Cluster.run(canary.loop(), seed, Cluster.Dials.FLOWING);
            } catch (AssertionError e) {
                assertThat(e.getMessage().lines().findFirst().orElseThrow())
                        .containsPattern(canary.finding());
                return;
            }
        }
        fail("found by none of %d seeds".formatted(CANARY_SEEDS));
    }

    private static Cluster.Outcome simulated(long seed) {
        try {
            var outcome = Cluster.run(Rounds::step, seed, Cluster.Dials.FLOWING);
            var again = Cluster.run(Rounds::step, seed, Cluster.Dials.FLOWING);
            assertThat(again).as("second run").isEqualTo(outcome);
            return outcome;
        } catch (AssertionError e) {
            var again = "reproduce with: mvn -pl java/simulation -am test -Dtest=FlowSimulation";
            throw new AssertionError(again + " -Dmotley.seed=" + seed + "\n" + e.getMessage(), e);
        }
    }

    private static Named<Canary> canary(String name, Loop loop, String finding) {
        return Named.of(name, new Canary(loop, finding));
    }
}
