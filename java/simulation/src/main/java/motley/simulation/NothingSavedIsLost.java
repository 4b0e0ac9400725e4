package motley.simulation;

import static motley.simulation.Checker.check;

import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Position;

/// A coordinator comes back where it saved last, checkpoints never go back, and while none can be
/// written no work is handed out.
final class NothingSavedIsLost implements Checker {
    private Position saved = Position.START;
    private boolean mustWait;

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> {
                int round = state.position().round();
                check(round == saved.round(), "started at round %d (saved: %s)", round, saved);
                mustWait = false;
            }
            case Observation.Saved(var at) -> {
                check(at.round() >= saved.round(), "saved %s after %s", at, saved);
                saved = at;
                mustWait = false;
            }
            case Observation.NotSaved _ -> mustWait = true;
            case Observation.Stepped(_, var event, var step) -> {
                if (!mustWait || event instanceof Event.ResumeRequested) return;
                for (var effect : step.effects()) {
                    check(!(effect instanceof Effect.Assign), "%s while nothing is saved", effect);
                }
            }
            case Observation.Added _,
                    Observation.Closed _,
                    Observation.Applied _,
                    Observation.Evaluated _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }
}
