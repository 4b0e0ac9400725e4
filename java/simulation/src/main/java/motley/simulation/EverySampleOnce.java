package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.BitSet;
import motley.rounds.Kind;
import motley.rounds.Schedule;
import motley.rounds.Task;

/// Each sample is applied exactly once per epoch, and evaluated exactly once per evaluation.
final class EverySampleOnce implements Checker {
    private final Schedule schedule;

    /// Samples in the parameters, of the epoch being trained; then those of the open pass.
    private final BitSet applied = new BitSet();

    private final BitSet open = new BitSet();

    EverySampleOnce(Schedule schedule) {
        this.schedule = schedule;
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> {
                open.clear();
                applied.clear();
                int epochStart = state.position().epoch() * schedule.trainSamples();
                long done = schedule.samplesBefore(state.position().round());
                applied.set(0, (int) done - epochStart);
            }
            case Observation.Added(_, var task, _, _) -> add(task);
            case Observation.Applied(var at, _, _) -> {
                check(!open.intersects(applied), "samples applied again in round %d", at.round());
                applied.or(open);
                open.clear();
                long expected =
                        schedule.samplesBefore(at.round() + 1)
                                - (long) at.epoch() * schedule.trainSamples();
                check(
                        applied.cardinality() == expected,
                        "%d samples applied by round %d (expected: %d)",
                        applied.cardinality(),
                        at.round(),
                        expected);
                if (expected == schedule.trainSamples()) applied.clear();
            }
            case Observation.Evaluated _ -> closeEvaluation();
            case Observation.Stepped _,
                    Observation.Closed _,
                    Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }

    private void add(Task task) {
        for (int i = task.samples().first(); i < task.samples().end(); i++) {
            check(!open.get(i), "sample %d added twice: %s", i, task);
            open.set(i);
        }
        int last =
                task.kind() == Kind.TRAIN ? schedule.trainSamples() : schedule.evaluationSamples();
        check(
                task.samples().end() <= last,
                "samples %s (expected: below %d)",
                task.samples(),
                last);
    }

    private void closeEvaluation() {
        int evaluated = open.cardinality();
        int expected = schedule.evaluationSamples();
        check(evaluated == expected, "%d samples evaluated (expected: %d)", evaluated, expected);
        open.clear();
        applied.clear();
    }
}
