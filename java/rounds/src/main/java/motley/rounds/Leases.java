package motley.rounds;

import java.time.Duration;
import java.util.List;

/// Giving, renewing and ending leases.
///
/// A lease lives for its device's mean and four mean deviations ([Timing#limit]), at least
/// [Policy#leaseFloor], twice as long for every lease that expired on its slot before. A device
/// not yet measured gets sixteen times the fleet's limit, or [Policy#leaseFirst] if nothing has
/// been measured. A heartbeat gives it that long again, up to eight times in all.
///
/// A device that has not answered yet is expected any moment, until a usual one of the fleet would
/// be overdue: taken for slower, its first answer would always be one too many, and it would never
/// be known. While nothing is known of anybody it is expected at its deadline.
final class Leases {
    private static final int UNMEASURED_FACTOR = 16;
    private static final int DOUBLINGS_MAX = 6;
    private static final int RENEWALS_MAX = 8;

    private Leases() {}

    static void give(Draft draft, Device device, int number) {
        var slot = (Slot.Open) draft.slot(number);
        var id = new LeaseId(draft.fence, ++draft.leasesGiven);
        var ttl = ttl(draft, device, slot.expiries());
        var samples = draft.samplesOf(number, device);
        var key = new TaskKey(id, draft.position.round(), number, draft.position.version());
        var task = new Task(key, draft.kind, draft.position.epoch(), samples, ttl);
        var deadline = draft.now.plus(ttl);
        var own = device.timing(draft.kind);
        var usual = own.isMeasured() ? own : draft.fleetTiming(draft.kind);
        var soon = usual.isMeasured() ? draft.now : deadline;
        var expected = own.isMeasured() ? draft.now.plus(own.mean()) : soon;
        var overdue = usual.isMeasured() ? draft.now.plus(usual.limit()) : deadline;
        var capped = draft.now.plus(ttl.multipliedBy(RENEWALS_MAX));
        var lease = new Lease(device.id(), task, draft.now, expected, overdue, deadline, capped);

        slot.holders().forEach(other -> drop(draft, other));
        draft.put(number, slot.withHolder(id));
        draft.leases = draft.leases.with(id, lease);
        draft.deadlines = draft.deadlines.with(byDeadline(lease), lease);
        if (slot.holders().isEmpty()) draft.lonely = draft.lonely.with(byOverdue(lease), lease);
        var busy = device.asking(false).holding(id);
        Stragglers.gives(draft, device);
        draft.put(isMeasurable(draft, task) ? busy.granted(grantOf(lease)) : busy);
        draft.emit(new Effect.Assign(device.id(), task));
    }

    /// Fixed costs would drown the measurement of a small remainder.
    private static boolean isMeasurable(Draft draft, Task task) {
        return draft.isOfOwnSamples() || 2 * task.samples().count() >= draft.samplesOf(0).count();
    }

    private static Device.Grant grantOf(Lease lease) {
        return new Device.Grant(lease.id(), lease.task().kind(), lease.grantedAt());
    }

    static void renew(Draft draft, DeviceId device, List<LeaseId> working) {
        for (var id : working) {
            draft.leases
                    .get(id)
                    .filter(lease -> lease.device().equals(device))
                    .ifPresent(lease -> extend(draft, lease));
        }
    }

    private static void extend(Draft draft, Lease lease) {
        var wanted = draft.now.plus(lease.task().ttl());
        var deadline = wanted.isBefore(lease.deadlineMax()) ? wanted : lease.deadlineMax();
        var renewed = lease.withDeadline(deadline);
        draft.leases = draft.leases.with(lease.id(), renewed);
        draft.deadlines =
                draft.deadlines.without(byDeadline(lease)).with(byDeadline(renewed), renewed);
        if (draft.lonely.has(byOverdue(lease))) {
            draft.lonely = draft.lonely.with(byOverdue(renewed), renewed);
        }
    }

    /// Ends every lease whose deadline has come.
    static void expireDue(Draft draft) {
        var first = draft.deadlines.first();
        while (first.isPresent() && !first.get().getKey().at().isAfter(draft.now)) {
            expire(draft, first.get().getValue());
            first = draft.deadlines.first();
        }
    }

    static void expireAllOf(Draft draft, Device device) {
        for (var id : device.leases()) draft.leases.get(id).ifPresent(l -> expire(draft, l));
    }

    static void returnAllOf(Draft draft, Device device, String reason) {
        for (var id : device.leases()) {
            draft.leases.get(id).ifPresent(lease -> takeBack(draft, lease, reason));
        }
    }

    /// The device is done with a task that it does not answer; one that was revoked meanwhile
    /// would have taken it longer still.
    static void giveBack(Draft draft, DeviceId device, LeaseId id, String reason) {
        draft.leases
                .get(id)
                .filter(lease -> lease.device().equals(device))
                .ifPresentOrElse(
                        lease -> takeBack(draft, lease, reason),
                        () -> Admission.measureAtLeast(draft, device, id));
    }

    /// The device gives up the task: nothing is remembered of the lease.
    private static void takeBack(Draft draft, Lease lease, String reason) {
        end(draft, lease);
        vacate(
                draft,
                lease.slot(),
                ((Slot.Open) draft.slot(lease.slot())).withoutHolder(lease.id()));
        draft.note(new Fact.LeaseReturned(lease.device(), lease.task().key(), reason));
    }

    /// Takes the lease out of every index and out of its device's hands; the slot is the caller's.
    static void end(Draft draft, Lease lease) {
        draft.leases = draft.leases.without(lease.id());
        draft.deadlines = draft.deadlines.without(byDeadline(lease));
        draft.lonely = draft.lonely.without(byOverdue(lease));
        draft.device(lease.device()).ifPresent(device -> draft.put(device.without(lease.id())));
    }

    /// Stores a slot that has lost a holder. A holder that is left is its only one now.
    static void vacate(Draft draft, int number, Slot.Open slot) {
        draft.put(number, slot);
        for (var id : slot.holders()) {
            var left = draft.leases.get(id).orElseThrow();
            draft.lonely = draft.lonely.with(byOverdue(left), left);
        }
    }

    private static void expire(Draft draft, Lease lease) {
        end(draft, lease);
        vacate(draft, lease.slot(), ((Slot.Open) draft.slot(lease.slot())).withExpired(lease));
        var age = Duration.between(lease.grantedAt(), draft.now);
        draft.note(new Fact.LeaseExpired(lease.device(), lease.task().key(), age));
    }

    /// Revokes the leases on work at parameters older than `version`: their answers would be
    /// refused, so that their bytes need not be sent. Later leases are not on older parameters.
    static void revokeOlderThan(Draft draft, long version) {
        for (var entry : draft.leases) {
            var lease = entry.getValue();
            if (lease.task().key().version() >= version) return;
            end(draft, lease);
            var slot = (Slot.Open) draft.slot(lease.slot());
            vacate(draft, lease.slot(), slot.withoutHolder(lease.id()));
            var reason = "the parameters have moved on";
            draft.emit(new Effect.Revoke(lease.device(), lease.id(), reason));
        }
    }

    private static void drop(Draft draft, LeaseId other) {
        var lease = draft.leases.get(other).orElseThrow();
        draft.lonely = draft.lonely.without(byOverdue(lease));
    }

    private static Duration ttl(Draft draft, Device device, int expiries) {
        var policy = draft.settings.policy();
        var own = device.timing(draft.kind);
        var fleet = draft.fleetTiming(draft.kind);
        var usual = policy.leaseFirst();
        if (own.isMeasured()) {
            usual = own.limit();
        } else if (fleet.isMeasured()) {
            usual = fleet.limit().multipliedBy(UNMEASURED_FACTOR);
        }
        var floored = usual.compareTo(policy.leaseFloor()) < 0 ? policy.leaseFloor() : usual;
        return floored.multipliedBy(1L << Math.min(expiries, DOUBLINGS_MAX));
    }

    private static Pass.Due byDeadline(Lease lease) {
        return new Pass.Due(lease.deadline(), lease.id());
    }

    private static Pass.Due byOverdue(Lease lease) {
        return new Pass.Due(lease.overdueAt(), lease.id());
    }
}
