package motley.rounds;

import java.time.Duration;
import java.util.Optional;

/// From one pass to the next, and within an epoch that flows from one update to the next.
final class Progression {
    private Progression() {}

    /// Closes the round or the evaluation if it has its answers.
    static void closeIfDue(Draft draft) {
        if (!draft.isOpen()) return;
        if (draft.isFlow()) Flow.closeIfDue(draft);
        else if (draft.isOfOwnSamples()) OwnRounds.closeIfDue(draft);
        else if (draft.filled == draft.slotCount) complete(draft);
    }

    /// Closes the pass with the answers there are: sums their numbers in the order of the slots.
    static void complete(Draft draft) {
        var at = draft.position;
        var totals = totals(draft);
        switch (draft.kind) {
            case TRAIN -> {
                draft.phase = new Phase.Closing();
                draft.emit(new Effect.CloseRound(at.epoch(), at.round(), totals));
            }
            case EVALUATE -> {
                draft.emit(new Effect.CloseEvaluation(at.epoch(), totals));
                advance(draft, startOf(draft.settings.schedule(), at));
            }
        }
    }

    static void applied(Draft draft, int round, long version) {
        var at = draft.position;
        if (!(draft.phase instanceof Phase.Closing) || round != at.round()) return;
        draft.pace = draft.pace.with(Duration.between(draft.openedAt, draft.now));
        var schedule = draft.settings.schedule();
        if (draft.isFlow()) {
            var covered = Optional.of(Flow.covered(draft));
            Flow.applied(draft, new Position(at.epoch(), round + 1, version, covered));
            return;
        }
        if (schedule.isLocal(round + 1) && !schedule.isLocal(round)) draft.measureAnew();
        var covered = at.coverage().map(before -> withRound(schedule, before));
        advance(draft, new Position(at.epoch(), round + 1, version, covered));
    }

    private static Coverage withRound(Schedule schedule, Coverage before) {
        return schedule.coverage(schedule.roundAfter(before).orElseThrow() + 1);
    }

    static void stop(Draft draft, String reason) {
        draft.intent = new Intent.Stop(reason);
        if (draft.isOpen()) end(draft, new Ending.Stopped(reason));
    }

    /// Ends the run where it stands; running leases are revoked.
    static void end(Draft draft, Ending ending) {
        for (var lease : draft.leases.values().toList()) {
            Leases.end(draft, lease);
            draft.emit(new Effect.Revoke(lease.device(), lease.id(), "the run has ended"));
        }
        draft.phase = new Phase.Ended(ending);
        draft.emit(new Effect.End(ending));
    }

    /// Opens what follows at `next`. No lease is left.
    static void advance(Draft draft, Position next) {
        draft.trust = draft.trust.closed();
        var schedule = draft.settings.schedule();
        var position = settled(schedule, next);
        var before = draft.strategy;
        draft.open(passAt(draft.settings, position).opened(draft.leasesGiven, draft.now));
        draft.phase = new Phase.Open();
        noteStrategy(draft, before);
        if (position.epoch() == schedule.epochs()) {
            end(draft, new Ending.Finished());
        } else if (draft.intent instanceof Intent.Stop(var reason)) {
            end(draft, new Ending.Stopped(reason));
        }
    }

    static void noteStrategy(Draft draft, Strategy before) {
        if (draft.strategy.equals(before)) return;
        draft.note(new Fact.StrategyInForce(draft.position.round(), draft.strategy));
    }

    /// The sums over all answers there are.
    static Totals totals(Draft draft) {
        long samples = 0;
        double lossNatsSum = 0;
        double correct = 0;
        for (var entry : draft.slots) {
            if (!(entry.getValue() instanceof Slot.Filled filled)) continue;
            var answer = filled.totals();
            samples += answer.samples();
            lossNatsSum += answer.lossNatsSum();
            correct += answer.correct();
        }
        return new Totals(samples, lossNatsSum, correct);
    }

    /// The pass that is open at `position`, untouched. Behind the last round it has no slots.
    static Pass passAt(RunSettings settings, Position position) {
        var schedule = settings.schedule();
        if (position.epoch() >= schedule.epochs()) {
            return Pass.of(Kind.EVALUATE, settings, position, 0);
        }
        if (isBorder(schedule, position)) {
            return Pass.of(Kind.EVALUATE, settings, position, schedule.evaluationSlots());
        }
        if (position.coverage().isEmpty() && !settings.strategy().flows()) {
            boolean isOwn = settings.policy().ownTerms().isPresent();
            int slots = isOwn ? 0 : schedule.slots(position.round());
            return Pass.of(Kind.TRAIN, settings, position, slots);
        }
        var covered = schedule.coverage(position);
        var strategy = inForce(settings, covered);
        if (strategy.flows()) {
            return Pass.flow(strategy, position, schedule.slotsPerEpoch(), covered);
        }
        int round = schedule.roundAfter(covered).orElseThrow();
        return Pass.of(Kind.TRAIN, settings, position, schedule.slots(round));
    }

    /// The dials with which training goes on where `covered` is in the parameters: as set, but
    /// rounds with tasks of their own begin between two of them only. Until then as many answers as
    /// a round has make an update.
    static Strategy inForce(RunSettings settings, Coverage covered) {
        var strategy = settings.strategy();
        var schedule = settings.schedule();
        if (strategy.flows() || schedule.roundAfter(covered).isPresent()) return strategy;
        return new Strategy(schedule.slotsPerRound(), 0, Strategy.Local.NONE);
    }

    /// `position`, or the start of the next epoch if it stands before an evaluation that the
    /// schedule does not have.
    static Position settled(Schedule schedule, Position position) {
        int epoch = position.epoch();
        if (epoch >= schedule.epochs() || !isBorder(schedule, position)) return position;
        return schedule.evaluatesAfter(epoch) ? position : startOf(schedule, position);
    }

    private static boolean isBorder(Schedule schedule, Position position) {
        if (position.coverage().isEmpty()) {
            return schedule.epochOf(position.round()) > position.epoch();
        }
        return schedule.coverage(position).count() == schedule.slotsPerEpoch();
    }

    /// The start of the epoch after that of `done`.
    private static Position startOf(Schedule schedule, Position done) {
        int epoch = done.epoch() + 1;
        boolean isByRounds = done.round() == schedule.firstRound(epoch);
        return new Position(
                epoch,
                done.round(),
                done.version(),
                isByRounds ? Optional.empty() : Optional.of(Coverage.NONE));
    }
}
