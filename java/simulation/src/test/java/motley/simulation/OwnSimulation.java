package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import motley.rounds.Event;
import motley.rounds.OwnTerms;
import motley.rounds.Rounds;
import motley.rounds.RunSettings;
import motley.rounds.State;
import motley.rounds.Step;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Under faults: rounds on samples that stay on their devices, and devices that keep copies of the
/// model; and what breaks their promises.
///
/// One seed: `mvn -pl java/simulation -am test -Dtest=OwnSimulation -Dmotley.seed=17`; more of
/// them: `-Dmotley.seeds=100000`.
final class OwnSimulation {
    private static final int SEEDS = 200;
    private static final int CANARY_SEEDS = 60;

    record Canary(Loop loop, Cluster.Dials dials, String finding) {}

    static Stream<Named<Canary>> canaries() {
        return Stream.of(
                canary("quorum", OwnSimulation::forgetsTheQuorum, "answers \\(expected"),
                canary("patience", OwnSimulation::isImpatient, "closed without"),
                canary("cuts tasks", Mutants::cutsTasks, " of device \\d+ \\(expected"),
                Named.of(
                        "replica twice",
                        new Canary(
                                Mutants::acceptsTwice,
                                Cluster.Dials.REPLICAS,
                                "twice|again|is not")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Cluster.Dials.class,
            names = {"OWN_SAMPLES", "REPLICAS"})
    void everySeedIsSafeAndFinishes(Cluster.Dials dials) {
        long first = Long.getLong("motley.seed", 0);
        boolean isOne = System.getProperty("motley.seed") != null;
        long count = isOne ? 1 : Long.getLong("motley.seeds", SEEDS);
        long steps = 0;
        for (long seed = first; seed < first + count; seed++) steps += simulated(seed, dials);
        System.out.printf("%d seeds, %s, %d decisions%n", count, dials, steps);
    }

    @ParameterizedTest
    @MethodSource("canaries")
    void plantedBugIsFound(Canary canary) {
        for (long seed = 0; seed < CANARY_SEEDS; seed++) {
            try {
                Cluster.run(canary.loop(), seed, canary.dials());
            } catch (AssertionError e) {
                assertThat(e.getMessage().lines().findFirst().orElseThrow())
                        .containsPattern(canary.finding());
                return;
            }
        }
        fail("found by none of %d seeds".formatted(CANARY_SEEDS));
    }

    /// Closes with the first answer.
    private static Step forgetsTheQuorum(State state, Event event, Instant now) {
        var terms = state.settings().policy().ownTerms().orElseThrow();
        return withTerms(new OwnTerms(1, terms.patience()), state, event, now);
    }

    /// Waits for nobody.
    private static Step isImpatient(State state, Event event, Instant now) {
        var terms = state.settings().policy().ownTerms().orElseThrow();
        return withTerms(new OwnTerms(terms.quorum(), Duration.ofMillis(1)), state, event, now);
    }

    private static Step withTerms(OwnTerms terms, State state, Event event, Instant now) {
        var asked = state.settings();
        var bent =
                new RunSettings(
                        asked.seed(),
                        asked.schedule(),
                        asked.policy().withOwnTerms(terms),
                        asked.strategy());
        var step = Rounds.step(Mutants.withSettings(state, bent), event, now);
        return new Step(Mutants.withSettings(step.state(), asked), step.effects());
    }

    private static long simulated(long seed, Cluster.Dials dials) {
        try {
            var outcome = Cluster.run(Rounds::step, seed, dials);
            assertThat(Cluster.run(Rounds::step, seed, dials)).as("second run").isEqualTo(outcome);
            return outcome.steps();
        } catch (AssertionError e) {
            var again = "reproduce with: mvn -pl java/simulation -am test -Dtest=OwnSimulation";
            throw new AssertionError(again + " -Dmotley.seed=" + seed + "\n" + e.getMessage(), e);
        }
    }

    private static Named<Canary> canary(String name, Loop loop, String finding) {
        return Named.of(name, new Canary(loop, Cluster.Dials.OWN_SAMPLES, finding));
    }
}
