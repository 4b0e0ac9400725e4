package motley.simulation;

import static motley.simulation.Checker.check;

import motley.rounds.Effect;
import motley.rounds.Schedule;

/// Rounds close once each and in order, every epoch ends with its evaluation, nothing follows the
/// end.
final class RoundsInOrder implements Checker {
    private final Schedule schedule;
    private int nextRound;
    private int nextEvaluation;
    private boolean hasEnded;

    RoundsInOrder(Schedule schedule) {
        this.schedule = schedule;
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> {
                nextRound = state.position().round();
                nextEvaluation = state.position().epoch();
                hasEnded = false;
            }
            case Observation.Stepped(_, _, var step) -> step.effects().forEach(this::see);
            case Observation.Applied(var at, _, _) ->
                    check(
                            at.round() == nextRound - 1,
                            "round %d applied (expected: %d)",
                            at.round(),
                            nextRound - 1);
            case Observation.Added _,
                    Observation.Closed _,
                    Observation.Evaluated _,
                    Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }

    private void see(Effect effect) {
        switch (effect) {
            case Effect.CloseRound(int epoch, int round, var totals) -> {
                check(round == nextRound, "round %d closed (expected: %d)", round, nextRound);
                check(epoch == schedule.epochOf(round), "round %d in %d", round, epoch);
                int count = schedule.samplesOf(round).count();
                check(totals.samples() == count, "%s (expected: %d samples)", totals, count);
                nextRound++;
            }
            case Effect.CloseEvaluation(int epoch, _) -> {
                check(epoch >= nextEvaluation, "epoch %d evaluated again", epoch);
                check(
                        nextRound == schedule.firstRound(epoch + 1),
                        "epoch %d evaluated before round %d",
                        epoch,
                        nextRound);
                nextEvaluation = epoch + 1;
            }
            case Effect.End(var ending) -> {
                check(!hasEnded, "ended again: %s", ending);
                hasEnded = true;
            }
            case Effect.Assign _,
                    Effect.Accept _,
                    Effect.Hold _,
                    Effect.Confirm _,
                    Effect.Recall _,
                    Effect.Reputed _,
                    Effect.Refuse _,
                    Effect.Revoke _,
                    Effect.Rejoin _,
                    Effect.Note _ ->
                    check(
                            !hasEnded || effect instanceof Effect.Refuse,
                            "after the end: %s",
                            effect);
        }
    }
}
