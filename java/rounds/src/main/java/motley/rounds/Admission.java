package motley.rounds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Accepting and refusing contributions.
///
/// Accepted is the first answer to an open slot of the open pass that was computed under a lease
/// of this fencing epoch at the pass's parameters, by the device that held the lease, and whose
/// numbers are in order. The lease may have expired: the work is as good as any.
final class Admission {
    /// Fewer accepted norms than this give no median.
    private static final int NORMS_MIN = 3;

    private Admission() {}

    static void offer(Draft draft, DeviceId device, Contribution contribution) {
        var key = contribution.key();
        if (Audit.isBarred(draft, device)) {
            draft.emit(new Effect.Refuse(device, key, new Refusal.Quarantined()));
            return;
        }
        var lease = leaseOf(draft, device, key);
        var stranger = identityRefusal(draft, key, lease);
        var refusal = stranger.or(() -> contentRefusal(draft, lease.orElseThrow(), contribution));
        if (refusal.isEmpty()) {
            measure(draft, device, key.lease());
            judge(draft, lease.orElseThrow(), contribution);
            return;
        }
        refuse(draft, device, contribution, refusal.get());
        if (stranger.isEmpty()) Doubts.raise(draft, lease.get(), contribution, refusal.get());
    }

    private static void judge(Draft draft, Lease lease, Contribution contribution) {
        switch (Audit.judge(draft, lease, contribution)) {
            case BELIEVED -> accept(draft, lease, contribution, scale(draft, contribution));
            case CONFIRMED -> accept(draft, lease, contribution, 1);
            case HELD -> Audit.hold(draft, lease, contribution);
        }
    }

    private static void refuse(
            Draft draft, DeviceId device, Contribution contribution, Refusal refusal) {
        var key = contribution.key();
        draft.emit(new Effect.Refuse(device, key, refusal));
        switch (refusal) {
            case Refusal.SlotFilled(int slot) -> {
                measure(draft, device, key.lease());
                compare(draft, device, contribution, (Slot.Filled) draft.slot(slot));
            }
            case Refusal.WrongRound _, Refusal.TooOld _ -> measure(draft, device, key.lease());
            case Refusal.WrongVersion _,
                    Refusal.StaleFence _,
                    Refusal.NotHolder _,
                    Refusal.NotFinite _,
                    Refusal.NormTooLarge _,
                    Refusal.WrongShape _,
                    Refusal.WrongCount _,
                    Refusal.Quarantined _,
                    Refusal.RunNotActive _ -> {}
        }
    }

    /// The lease named by `key`, running or remembered, if `device` has or had it on that slot.
    private static Optional<Lease> leaseOf(Draft draft, DeviceId device, TaskKey key) {
        var remembered =
                switch (draft.slot(key.slot())) {
                    case Slot.Open open -> open.former();
                    case Slot.Filled filled -> filled.others();
                };
        return draft.leases
                .get(key.lease())
                .or(() -> remembered.stream().filter(l -> l.id().equals(key.lease())).findFirst())
                .filter(l -> l.device().equals(device) && l.slot() == key.slot());
    }

    private static Optional<Refusal> identityRefusal(
            Draft draft, TaskKey key, Optional<Lease> lease) {
        long fence = key.lease().fence();
        if (fence != draft.fence) {
            return Optional.of(new Refusal.StaleFence(fence, draft.fence));
        }
        int round = draft.position.round();
        if (isClosedWithoutAll(draft)) {
            return Optional.of(new Refusal.WrongRound(key.round(), round + 1));
        }
        boolean isOpen = draft.isFlow() || key.round() == round;
        if (!isOpen || key.lease().number() <= draft.leasesBefore) {
            return Optional.of(new Refusal.WrongRound(key.round(), round));
        }
        var old = versionRefusal(draft, key);
        if (old.isPresent()) return old;
        if (draft.slot(key.slot()) instanceof Slot.Filled) {
            return Optional.of(new Refusal.SlotFilled(key.slot()));
        }
        boolean isHolder = lease.filter(l -> l.task().key().equals(key)).isPresent();
        return isHolder ? Optional.empty() : Optional.of(new Refusal.NotHolder(key.lease()));
    }

    /// Whether the round is being applied, and has slots without an answer: one that comes now
    /// would be added to what the next round moves the parameters by.
    private static boolean isClosedWithoutAll(Draft draft) {
        return draft.isOfOwnSamples() && !draft.isOpen();
    }

    private static Optional<Refusal> versionRefusal(Draft draft, TaskKey key) {
        if (!draft.isFlow()) {
            long version = draft.position.version();
            if (key.version() == version) return Optional.empty();
            return Optional.of(new Refusal.WrongVersion(key.version(), version));
        }
        long version = draft.versionToMove();
        int staleness = draft.strategy.staleness();
        if (version - key.version() <= staleness) return Optional.empty();
        return Optional.of(new Refusal.TooOld(key.version(), version, staleness));
    }

    private static Optional<Refusal> contentRefusal(
            Draft draft, Lease lease, Contribution contribution) {
        var report = contribution.report();
        var inspection = contribution.inspection();
        int count = lease.task().samples().count();
        boolean isCounted = report.correct() >= 0 && report.correct() <= count;
        if (report.samples() != count || !isCounted) {
            return Optional.of(new Refusal.WrongCount(report.samples(), count));
        }
        if (!inspection.fits()) return Optional.of(new Refusal.WrongShape());
        boolean isFinite = Double.isFinite(inspection.norm()) && inspection.norm() >= 0;
        if (!inspection.finite() || !isFinite || !Double.isFinite(report.lossNatsSum())) {
            return Optional.of(new Refusal.NotFinite());
        }
        return normRefusal(draft, lease, inspection.norm());
    }

    private static Optional<Refusal> normRefusal(Draft draft, Lease lease, double norm) {
        // Nobody else can compute what a device learns of its own samples.
        boolean isLooked = draft.kind == Kind.TRAIN && !draft.isOfOwnSamples();
        if (!isLooked || draft.norms.size() < NORMS_MIN) return Optional.empty();
        double perSample = norm / lease.task().samples().count();
        double median = median(draft.norms);
        boolean isUsual = perSample <= draft.settings.policy().normFactor() * median;
        if (isUsual || median == 0) return Optional.empty();
        var open = (Slot.Open) draft.slot(lease.slot());
        if (Doubts.isConfirmed(draft, open, lease.device(), norm)) {
            int round = draft.position.round();
            draft.note(new Fact.NormConfirmed(round, lease.slot(), perSample, median));
            return Optional.empty();
        }
        return Optional.of(new Refusal.NormTooLarge(perSample, median));
    }

    private static void accept(Draft draft, Lease lease, Contribution contribution, double scale) {
        draft.emit(new Effect.Accept(lease.device(), lease.task(), scale));
        var open = (Slot.Open) draft.slot(lease.slot());
        var others = new ArrayList<>(open.former());
        for (var id : open.holders()) {
            var running = draft.leases.get(id).orElseThrow();
            Leases.end(draft, running);
            others.add(running);
            if (running.equals(lease)) continue;
            if (draft.kind == Kind.TRAIN) {
                draft.device(running.device()).ifPresent(it -> draft.put(it.beaten()));
            }
            draft.emit(new Effect.Revoke(running.device(), id, "another answer came first"));
        }
        // Answers at other parameters cannot be compared.
        long version = lease.task().key().version();
        others.removeIf(
                other -> other.id().equals(lease.id()) || other.task().key().version() != version);
        var totals = totals(contribution.report());
        var digest = contribution.digest();
        draft.put(lease.slot(), new Slot.Filled(lease.device(), digest, totals, others));
        draft.filled++;
        if (draft.kind == Kind.TRAIN) {
            draft.device(lease.device()).ifPresent(it -> draft.put(it.unbeaten()));
            remember(draft, lease.slot(), normPerSample(contribution));
        }
        if (Audit.recalls(draft)) return;
        Progression.closeIfDue(draft);
    }

    private static Totals totals(Contribution.Report report) {
        return new Totals(report.samples(), report.lossNatsSum(), report.correct());
    }

    private static void measure(Draft draft, DeviceId id, LeaseId lease) {
        var device = draft.device(id);
        if (device.isEmpty()) return;
        for (var grant : device.get().grants()) {
            if (!grant.lease().equals(lease)) continue;
            var elapsed = Duration.between(grant.at(), draft.now);
            draft.put(device.get().measured(grant, elapsed));
            draft.measureFleet(grant.kind(), elapsed);
        }
    }

    /// A device gives up a task that others have answered by now, or whose parameters are gone. How
    /// long it takes is more than that, which counts where it is more than was thought: a device
    /// whose link is slower than rounds are short never answers, and would be given a task in each.
    static void measureAtLeast(Draft draft, DeviceId id, LeaseId lease) {
        var device = draft.device(id);
        if (device.isEmpty()) return;
        for (var grant : device.get().grants()) {
            if (!grant.lease().equals(lease)) continue;
            var elapsed = Duration.between(grant.at(), draft.now);
            var own = device.get().timing(grant.kind());
            var usual = own.isMeasured() ? own : draft.fleetTiming(grant.kind());
            if (usual.isMeasured() && elapsed.compareTo(usual.mean()) > 0) {
                // It may have slept meanwhile, as laptops do: no more is believed at once.
                var most = usual.mean().multipliedBy(2);
                var counted = elapsed.compareTo(most) < 0 ? elapsed : most;
                draft.put(device.get().measured(grant, counted));
            }
        }
    }

    /// A duplicate's answer, come too late to count, still tells whether two devices agree.
    private static void compare(
            Draft draft, DeviceId second, Contribution contribution, Slot.Filled filled) {
        var key = contribution.key();
        var lease = leaseOf(draft, second, key);
        if (lease.isEmpty()) return;
        draft.put(key.slot(), filled.withoutOther(lease.get()));
        var first = filled.winner();
        boolean isComparable =
                !contribution.digest().isEmpty()
                        && !filled.digest().isEmpty()
                        && isOneClass(draft, first, second);
        if (!isComparable) return;
        boolean agrees =
                contribution.digest().equals(filled.digest())
                        && totals(contribution.report()).equals(filled.totals());
        draft.note(new Fact.Compared(key.round(), key.slot(), first, second, agrees));
        Audit.compared(draft, key.slot(), first, second, agrees);
        Audit.recalls(draft);
    }

    private static boolean isOneClass(Draft draft, DeviceId first, DeviceId second) {
        var one = draft.device(first).map(Device::numericClass).orElse("");
        var other = draft.device(second).map(Device::numericClass).orElse("");
        return !one.isEmpty() && one.equals(other);
    }

    /// What an unverified contribution is multiplied by.
    private static double scale(Draft draft, Contribution contribution) {
        boolean isClipped = draft.kind == Kind.TRAIN && draft.settings.policy().trust().clips();
        return isClipped ? draft.trust.usualNorm().scale(normPerSample(contribution)) : 1;
    }

    private static double normPerSample(Contribution contribution) {
        return contribution.inspection().norm() / contribution.report().samples();
    }

    private static void remember(Draft draft, int slot, double norm) {
        draft.trust = draft.trust.withNorm(draft.trust.usualNorm().with(slot, norm));
        var norms = new ArrayList<>(draft.norms);
        norms.add(norm);
        int surplus = Math.max(0, norms.size() - State.NORMS_MAX);
        draft.norms = norms.subList(surplus, norms.size());
    }

    /// The middle one, the greater of two.
    private static double median(List<Double> norms) {
        return norms.stream().sorted().skip(norms.size() / 2).findFirst().orElseThrow();
    }
}
