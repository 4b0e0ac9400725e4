package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import motley.rounds.Kind;

/// What an update moves the parameters by is the sum of the gradients of its tasks, each at the
/// parameters it was computed at, to the last bit; and updates follow from each other, across
/// restarts too.
final class FlowRecomputed implements Checker {
    private final Map<Long, List<Long>> weights = new HashMap<>();
    private final List<Observation.Added> open = new ArrayList<>();
    private List<Observation.Added> closing = List.of();

    FlowRecomputed() {
        weights.put(0L, IntegerModel.INITIAL);
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started _ -> {
                open.clear();
                closing = List.of();
            }
            case Observation.Added added -> {
                if (added.task().kind() == Kind.TRAIN) open.add(added);
            }
            case Observation.Closed _ -> {
                closing = List.copyOf(open);
                open.clear();
            }
            case Observation.Applied(var at, var before, var sum) -> {
                var known = weights.getOrDefault(at.version(), List.of());
                check(before.equals(known), "weights %s at %s (expected: %s)", before, at, known);
                var expected = recomputed();
                check(sum.equals(expected), "%s: sum %s (expected: %s)", at, sum, expected);
                weights.put(at.version() + 1, IntegerModel.updated(before, sum));
            }
            case Observation.Stepped _,
                    Observation.Evaluated _,
                    Observation.Saved _,
                    Observation.NotSaved _ -> {}
        }
    }

    private List<Long> recomputed() {
        var sum = IntegerModel.INITIAL;
        for (var added : closing) {
            var at = weights.get(added.version());
            if (at == null) throw new AssertionError("computed at unknown weights: " + added);
            var task = added.task();
            var gradient = IntegerModel.gradient(task.epoch(), task.samples(), at);
            sum = IntegerModel.added(sum, gradient);
        }
        return sum;
    }
}
