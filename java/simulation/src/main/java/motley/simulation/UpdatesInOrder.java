package motley.simulation;

import static motley.simulation.Checker.check;

import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Kind;
import motley.rounds.Schedule;
import motley.rounds.Strategy;

/// Where an update takes whichever answers come first: updates are numbered one after the other,
/// each has exactly `k` answers, fewer only at the end of an epoch and more only if they came while
/// the last was being applied; nothing follows the end.
final class UpdatesInOrder implements Checker {
    private final Schedule schedule;
    private Strategy wanted;
    private int k;
    private int nextRound;
    private int answers;
    private int inEpoch;
    private long samples;
    private boolean isApplying;
    private boolean hasEnded;

    UpdatesInOrder(Schedule schedule, Strategy strategy) {
        this.schedule = schedule;
        wanted = strategy;
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> {
                nextRound = state.position().round();
                answers = 0;
                samples = 0;
                inEpoch = schedule.coverage(state.position()).count() % schedule.slotsPerEpoch();
                isApplying = false;
                // It may die after the end, which is not durable before a checkpoint.
                hasEnded = false;
                begin();
            }
            case Observation.Stepped(_, var event, var step) -> {
                if (event instanceof Event.StrategyChosen(var strategy)) wanted = strategy;
                step.effects().forEach(this::see);
            }
            case Observation.Added(_, var task, _, _) -> {
                if (task.kind() == Kind.EVALUATE) return;
                answers++;
                samples += task.samples().count();
                check(answers <= k || isApplying, "%d answers in an update of %d", answers, k);
            }
            case Observation.Closed closed -> close(closed);
            case Observation.Applied(var at, _, _) -> {
                check(at.round() == nextRound - 1, "%s applied before %d", at, nextRound);
                check(at.version() == at.round(), "version of %s", at);
                if (inEpoch == schedule.slotsPerEpoch()) inEpoch = 0;
                isApplying = false;
                begin();
            }
            case Observation.Evaluated _ -> begin();
            case Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }

    /// Whole rounds are updates of as many answers as they have tasks.
    private void begin() {
        k = wanted.k() == 0 ? schedule.slotsPerRound() : wanted.k();
    }

    private void close(Observation.Closed closed) {
        int round = closed.round();
        check(round == nextRound, "update %d closed (expected: %d)", round, nextRound);
        check(closed.totals().samples() == samples, "%s (expected: %d)", closed, samples);
        inEpoch += answers;
        boolean isLast = inEpoch == schedule.slotsPerEpoch();
        check(answers >= k || isLast, "update %d has %d answers of %d", round, answers, k);
        nextRound++;
        answers = 0;
        samples = 0;
        isApplying = true;
    }

    private void see(Effect effect) {
        check(
                !hasEnded || effect instanceof Effect.Refuse,
                "after the end: %s (expected: refusals only)",
                effect);
        hasEnded |= effect instanceof Effect.End;
    }
}
