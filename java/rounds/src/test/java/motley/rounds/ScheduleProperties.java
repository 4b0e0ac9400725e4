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
            int first = schedule.roundsIn(0);
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

    /// Round after round, task after task, with and without local steps: an epoch's samples come
    /// once each and in order, and the closed forms agree with counting.
    @Test
    void localRoundsCoverEverySampleOnceForAnyWarmUp() {
        for (long seed = 0; seed < 2000; seed++) {
            var random = new SplittableRandom(seed);
            int samples = random.nextInt(1, 300);
            int batch = random.nextInt(1, samples + 1);
            int tasks = random.nextInt(1, batch + 1);
            int warmUp = random.nextInt(0, 3 * Math.ceilDiv(samples, batch) + 2);
            var local = local(random, warmUp);
            int epochs = random.nextInt(1, 4);
            var schedule = new Schedule(samples, 7, batch, tasks, epochs, true, local);
            var walk = new Walk(schedule, "seed " + seed);
            for (int epoch = 0; epoch < epochs; epoch++) walk.epoch(epoch);
            walk.end();
        }
    }

    /// Counts what a schedule says in closed form.
    private static final class Walk {
        private final Schedule schedule;
        private final String name;
        private int round;
        private long steps;

        Walk(Schedule schedule, String name) {
            this.schedule = schedule;
            this.name = name;
        }

        void epoch(int epoch) {
            assertThat(schedule.firstRound(epoch)).as(name).isEqualTo(round);
            int at = 0;
            while (at < schedule.trainSamples()) {
                assertThat(schedule.epochOf(round)).as(name).isEqualTo(epoch);
                long before = (long) epoch * schedule.trainSamples() + at;
                assertThat(schedule.samplesBefore(round)).as(name).isEqualTo(before);
                at = round(at);
            }
            assertThat(at).as(name).isEqualTo(schedule.trainSamples());
            assertThat(schedule.roundsIn(epoch)).isEqualTo(round - schedule.firstRound(epoch));
        }

        /// @return the position after the round that begins at `first`
        private int round(int first) {
            var local = schedule.local();
            boolean isLocal = round >= local.warmUpRounds();
            assertThat(schedule.isLocal(round)).as(name).isEqualTo(isLocal);
            assertThat(schedule.stepsBefore(round)).as(name).isEqualTo(steps);
            assertThat(schedule.slots(round)).as(name).isBetween(1, schedule.tasks());
            int full = schedule.microBatch() * (isLocal ? local.stepsOfRound() : 1);
            int at = first;
            for (int slot = 0; slot < schedule.slots(round); slot++) {
                var part = schedule.samplesOf(round, slot);
                assertThat(part.first()).as(name).isEqualTo(at);
                assertThat(part.count()).as(name).isBetween(1, full);
                at = part.end();
            }
            steps += isLocal ? (long) local.stepsOfRound() * local.passes() : 1;
            round++;
            return at;
        }

        void end() {
            assertThat(schedule.roundsInRun()).as(name).isEqualTo(round);
            assertThat(schedule.epochOf(round)).as(name).isEqualTo(schedule.epochs());
            assertThat(schedule.samplesBefore(round))
                    .as(name)
                    .isEqualTo((long) schedule.epochs() * schedule.trainSamples());
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

    private static Strategy.Local local(SplittableRandom random, int warmUp) {
        int ofRound = random.nextInt(1, 30);
        int passes = random.nextInt(1, 4);
        int fragments = passes == 1 ? random.nextInt(1, 5) : 1;
        return new Strategy.Local(ofRound * fragments, passes, warmUp, fragments, fragments > 1);
    }
}
