package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import motley.rounds.robust.Aggregation;
import motley.simulation.Mixture.Layout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ten devices of several numeric classes, two of them hostile: answers of different classes
/// confirm each other and nothing that is worth forging passes for one.
final class MixedFleetSimulation {
    private static final int ROUNDS = 60;

    /// What they do is the honest answer, or none; or too little to prove.
    private static final List<Attack> HARMLESS =
            List.of(Attack.NONE, Attack.LITTLE_NOISE, Attack.SLOW_LORIS);

    private final Pupil pupil = Clusters.pupil();

    @AfterEach
    void close() {
        pupil.close();
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void everyForgerIsFoundAndNobodyElse(Layout layout) {
        var mixture = Mixture.of(layout);
        double undisturbed = run(Attack.NONE, mixture).accuracy();
        for (var attack : EnumSet.complementOf(EnumSet.copyOf(HARMLESS))) {
            requireFound(attack, mixture, undisturbed);
        }
    }

    /// Without anybody of its own class a device is confirmed by the others.
    @ParameterizedTest
    @EnumSource(Layout.class)
    void honestDevicesConfirmEachOther(Layout layout) {
        var outcome = run(Attack.NONE, Mixture.of(layout));
        assertThat(outcome.wronged()).isZero();
        assertThat(outcome.recalls()).isZero();
        // All is computed twice until ten answers of each are confirmed, a sixth of the run.
        assertThat(outcome.tasksPerSlot()).as(outcome.toString()).isLessThan(1.4);
    }

    /// What stays below the tolerance is believed, and too little to matter.
    @ParameterizedTest
    @EnumSource(Layout.class)
    void littleNoiseGainsNothing(Layout layout) {
        double undisturbed = run(Attack.NONE, Mixture.of(layout)).accuracy();
        var outcome = run(Attack.LITTLE_NOISE, Mixture.of(layout));
        assertThat(outcome.wronged()).isZero();
        assertThat(outcome.accuracy()).isGreaterThan(undisturbed - 0.01);
    }

    /// With a tolerance as large as the answers themselves zeros are confirmed by honest ones, and
    /// the check above must say so.
    @Test
    void plantedToleranceIsFound() {
        var blind = new Mixture(Layout.HOSTILE_APART, 1);
        assertThatThrownBy(() -> requireFound(Attack.ZEROS, blind, 0))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("quarantined=0");
    }

    private void requireFound(Attack attack, Mixture mixture, double undisturbed) {
        var outcome = run(attack, mixture);
        assertThat(outcome.quarantined()).as("%s, %s: %s", mixture, attack, outcome).isEqualTo(2);
        assertThat(outcome.wronged()).as("%s, %s: %s", mixture, attack, outcome).isZero();
        assertThat(outcome.accuracy())
                .as("%s, %s: %s", mixture, attack, outcome)
                .isGreaterThan(undisturbed - 0.03);
    }

    private AttackedTraining.Outcome run(Attack attack, Mixture mixture) {
        return AttackedTraining.run(
                new AttackedTraining.Settings(
                        attack, new Aggregation.Clip(), true, 10, 2, ROUNDS, 8, 0.05, 7, mixture),
                pupil);
    }
}
