package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import motley.rounds.Effect;
import motley.rounds.Ending;
import motley.rounds.Kind;
import motley.rounds.Range;
import motley.rounds.Schedule;
import motley.rounds.State;

/// Each sample is in the parameters exactly once an epoch, whatever the strategy, and what a
/// restarted run takes for done is what is in the parameters it starts from.
final class FlowCovered implements Checker {
    private final Schedule schedule;

    /// The samples of `epoch` in the parameters after so many updates.
    private record Past(int epoch, BitSet applied) {}

    private final Map<Integer, Past> history = new HashMap<>();
    private int epoch;
    private BitSet applied = new BitSet();
    private BitSet closing = new BitSet();
    private BitSet open = new BitSet();
    private BitSet evaluated = new BitSet();

    FlowCovered(Schedule schedule) {
        this.schedule = schedule;
        history.put(0, new Past(0, new BitSet()));
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> restart(state);
            case Observation.Added(_, var task, _, _) -> {
                if (task.kind() == Kind.EVALUATE) {
                    evaluate(task.samples());
                    return;
                }
                if (task.epoch() != epoch) begin(task.epoch());
                add(task.samples());
            }
            case Observation.Closed _ -> {
                check(closing.isEmpty(), "closed again before it was applied");
                closing = open;
                open = new BitSet();
            }
            case Observation.Applied(var at, _, _) -> {
                applied.or(closing);
                closing = new BitSet();
                history.put(at.round() + 1, new Past(epoch, (BitSet) applied.clone()));
            }
            case Observation.Evaluated(int done) -> {
                requireWhole(done);
                int expected = schedule.evaluationSamples();
                int samples = evaluated.cardinality();
                check(samples == expected, "%d samples evaluated of %d", samples, expected);
                evaluated = new BitSet();
            }
            case Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
            case Observation.Stepped(_, _, var step) -> {
                for (var effect : step.effects()) {
                    if (effect instanceof Effect.End(Ending.Finished _)) {
                        requireWhole(schedule.epochs() - 1);
                    }
                }
            }
        }
    }

    private void begin(int next) {
        requireWhole(next - 1);
        epoch = next;
        applied = new BitSet();
    }

    private void requireWhole(int of) {
        check(epoch == of, "epoch %d has ended in epoch %d", of, epoch);
        int samples = applied.cardinality();
        int expected = schedule.trainSamples();
        check(samples == expected, "epoch %d: %d samples of %d", of, samples, expected);
    }

    private void add(Range samples) {
        check(samples.end() <= schedule.trainSamples(), "samples %s", samples);
        for (int i = samples.first(); i < samples.end(); i++) {
            boolean isNew = !applied.get(i) && !closing.get(i) && !open.get(i);
            check(isNew, "sample %d of epoch %d added twice", i, epoch);
            open.set(i);
        }
    }

    private void evaluate(Range samples) {
        for (int i = samples.first(); i < samples.end(); i++) {
            check(!evaluated.get(i), "sample %d evaluated twice", i);
            evaluated.set(i);
        }
    }

    private void restart(State state) {
        int round = state.position().round();
        var past = history.get(round);
        if (past == null) throw new AssertionError("started at round %d".formatted(round));
        epoch = past.epoch();
        applied = (BitSet) past.applied().clone();
        closing = new BitSet();
        open = new BitSet();
        evaluated = new BitSet();
        boolean isNextEpoch = state.position().epoch() > epoch;
        var taken = isNextEpoch ? samples(schedule.trainSamples()) : taken(state);
        check(taken.equals(applied), "takes %s for done (expected: %s)", taken, applied);
    }

    private BitSet taken(State state) {
        var covered = schedule.coverage(state.position());
        var taken = new BitSet();
        for (int slot = 0; slot < covered.next(); slot++) {
            if (covered.missing().contains(slot)) continue;
            var samples = schedule.samplesOfEpoch(slot);
            taken.set(samples.first(), samples.end());
        }
        return taken;
    }

    private static BitSet samples(int count) {
        var all = new BitSet();
        all.set(0, count);
        return all;
    }
}
