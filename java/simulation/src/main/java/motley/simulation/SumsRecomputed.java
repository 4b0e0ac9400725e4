package motley.simulation;

import static motley.simulation.Checker.check;

import motley.rounds.Range;
import motley.rounds.Schedule;

/// What a round adds to the parameters is the gradient of its batch at them, to the last bit.
final class SumsRecomputed implements Checker {
    private final Schedule schedule;

    SumsRecomputed(Schedule schedule) {
        this.schedule = schedule;
    }

    @Override
    public void observe(Observation observation) {
        if (!(observation instanceof Observation.Applied(var at, var before, var sum))) return;
        int first = at.round() % schedule.roundsPerEpoch() * schedule.batchSize();
        int count = Math.min(schedule.batchSize(), schedule.trainSamples() - first);
        var expected = IntegerModel.gradient(at.epoch(), new Range(first, count), before);
        check(sum.equals(expected), "round %d: sum %s (expected: %s)", at.round(), sum, expected);
    }
}
