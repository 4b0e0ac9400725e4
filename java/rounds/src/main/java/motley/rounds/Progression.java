package motley.rounds;

import java.time.Duration;
import java.time.Instant;

/// From one pass to the next.
final class Progression {
    private Progression() {}

    /// Every slot is filled: sums the answers' numbers in the order of the slots.
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
                advance(draft, new Position(at.epoch() + 1, at.round(), at.version()));
            }
        }
    }

    static void applied(Draft draft, int round, long version) {
        var at = draft.position;
        if (!(draft.phase instanceof Phase.Closing) || round != at.round()) return;
        draft.pace = draft.pace.with(Duration.between(draft.openedAt, draft.now));
        var schedule = draft.settings.schedule();
        if (schedule.isLocal(round + 1) && !schedule.isLocal(round)) draft.measureAnew();
        advance(draft, new Position(at.epoch(), round + 1, version));
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

    private static void advance(Draft draft, Position next) {
        draft.trust = draft.trust.closed();
        var schedule = draft.settings.schedule();
        var position = settled(schedule, next);
        draft.open(passAt(draft.settings, position, draft.leasesGiven, draft.now));
        draft.phase = new Phase.Open();
        if (position.epoch() == schedule.epochs()) {
            end(draft, new Ending.Finished());
        } else if (draft.intent instanceof Intent.Stop(var reason)) {
            end(draft, new Ending.Stopped(reason));
        }
    }

    private static Totals totals(Draft draft) {
        long samples = 0;
        double lossNatsSum = 0;
        double correct = 0;
        for (var entry : draft.slots) {
            var answer = ((Slot.Filled) entry.getValue()).totals();
            samples += answer.samples();
            lossNatsSum += answer.lossNatsSum();
            correct += answer.correct();
        }
        return new Totals(samples, lossNatsSum, correct);
    }

    /// The pass that is open at `position`, untouched. Behind the last round it has no slots.
    static Pass passAt(RunSettings settings, Position position, long leasesGiven, Instant now) {
        var schedule = settings.schedule();
        if (position.epoch() >= schedule.epochs()) {
            return Pass.of(Kind.EVALUATE, position, 0, leasesGiven, now);
        }
        if (schedule.epochOf(position.round()) > position.epoch()) {
            int slots = schedule.evaluationSlots();
            return Pass.of(Kind.EVALUATE, position, slots, leasesGiven, now);
        }
        int slots = schedule.slots(position.round());
        return Pass.of(Kind.TRAIN, position, slots, leasesGiven, now);
    }

    /// `position`, or the start of the next epoch if it stands before an evaluation that the
    /// schedule does not have.
    static Position settled(Schedule schedule, Position position) {
        int epoch = position.epoch();
        boolean isBorder = schedule.epochOf(position.round()) > epoch;
        if (!isBorder || epoch >= schedule.epochs() || schedule.evaluatesAfter(epoch)) {
            return position;
        }
        return new Position(epoch + 1, position.round(), position.version());
    }
}
