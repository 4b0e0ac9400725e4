package motley.rounds;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Training rounds over samples that stay on their devices ([OwnTerms]).
///
/// A round begins without slots and gets one for each device that asks and has not answered in it;
/// the task covers the device's own samples, so that nobody else can do it: it is neither repeated
/// nor audited. A device that leaves, or is not done in time, takes no part in this round, and may
/// in the next.
///
/// Source: Bonawitz et al., Towards Federated Learning at Scale (2019), §2.2: a round waits for a
/// goal count or a deadline, and is dropped below a minimum. Differs: every device that is there is
/// asked, the minimum is waited for, and nothing is dropped.
final class OwnRounds {
    private OwnRounds() {}

    /// Whether `state` is in such a round.
    static boolean isOpen(State state) {
        return state.pass().kind() == Kind.TRAIN
                && state.phase() instanceof Phase.Open
                && state.settings().policy().ownTerms().isPresent();
    }

    /// The slot for `device`, which may be a new one; empty if there is nothing for it to do.
    static Optional<Integer> slotFor(Draft draft, Device device) {
        if (device.ownSamples() == 0) return Optional.empty();
        for (var entry : draft.slots) {
            if (isOf(draft, device, entry.getValue())) return Optional.empty();
        }
        // Its own of before, so that two answers of it cannot both count; else anyone's.
        for (var entry : draft.reopened) {
            if (wasOf(entry.getValue(), device)) return Optional.of(entry.getKey());
        }
        for (var entry : draft.reopened) {
            if (isFree(entry.getValue())) return Optional.of(entry.getKey());
        }
        if (draft.slotCount == OwnTerms.DEVICES_MAX) return Optional.empty();
        int number = draft.slotCount++;
        draft.fresh = draft.slotCount;
        draft.put(number, Slot.UNTOUCHED);
        return Optional.of(number);
    }

    /// Whether `device` has answered in this round, or is at it.
    private static boolean isOf(Draft draft, Device device, Slot slot) {
        return switch (slot) {
            case Slot.Filled filled -> filled.winner().equals(device.id());
            case Slot.Open open ->
                    isRefused(open, device.id())
                            || open.holders().stream()
                                    .flatMap(id -> draft.leases.get(id).stream())
                                    .anyMatch(lease -> lease.device().equals(device.id()));
        };
    }

    /// Whether the numbers that `device` gave were refused: it would come to the same again.
    private static boolean isRefused(Slot.Open open, DeviceId device) {
        return open.doubts().stream().anyMatch(doubt -> doubt.device().equals(device));
    }

    /// Whether a lease of `device` on it has expired: a late answer to it may come.
    private static boolean wasOf(Slot slot, Device device) {
        return slot instanceof Slot.Open open
                && open.former().stream().anyMatch(lease -> lease.device().equals(device.id()));
    }

    /// Whether nothing is known of whose it was.
    private static boolean isFree(Slot slot) {
        return slot instanceof Slot.Open open && open.former().isEmpty() && open.doubts().isEmpty();
    }

    /// Closes the round if it has all answers it can get, or enough and has waited long enough.
    static void closeIfDue(Draft draft) {
        var rules = draft.settings.policy().ownTerms().orElseThrow();
        if (draft.filled < rules.quorum()) return;
        boolean isLate = !draft.now.isBefore(draft.openedAt.plus(rules.patience()));
        if (!isLate && isAwaited(draft)) return;
        for (var lease : draft.leases.values().toList()) {
            Leases.end(draft, lease);
            var open = (Slot.Open) draft.slot(lease.slot());
            Leases.vacate(draft, lease.slot(), open.withoutHolder(lease.id()));
            var reason = "the round has closed without this answer";
            draft.emit(new Effect.Revoke(lease.device(), lease.id(), reason));
        }
        Progression.complete(draft);
    }

    /// Whether a device that is there has still to answer.
    private static boolean isAwaited(Draft draft) {
        Set<DeviceId> answered = new HashSet<>();
        for (var entry : draft.slots) {
            switch (entry.getValue()) {
                case Slot.Filled filled -> answered.add(filled.winner());
                case Slot.Open open -> open.doubts().forEach(d -> answered.add(d.device()));
            }
        }
        return draft.devices
                .values()
                .filter(device -> device.isMember() && device.ownSamples() > 0)
                .anyMatch(device -> !answered.contains(device.id()));
    }

    /// When the open round closes without those who have not answered; empty if it would not yet.
    static Optional<Instant> dueAt(State state) {
        if (!isOpen(state)) return Optional.empty();
        var rules = state.settings().policy().ownTerms().orElseThrow();
        if (state.pass().filled() < rules.quorum()) return Optional.empty();
        return Optional.of(state.pass().openedAt().plus(rules.patience()));
    }
}
