package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.rounds.robust.Aggregation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Ten devices, two of them hostile, train a small net on noisy clusters: what each attack does,
/// and what stops it.
final class AttackSimulation {
    private static final int ROUNDS = 60;

    /// Attacks whose answers differ from the honest one, so that a second device tells.
    private static final List<Attack> FORGERIES =
            List.of(
                    Attack.SIGN_FLIP,
                    Attack.NOISE,
                    Attack.NOT_FINITE,
                    Attack.LABEL_FLIP,
                    Attack.INNER_PRODUCT,
                    Attack.LITTLE_IS_ENOUGH,
                    Attack.REPLAY,
                    Attack.COPY,
                    Attack.ZEROS);

    private final Pupil pupil = Clusters.pupil();

    @AfterEach
    void close() {
        pupil.close();
    }

    @Test
    void withoutAttackersEveryRuleLearns() {
        for (var rule :
                List.of(
                        "mean",
                        "clip",
                        "median",
                        "trimmed-mean:2",
                        "geometric-median",
                        "multi-krum:2",
                        "centered-clip:0.5")) {
            double undisturbed = run(Attack.NONE, "mean", false).accuracy();
            assertThat(run(Attack.NONE, rule, false).accuracy())
                    .as(rule)
                    .isGreaterThan(undisturbed - 0.03);
        }
    }

    /// What the rules are for: the plain mean is lost, or much worse.
    @Test
    void signFlipSpoilsTheMeanAndNotTheRules() {
        double undisturbed = run(Attack.NONE, "mean", false).accuracy();
        assertThat(run(Attack.SIGN_FLIP, "mean", false).accuracy()).isLessThan(undisturbed - 0.2);
        for (var rule : List.of("clip", "median", "trimmed-mean:2", "multi-krum:2")) {
            assertThat(run(Attack.SIGN_FLIP, rule, false).accuracy())
                    .as(rule)
                    .isGreaterThan(undisturbed - 0.05);
        }
    }

    @Test
    void auditsQuarantineEveryForgerAndNobodyElse() {
        double undisturbed = run(Attack.NONE, "clip", true).accuracy();
        for (var attack : FORGERIES) {
            var outcome = run(attack, "clip", true);
            assertThat(outcome.quarantined()).as("%s: %s", attack, outcome).isEqualTo(2);
            assertThat(outcome.wronged()).as("%s: %s", attack, outcome).isZero();
            assertThat(outcome.accuracy())
                    .as("%s: %s", attack, outcome)
                    .isGreaterThan(undisturbed - 0.03);
        }
    }

    /// Leases expire, and others do the work; nothing is proven against the slow.
    @Test
    void slowLorisCostsTimeOnly() {
        var outcome = run(Attack.SLOW_LORIS, "mean", false);
        assertThat(outcome.accuracy()).isEqualTo(run(Attack.NONE, "mean", false).accuracy());
        assertThat(outcome.quarantined()).isZero();
    }

    /// No number that is not finite reaches the sum.
    @Test
    void whatIsNotFiniteNeverCounts() {
        var outcome = run(Attack.NOT_FINITE, "mean", false);
        assertThat(outcome.accuracy()).isEqualTo(run(Attack.NONE, "mean", false).accuracy());
        assertThat(outcome.refused()).isPositive();
    }

    @Test
    void trainingIsReplayedToTheSameOutcome() {
        assertThat(run(Attack.NOISE, "clip", true)).isEqualTo(run(Attack.NOISE, "clip", true));
    }

    private AttackedTraining.Outcome run(Attack attack, String rule, boolean audits) {
        return AttackedTraining.run(
                new AttackedTraining.Settings(
                        attack, Aggregation.named(rule), audits, 10, 2, ROUNDS, 8, 0.05, 7),
                pupil);
    }
}
