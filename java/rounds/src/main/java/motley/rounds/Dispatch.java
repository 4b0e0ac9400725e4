package motley.rounds;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Which idle device gets what.
///
/// Open slots go out in order, to the faster devices first ([Stragglers]). When none is left, an
/// idle device repeats the lease expected to finish last, if it is expected to be faster; the first
/// answer wins. Source: the backup tasks of Dean & Ghemawat, MapReduce (2004), §3.6. Differs: not
/// only near the end of a job but of every round, and only where a gain is expected.
final class Dispatch {
    /// How many idle devices are looked at for which there is nothing, before giving up: bounds the
    /// work of a step in a large fleet. Not while answers wait to be confirmed: those in front may
    /// be the ones who gave them.
    private static final int FRUITLESS_MAX = 8;

    /// From so many answers on the mean tells how fast a device is: the first ones hold what it
    /// does only once.
    private static final int TELLING_ANSWERS = 3;

    private Dispatch() {}

    static void handOut(Draft draft) {
        if (!draft.isOpen() || !(draft.intent instanceof Intent.Run) || !draft.hasStarted) return;
        int fruitless = 0;
        for (var entry : draft.idle) {
            var device = draft.device(entry.getValue()).orElseThrow();
            if (giveWork(draft, device)) continue;
            fruitless++;
            boolean isSettled = draft.trust.ballots().isEmpty() && !draft.isOfOwnSamples();
            if (fruitless >= FRUITLESS_MAX && isSettled) return;
        }
    }

    private static boolean giveWork(Draft draft, Device device) {
        var open = openSlot(draft, device);
        var chosen = open.isPresent() ? open : slotToRepeat(draft, device);
        chosen.ifPresent(slot -> Leases.give(draft, device, slot));
        return chosen.isPresent();
    }

    private static Optional<Integer> openSlot(Draft draft, Device device) {
        if (draft.isOfOwnSamples()) return OwnRounds.slotFor(draft, device);
        if (Stragglers.isSetAside(draft, device)) return Optional.empty();
        for (var entry : draft.reopened) {
            if (!isDoubted(draft, device, entry.getValue())
                    && Audit.mayAnswer(draft, device, entry.getKey())) {
                return Optional.of(entry.getKey());
            }
        }
        if (draft.fresh == draft.slotCount || comesTooLate(draft, device)) return Optional.empty();
        int number = draft.fresh++;
        draft.put(number, Slot.UNTOUCHED);
        return Optional.of(number);
    }

    /// Whether the others are expected to be done with all open slots well before `device` would be
    /// with one. It then waits for the next round, rather than being repeated by an idle device in
    /// this one and late for the next. Only while others are at work, and in time.
    ///
    /// By Little's law the fleet finishes a task every `mean / members`, with the mean taken over
    /// tasks, not devices.
    private static boolean comesTooLate(Draft draft, Device device) {
        var own = device.timing(draft.kind);
        boolean areOthersInTime =
                draft.lonely.last().filter(e -> e.getKey().at().isAfter(draft.now)).isPresent();
        boolean isTold =
                own.measurements() >= TELLING_ANSWERS
                        && !Stragglers.isDueForTrial(draft, device, own);
        if (!isTold || !device.leases().isEmpty() || !areOthersInTime) return false;
        long taskNs = draft.fleetTiming(draft.kind).meanNs();
        int open = draft.slotCount - draft.fresh + draft.leases.size() / 2;
        if (draft.isFlow()) open = Math.min(open, answersUntilTooOld(draft));
        long doneNs = taskNs + taskNs * open / draft.members;
        return own.meanNs() > doneNs;
    }

    /// How many answers are still to be computed until one begun now would be too old.
    private static int answersUntilTooOld(Draft draft) {
        var strategy = draft.strategy;
        long wanted = (strategy.staleness() + 1L) * strategy.k() - draft.filled;
        long half = draft.leases.size() / 2;
        return Math.clamp(wanted - half, 0, Integer.MAX_VALUE);
    }

    /// Whether `device` gave wrong-looking numbers for this slot just now. Somebody else should
    /// try, but only for a while: there may be nobody else.
    private static boolean isDoubted(Draft draft, Device device, Slot slot) {
        if (!(slot instanceof Slot.Open open) || draft.members == 1) return false;
        var since = draft.now.minus(draft.settings.policy().leaseFloor());
        return open.doubts().stream()
                .anyMatch(d -> d.device().equals(device.id()) && d.at().isAfter(since));
    }

    private static Optional<Integer> slotToRepeat(Draft draft, Device device) {
        boolean repeats = draft.settings.policy().duplicates() && !draft.isOfOwnSamples();
        if (!repeats || !device.leases().isEmpty()) {
            return Optional.empty();
        }
        var own = device.timing(draft.kind);
        var usual = own.isMeasured() ? own : draft.fleetTiming(draft.kind);
        if (!usual.isMeasured()) return Optional.empty();

        // One that always loses is left to its holder for as long as it would take itself.
        var grace = Stragglers.isBeaten(draft, device) ? usual.mean() : Duration.ZERO;
        return lastOne(draft, usual.mean(), draft.now.minus(grace))
                .filter(lease -> !isDoubted(draft, device, draft.slot(lease.slot())))
                .filter(lease -> Audit.mayAnswer(draft, device, lease.slot()))
                .map(lease -> noted(draft, device, lease));
    }

    /// The sole lease of its slot that is expected last, unless it is expected within seven tenths
    /// of `need`; or one overdue `since`, of which nothing is known but its deadline. Times vary,
    /// and the first of two comes before the mean of either: seven tenths give shorter rounds than
    /// the whole in `FleetSimulation`, for one more duplicate in a hundred leases.
    private static Optional<Lease> lastOne(Draft draft, Duration need, Instant since) {
        var overdue = draft.lonely.first().filter(e -> !e.getKey().at().isAfter(since));
        if (overdue.isPresent()) return overdue.map(Map.Entry::getValue);
        var inTime = draft.now.plus(need.multipliedBy(7).dividedBy(10));
        return draft.lonely
                .last()
                .map(Map.Entry::getValue)
                .filter(lease -> lease.expectedAt().isAfter(inTime));
    }

    private static int noted(Draft draft, Device device, Lease lease) {
        draft.note(new Fact.Duplicated(device.id(), lease.task().key(), lease.device()));
        return lease.slot();
    }
}
