package motley.rounds;

import java.time.Duration;
import java.util.Optional;

/// Which idle device gets what.
///
/// Open slots go out in order, to devices in the order they asked. When none is left, an idle
/// device repeats the lease expected to finish last, if it is expected to be faster; the first
/// answer wins. Source: the backup tasks of Dean & Ghemawat, MapReduce (2004), §3.6. Differs: not
/// only near the end of a job but of every round, and only where a gain is expected.
final class Dispatch {
    /// How many idle devices are looked at for which there is nothing, before giving up: bounds
    /// the work of a step in a large fleet.
    private static final int FRUITLESS_MAX = 8;

    private Dispatch() {}

    static void handOut(Draft draft) {
        if (!draft.isOpen() || !(draft.intent instanceof Intent.Run) || !draft.hasStarted) return;
        int fruitless = 0;
        for (var entry : draft.idle) {
            var device = draft.device(entry.getValue()).orElseThrow();
            if (giveWork(draft, device)) continue;
            fruitless++;
            if (fruitless == FRUITLESS_MAX) return;
        }
    }

    private static boolean giveWork(Draft draft, Device device) {
        var open = openSlot(draft, device);
        var chosen = open.isPresent() ? open : slotToRepeat(draft, device);
        chosen.ifPresent(slot -> Leases.give(draft, device, slot));
        return chosen.isPresent();
    }

    private static Optional<Integer> openSlot(Draft draft, Device device) {
        for (var entry : draft.reopened) {
            if (!isDoubted(draft, device, entry.getValue())) return Optional.of(entry.getKey());
        }
        if (draft.fresh == draft.slotCount) return Optional.empty();
        return Optional.of(draft.fresh++);
    }

    /// Whether `device` gave wrong-looking numbers for this slot just now. Somebody else should
    /// try,
    /// but only for a while: there may be nobody else.
    private static boolean isDoubted(Draft draft, Device device, Slot slot) {
        if (!(slot instanceof Slot.Open open) || draft.members == 1) return false;
        var since = draft.now.minus(draft.settings.policy().leaseFloor());
        return open.doubts().stream()
                .anyMatch(d -> d.device().equals(device.id()) && d.at().isAfter(since));
    }

    private static Optional<Integer> slotToRepeat(Draft draft, Device device) {
        if (!draft.settings.policy().duplicates() || !device.leases().isEmpty()) {
            return Optional.empty();
        }
        var own = device.timing(draft.kind);
        var usual = own.isMeasured() ? own : draft.fleetTiming(draft.kind);
        if (!usual.isMeasured()) return Optional.empty();

        var slowest = slowest(draft);
        if (slowest.isEmpty() || remaining(draft, slowest.get()).compareTo(usual.mean()) <= 0) {
            return Optional.empty();
        }
        var lease = slowest.get();
        if (isDoubted(draft, device, draft.slot(lease.slot()))) return Optional.empty();
        draft.note(new Fact.Duplicated(device.id(), lease.task().key(), lease.device()));
        return Optional.of(lease.slot());
    }

    /// The sole lease of its slot that is expected to run longest from now: the one expected last,
    /// or the one most overdue, of which nothing is known but its deadline.
    private static Optional<Lease> slowest(Draft draft) {
        var overdue = draft.lonely.first();
        var last = draft.lonely.last();
        if (overdue.isEmpty() || last.isEmpty()) return Optional.empty();
        var one = overdue.get().getValue();
        var other = last.get().getValue();
        boolean isFirstSlower = remaining(draft, one).compareTo(remaining(draft, other)) > 0;
        return Optional.of(isFirstSlower ? one : other);
    }

    private static Duration remaining(Draft draft, Lease lease) {
        boolean isOverdue = lease.expectedAt().isBefore(draft.now);
        return Duration.between(draft.now, isOverdue ? lease.deadline() : lease.expectedAt());
    }
}
