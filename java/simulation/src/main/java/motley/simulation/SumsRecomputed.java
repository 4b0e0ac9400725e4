package motley.simulation;

import static motley.simulation.Checker.check;

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
        var samples = schedule.samplesOf(at.round());
        var expected = IntegerModel.gradient(at.epoch(), samples, before);
        check(sum.equals(expected), "round %d: sum %s (expected: %s)", at.round(), sum, expected);
    }
}
