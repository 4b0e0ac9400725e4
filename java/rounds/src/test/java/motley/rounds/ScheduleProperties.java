package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The tasks of an epoch, and of an evaluation, cover each sample exactly once.
final class ScheduleProperties {
    @Test
    void tasksOfAnEpochCoverEverySampleOnce() {
        for (long seed = 0; seed < 500; seed++) {
            var random = new SplittableRandom(seed);
            int samples = random.nextInt(1, 500);
            int batch = random.nextInt(1, samples + 1);
            int tasks = random.nextInt(1, batch + 1);
            var schedule = new Schedule(samples, random.nextInt(0, 300), batch, tasks, 2, true);
            var covered = new BitSet();
            int first = schedule.roundsPerEpoch();
            for (int round = first; round < 2 * first; round++) {
                assertThat(schedule.epochOf(round)).isEqualTo(1);
                assertThat(schedule.slots(round)).isBetween(1, tasks);
                for (int slot = 0; slot < schedule.slots(round); slot++) {
                    cover(covered, schedule.samplesOf(round, slot), seed);
                }
            }
            assertThat(covered.cardinality()).isEqualTo(samples);
            var evaluated = new BitSet();
            for (int slot = 0; slot < schedule.evaluationSlots(); slot++) {
                cover(evaluated, schedule.evaluationSamplesOf(slot), seed);
            }
            assertThat(evaluated.cardinality()).isEqualTo(schedule.evaluationSamples());
        }
    }

    @Test
    void errorsNameTheField() {
        assertThatThrownBy(() -> new Schedule(10, 0, 11, 1, 1, true))
                .hasMessage("batchSize: 11 (expected: 1 to trainSamples, 10)");
        assertThatThrownBy(() -> new Schedule(10, 0, 4, 5, 1, true))
                .hasMessage("tasks: 5 (expected: 1 to batchSize, 4)");
        assertThatThrownBy(() -> new Schedule(10, 0, 4, 4, 0, true))
                .hasMessage("epochs: 0 (expected: at least 1)");
        assertThatThrownBy(() -> Policy.DEFAULT.withDevices(3, 2))
                .hasMessageStartingWith("devicesMax: 2 (expected");
    }

    private static void cover(BitSet covered, Range samples, long seed) {
        for (int i = samples.first(); i < samples.end(); i++) {
            assertThat(covered.get(i)).as("seed %d, sample %d again", seed, i).isFalse();
            covered.set(i);
        }
    }
}
