package motley.rounds;

import java.util.stream.Stream;

/// What happens to answers whose numbers look wrong.
///
/// Their task is computed again, by another device where there is one. Either the doubt was right,
/// and the next answer is accepted; or the computations confirm each other, and the numbers are
/// what they are: an unusual norm is then accepted, and a run whose numbers are not finite, or
/// whose answers do not fit, fails. The number of doubts per slot is bounded, so that no run hangs
/// on them.
final class Doubts {
    /// Doubts after which nobody is asked again.
    private static final int DOUBTS_MAX = 8;

    /// Distinct devices that must agree that a run's numbers are beyond repair, if it has so many.
    private static final int WITNESSES = 3;

    /// Devices whose unusual norms were refused before any norm is accepted, agreeing or not.
    private static final int REFUSED_MAX = 2;

    /// Relative difference between two computations of one norm: far above what numeric classes
    /// differ by, far below any attack worth the name.
    private static final double AGREEMENT = 0.01;

    private Doubts() {}

    /// Records the doubt, reopens the slot, and fails the run if everybody says the same.
    static void raise(Draft draft, Lease lease, Contribution contribution, Refusal reason) {
        var doubt =
                new Slot.Doubt(lease.device(), reason, contribution.inspection().norm(), draft.now);
        var slot = ((Slot.Open) draft.slot(lease.slot())).withDoubt(doubt);
        if (draft.leases.has(lease.id())) {
            Leases.end(draft, lease);
            Leases.vacate(draft, lease.slot(), slot.withoutHolder(lease.id()));
        } else {
            draft.put(lease.slot(), slot.withoutFormer(lease));
        }
        if (isHopeless(draft, slot)) {
            var why =
                    "round %d, task %d: %d answers of %d devices were refused, the last for its %s"
                            .formatted(
                                    draft.position.round(),
                                    lease.slot(),
                                    slot.doubts().size(),
                                    witnesses(slot),
                                    reason.text());
            Progression.end(draft, new Ending.Failed(why));
        }
    }

    /// Whether an unusual norm may be accepted: another device has found the same, or so many were
    /// refused that it must be the task.
    static boolean isConfirmed(Draft draft, Slot.Open slot, DeviceId device, double norm) {
        boolean isAlone = draft.members <= 1;
        boolean isSeen =
                unusual(slot)
                        .filter(doubt -> isAlone || !doubt.device().equals(device))
                        .anyMatch(doubt -> agrees(doubt.norm(), norm));
        long refused = unusual(slot).map(Slot.Doubt::device).distinct().count();
        return isSeen || refused >= REFUSED_MAX || slot.doubts().size() >= DOUBTS_MAX - 1;
    }

    private static boolean isHopeless(Draft draft, Slot.Open slot) {
        int doubts = slot.doubts().size();
        boolean isAgreed =
                doubts >= WITNESSES && witnesses(slot) >= Math.min(WITNESSES, draft.members);
        return doubts >= DOUBTS_MAX || (isAgreed && unusual(slot).findAny().isEmpty());
    }

    private static long witnesses(Slot.Open slot) {
        return slot.doubts().stream().map(Slot.Doubt::device).distinct().count();
    }

    private static Stream<Slot.Doubt> unusual(Slot.Open slot) {
        return slot.doubts().stream().filter(d -> d.reason() instanceof Refusal.NormTooLarge);
    }

    /// Whether both are the norm of one gradient.
    static boolean agrees(double one, double other) {
        return Math.abs(one - other) <= AGREEMENT * Math.max(one, other);
    }
}
