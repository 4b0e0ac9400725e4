package motley.rounds;

import java.util.ArrayList;

/// An epoch as one flow of tasks: whichever `k` answers come first make an update, and the others
/// flow on into the next one, if they are not too old by then.
///
/// With staleness 0 this is K-batch-sync: an update begins when the last is applied, what was being
/// computed is revoked, and its task given out again. With more it is asynchronous training with a
/// bound. Source: Dutta et al., Slow and Stale Gradients Can Win the Race (2018), §2; the bound and
/// the refusal before the bytes are sent: algorithms.md §4. Differs: a sample belongs to a task and
/// not to a device, so that each counts once an epoch, and fast devices' data do not count more.
final class Flow {
    private Flow() {}

    /// Closes the update if it has `k` answers, or if the epoch has no more.
    static void closeIfDue(Draft draft) {
        boolean isLast = draft.fresh == draft.slotCount && draft.filled == draft.slots.size();
        if (draft.filled == 0 || (draft.filled < draft.strategy.k() && !isLast)) return;
        var at = draft.position;
        var totals = Progression.totals(draft);
        for (var entry : draft.slots) {
            if (!(entry.getValue() instanceof Slot.Filled)) continue;
            draft.slots = draft.slots.without(entry.getKey());
        }
        draft.filled = 0;
        draft.phase = new Phase.Closing();
        draft.emit(new Effect.CloseRound(at.epoch(), at.round(), totals));
        Leases.revokeOlderThan(draft, draft.versionToMove() - draft.strategy.staleness());
    }

    /// What is in the parameters once the closing update is applied.
    static Coverage covered(Draft draft) {
        var missing = new ArrayList<Integer>();
        for (var entry : draft.slots) missing.add(entry.getKey());
        return new Coverage(draft.fresh, missing);
    }

    /// Goes on at `next`, with what has come in meanwhile.
    static void applied(Draft draft, Position next) {
        boolean isEpochDone = draft.fresh == draft.slotCount && draft.slots.isEmpty();
        if (isEpochDone) {
            Progression.advance(draft, next);
            return;
        }
        draft.position = next;
        draft.phase = new Phase.Open();
        draft.openedAt = draft.now;
        if (draft.intent instanceof Intent.Stop(var reason)) {
            Progression.end(draft, new Ending.Stopped(reason));
            return;
        }
        var before = draft.strategy;
        var wanted = Progression.inForce(draft.settings, next.coverage().orElseThrow());
        if (!wanted.flows()) {
            Progression.advance(draft, next); // Nothing is missing, so that no lease is out.
            return;
        }
        draft.strategy = wanted;
        Progression.noteStrategy(draft, before);
        Leases.revokeOlderThan(draft, next.version() - wanted.staleness());
        closeIfDue(draft);
    }
}
