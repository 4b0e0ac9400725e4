package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.List;
import motley.rounds.Kind;

/// Where answers depend on more than their task, and nobody else can compute them: what a round
/// adds to the parameters is the sum of the answers that it accepted, of nothing that came before.
final class SumsAsSent implements Checker {
    private List<Long> open = IntegerModel.INITIAL;
    private List<Long> closing = IntegerModel.INITIAL;

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started _ -> open = IntegerModel.INITIAL;
            case Observation.Added(_, var task, _, var gradient) -> {
                if (task.kind() == Kind.TRAIN) open = IntegerModel.added(open, gradient);
            }
            case Observation.Closed _ -> {
                closing = open;
                open = IntegerModel.INITIAL;
            }
            case Observation.Applied(var at, _, var sum) ->
                    check(
                            sum.equals(closing),
                            "round %d: sum %s (expected: %s, as sent)",
                            at.round(),
                            sum,
                            closing);
            case Observation.Stepped _,
                    Observation.Evaluated _,
                    Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }
}
