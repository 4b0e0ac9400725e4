package motley.rounds;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Devices so slow that the others would wait for them.
///
/// Idle devices stand in line by speed, in classes of a factor of two, so that the faster never
/// wait behind the slower; those not yet measured come first, to be measured.
///
/// A device whose training tasks take more than [Policy#slowFactor] times the median is set aside;
/// one that takes more than the median, too, when others answered before it three times in a row.
/// It evaluates, and repeats what others hold, but an open training task goes to others. Only while
/// there are others: when none of them has taken a training task for as long as the slow ones would
/// take, they get all there is. Now and then it is given one all the same, for devices may become
/// faster; an idle one will repeat it. Of an even number of devices the faster of the middle two is
/// the median.
public final class Stragglers {
    /// How many of its own task times lie between two trials of a device that is thought too slow.
    /// Not so many rounds: a fleet with many slow devices would have a trial in each.
    private static final int TRIAL_EVERY = 32;

    private static final int CLASS_SHIFT = 56;

    /// So many tasks in a row that others were first with tell more than means do.
    private static final int BEATEN_MAX = 3;

    private Stragglers() {}

    /// Whether `device` takes part in `state`, but gets no open training tasks while others do.
    public static boolean isSetAside(State state, DeviceId device) {
        return state.fleet()
                .devices()
                .get(device)
                .filter(it -> it.isMember() && isSlow(state.fleet().paces(), policy(state), it))
                .isPresent();
    }

    /// The place in line of a device that is the `number`th to ask.
    static long ticket(Device device, long number) {
        long meanNs = device.training().isMeasured() ? device.training().meanNs() : 0;
        int speedClass = Long.SIZE - Long.numberOfLeadingZeros(meanNs);
        return (long) speedClass << CLASS_SHIFT | number;
    }

    /// `paces` with that of `device`, if it has one.
    static OrderedMap<Fleet.Pace, DeviceId> paced(
            OrderedMap<Fleet.Pace, DeviceId> paces, Device device) {
        if (!device.isMember() || !device.training().isMeasured()) return paces;
        return paces.with(new Fleet.Pace(device.training().meanNs(), device.id()), device.id());
    }

    /// `device` is given a task.
    static void gives(Draft draft, Device device) {
        boolean isUsual = !isSlow(draft.paces, draft.settings.policy(), device);
        if (draft.kind == Kind.TRAIN && isUsual) draft.usualAt = draft.now;
    }

    /// Whether open tasks go to others than `device` at present.
    static boolean isSetAside(Draft draft, Device device) {
        var policy = draft.settings.policy();
        if (draft.kind != Kind.TRAIN || !isSlow(draft.paces, policy, device)) return false;
        var patience = patience(draft.paces, policy);
        if (!draft.now.isBefore(draft.usualAt.plus(patience))) return false;
        return !isDueForTrial(draft, device, device.training());
    }

    /// Whether `device` should be given a task although it is thought too slow: it may have become
    /// faster, and only an answer can show it. An idle device that is faster repeats the task.
    static boolean isDueForTrial(Draft draft, Device device, Timing own) {
        var rest = own.mean().multipliedBy(TRIAL_EVERY);
        return !draft.now.isBefore(device.trials().latestAt().plus(rest));
    }

    /// When devices that are set aside get what nobody else takes; empty if none waits for that.
    static Optional<Instant> turnAt(State state) {
        var pass = state.pass();
        var fleet = state.fleet();
        boolean isOpen = pass.fresh() < pass.slotCount() || !pass.reopened().isEmpty();
        if (pass.kind() != Kind.TRAIN || !isOpen) return Optional.empty();
        var slowest = fleet.idle().last().flatMap(entry -> fleet.devices().get(entry.getValue()));
        if (slowest.filter(it -> isSlow(fleet.paces(), policy(state), it)).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(fleet.usualAt().plus(patience(fleet.paces(), policy(state))))
                .filter(at -> at.isAfter(state.now()));
    }

    private static boolean isSlow(
            OrderedMap<Fleet.Pace, DeviceId> paces, Policy policy, Device device) {
        var own = device.training();
        if (policy.slowFactor() == 0 || !own.isMeasured() || paces.isEmpty()) return false;
        long medianNs = medianNs(paces);
        boolean isBeaten = isBeaten(device) && own.meanNs() > medianNs;
        return isBeaten || own.meanNs() > policy.slowFactor() * medianNs;
    }

    /// Whether others have answered before `device` time after time, at what is being computed now.
    static boolean isBeaten(Draft draft, Device device) {
        return draft.kind == Kind.TRAIN && isBeaten(device);
    }

    private static boolean isBeaten(Device device) {
        return device.trials().beaten() >= BEATEN_MAX;
    }

    private static long medianNs(OrderedMap<Fleet.Pace, DeviceId> paces) {
        return paces.at((paces.size() - 1) / 2).getKey().meanNs();
    }

    private static Duration patience(OrderedMap<Fleet.Pace, DeviceId> paces, Policy policy) {
        var slow = Duration.ofNanos((long) (policy.slowFactor() * medianNs(paces)));
        return slow.compareTo(policy.leaseFloor()) < 0 ? policy.leaseFloor() : slow;
    }

    private static Policy policy(State state) {
        return state.settings().policy();
    }
}
