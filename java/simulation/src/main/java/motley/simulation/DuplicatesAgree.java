package motley.simulation;

import static motley.simulation.Checker.check;

import motley.rounds.Effect;
import motley.rounds.Fact;

/// Honest devices of one numeric class give the same answer to the same task.
final class DuplicatesAgree implements Checker {
    @Override
    public void observe(Observation observation) {
        if (!(observation instanceof Observation.Stepped(_, _, var step))) return;
        for (var effect : step.effects()) {
            if (effect instanceof Effect.Note(Fact.Compared compared)) {
                check(compared.agrees(), "%s", compared);
            }
        }
    }
}
