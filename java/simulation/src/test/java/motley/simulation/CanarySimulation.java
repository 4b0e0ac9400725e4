package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import motley.rounds.Effect;
import motley.rounds.Fact;
import motley.rounds.Rounds;
import motley.rounds.Step;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A simulator that finds nothing proves nothing: every planted bug must be found within a few
/// seeds, and by the checker that is there for it.
final class CanarySimulation {
    private static final int SEEDS = 40;

    record Canary(Loop loop, String finding) {}

    static Stream<Named<Canary>> canaries() {
        return Stream.of(
                canary("accepts twice", Mutants::acceptsTwice, "(twice|again|is not)"),
                canary("accepts late rounds", Mutants::acceptsLateRounds, "expected"),
                canary("forgets the fence", Mutants::forgetsTheFence, "fence of"),
                canary("accepts NaN", Mutants::acceptsWhatIsNotFinite, "expected|twice"),
                canary("accepts huge norms", Mutants::acceptsHugeNorms, "expected|twice"),
                canary("never expires", Mutants::neverExpires, "outlives|wakes at"),
                canary("loses slots", Mutants::losesSlots, "is lost"),
                canary("cuts tasks", Mutants::cutsTasks, "samples (applied|evaluated)"),
                canary("closes twice", Mutants::closesTwice, "closed \\(expected"),
                canary("ignores the limit", Mutants::ignoresTheLimit, "members \\(expected"),
                canary("keeps the silent", Mutants::keepsTheSilent, "devices kept|finished"),
                canary("sits idle", Mutants::sitsIdle, "is no reason"),
                canary("ignores the disk", Mutants::ignoresTheDisk, "while nothing is saved"),
                canary("trusts the wall clock", Mutants::trustsTheWall, "no time passes|finished"));
    }

    @ParameterizedTest
    @MethodSource("canaries")
    void plantedBugIsFound(Canary canary) {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                Cluster.run(canary.loop(), seed, Cluster.Dials.WHOLE_ROUNDS);
            } catch (AssertionError e) {
                assertThat(e.getMessage().lines().findFirst().orElseThrow())
                        .containsPattern(canary.finding());
                return;
            }
        }
        fail("found by none of %d seeds".formatted(SEEDS));
    }

    static Stream<Arguments> cashiers() {
        return Stream.of(
                arguments(Cashier.HASTY, "expected: once|samples paid"),
                arguments(Cashier.FORGETFUL, "samples paid"),
                arguments(Cashier.GENEROUS, "in all accounts together"));
    }

    @ParameterizedTest
    @MethodSource("cashiers")
    void falseCashierIsFound(Cashier cashier, String finding) {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                Cluster.run(cashier, seed);
            } catch (AssertionError e) {
                assertThat(e.getMessage().lines().findFirst().orElseThrow())
                        .containsPattern(finding);
                return;
            }
        }
        fail("found by none of %d seeds".formatted(SEEDS));
    }

    @Test
    void hiddenStateIsFoundByRunningASeedTwice() {
        var hidden = new AtomicLong();
        Loop loop =
                (state, event, now) -> {
                    var step = Rounds.step(state, event, now);
                    if (hidden.incrementAndGet() % 50 != 0) return step;
                    var fact = new Fact.LeaseReturned(null, null, "hidden");
                    var effects =
                            Stream.concat(
                                    step.effects().stream(), Stream.of(new Effect.Note(fact)));
                    return new Step(step.state(), effects.toList());
                };
        assertThat(Cluster.run(loop, 1)).isNotEqualTo(Cluster.run(loop, 1));
    }

    private static Named<Canary> canary(String name, Loop loop, String finding) {
        return Named.of(name, new Canary(loop, finding));
    }
}
