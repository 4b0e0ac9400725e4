package motley.rounds;

import java.util.List;
import java.util.Optional;

/// Which answers are believed, which wait for another device, and what follows from a disagreement.
///
/// An answer of a device that has not proven itself, or that is drawn for an audit, is held until a
/// device of another owner gives the same one; then the task counts and both are a step further. If
/// they differ, others are asked until one answer outweighs the rest, or a trusted device speaks;
/// those who said otherwise have failed. A device that has failed has what it did in the open round
/// on its word alone taken back: the round is computed again, because a sum does not tell what came
/// from whom.
///
/// Source: Anderson, *BOINC: A Platform for Volunteer Computing* (2019), §4 and §6.4; Sarmenta,
/// *Sabotage-Tolerance Mechanisms for Volunteer Computing Systems* (2002). Differs: see
/// [Reputation#auditProbability], [Ballot#isDecidedBy] and, for devices that compute differently,
/// [Comparison].
final class Audit {
    /// So many answers may wait for a device of a class that none of them is of.
    private static final int OTHER_CLASSES_MAX = Ballot.ANSWERS_MAX / 2;

    private Audit() {}

    enum Verdict {
        /// On the device's word.
        BELIEVED,
        /// Another device, or a trusted one, says the same.
        CONFIRMED,
        /// Not yet.
        HELD
    }

    /// Judges a well-formed answer under `lease`, and settles what it decides.
    static Verdict judge(Draft draft, Lease lease, Contribution contribution) {
        if (!policy(draft).audits()) return Verdict.BELIEVED;
        int slot = lease.slot();
        var reputation = draft.trust.reputation(lease.device());
        var ballot = draft.trust.ballot(slot);
        var answer = answer(draft, lease, contribution);
        if (reputation.isTrusted() || ballot.isDecidedBy(answer, Comparison.of(draft))) {
            settle(draft, slot, answer);
            return Verdict.CONFIRMED;
        }
        boolean isUndisputed = ballot.answers().isEmpty() && doubts(draft, slot).isEmpty();
        if (isUndisputed && !isDrawn(draft, slot, reputation)) {
            draft.trust = draft.trust.withUnconfirmed(slot, lease.device());
            return Verdict.BELIEVED;
        }
        return Verdict.HELD;
    }

    /// Puts the answer aside and opens its slot to others.
    static void hold(Draft draft, Lease lease, Contribution contribution) {
        int slot = lease.slot();
        var ballot = draft.trust.ballot(slot).with(answer(draft, lease, contribution));
        draft.trust = draft.trust.with(slot, ballot);
        var open = (Slot.Open) draft.slot(slot);
        if (draft.leases.has(lease.id())) {
            Leases.end(draft, lease);
            Leases.vacate(draft, slot, open.withoutHolder(lease.id()));
        } else {
            draft.put(slot, open.withoutFormer(lease));
        }
        draft.emit(new Effect.Hold(lease.device(), lease.task()));
        if (!ballot.isFull()) return;
        var why =
                "round %d, task %d: %d devices gave %d answers, none of them confirmed"
                        .formatted(
                                draft.position.round(),
                                slot,
                                Ballot.ANSWERS_MAX,
                                Ballot.ANSWERS_MAX);
        Progression.end(draft, new Ending.Failed(why));
    }

    /// Whether `device` may be given this slot: it has not answered it, nor has another device of
    /// its owner, and its answer can be compared with those that wait.
    static boolean mayAnswer(Draft draft, Device device, int slot) {
        var answers = draft.trust.ballot(slot).answers();
        if (answers.isEmpty()) return true;
        var reputation = draft.trust.reputation(device.id());
        boolean isFresh =
                answers.stream()
                        .noneMatch(
                                a ->
                                        a.device().equals(device.id())
                                                || a.isOfOwner(reputation.owner()));
        return isFresh && (reputation.isTrusted() || isComparable(draft, device, answers));
    }

    /// Devices of other classes are asked as long as one of the same still finds room: those may
    /// find that nothing follows.
    private static boolean isComparable(Draft draft, Device device, List<Ballot.Answer> answers) {
        var numericClass = device.numericClass();
        if (answers.stream().anyMatch(a -> a.isOfClass(numericClass))) return true;
        var comparison = Comparison.of(draft);
        return answers.size() < OTHER_CLASSES_MAX
                && answers.stream().anyMatch(a -> comparison.meets(a.numericClass(), numericClass));
    }

    /// A duplicate came after the slot was filled: a check that costs nothing. Where they differ,
    /// nobody knows who is wrong, unless the accepted answer was confirmed.
    static void compared(Draft draft, int slot, DeviceId winner, DeviceId second, boolean agrees) {
        if (!policy(draft).audits()) return;
        boolean isConfirmed = !draft.trust.unconfirmed().has(slot);
        var one = draft.trust.reputation(winner);
        var two = draft.trust.reputation(second);
        boolean isOneOwner = !one.owner().isEmpty() && one.owner().equals(two.owner());
        if (agrees && !isOneOwner) {
            if (!isConfirmed) update(draft, winner, one.validated());
            update(draft, second, two.validated());
            draft.trust = draft.trust.withConfirmed(slot);
        } else if (!agrees && (isConfirmed || one.isTrusted())) {
            fail(draft, second, slot);
        } else if (!agrees) {
            update(draft, winner, one.doubted());
            update(draft, second, two.doubted());
        }
    }

    /// Something is known of a device from before, or people have decided about it.
    static void vouch(Draft draft, DeviceId device, Reputation reputation) {
        draft.trust = draft.trust.with(device, reputation);
        // What a device said before people vouched for it is asked again: its word counts now.
        if (reputation.isTrusted()) withdraw(draft, device);
        if (isBarred(draft, device)) expel(draft, device);
    }

    /// Whether `device` gets no work.
    static boolean isBarred(Draft draft, DeviceId device) {
        return policy(draft).audits() && draft.trust.reputation(device).isQuarantined(draft.now);
    }

    /// Begins the open pass anew if something in it comes from a device proven wrong.
    ///
    /// @return whether it does
    static boolean recalls(Draft draft) {
        if (!draft.trust.isSpoilt() || !draft.isOpen()) return false;
        for (var lease : draft.leases.values().toList()) {
            Leases.end(draft, lease);
            draft.emit(new Effect.Revoke(lease.device(), lease.id(), "the round begins anew"));
        }
        draft.trust = draft.trust.reopened();
        var afresh = Progression.passAt(draft.settings, draft.position);
        draft.open(afresh.opened(draft.leasesGiven, draft.now));
        draft.emit(new Effect.Recall(draft.position.round()));
        return true;
    }

    private static void settle(Draft draft, int slot, Ballot.Answer right) {
        var waiting = draft.trust.ballot(slot).without(right.device());
        draft.trust = draft.trust.with(slot, Ballot.EMPTY);
        var comparison = Comparison.of(draft);
        boolean isConfirmed = false;
        for (var answer : waiting.answers()) {
            switch (comparison.relation(answer, right)) {
                case ALIKE -> {
                    isConfirmed |= !answer.isOfOneOwner(right);
                    validate(draft, answer.device());
                    var compute = answer.contribution().report().compute();
                    draft.emit(new Effect.Confirm(answer.device(), answer.task(), compute));
                    learn(draft, answer, right);
                }
                case UNLIKE -> fail(draft, answer.device(), slot);
                case OPEN -> {
                    suspect(draft, answer, right);
                    learn(draft, answer, right);
                }
            }
        }
        doubts(draft, slot).stream()
                .filter(doubt -> isRefuted(draft, doubt, right))
                .map(Slot.Doubt::device)
                .distinct()
                .forEach(doubted -> fail(draft, doubted, slot));
        if (isConfirmed) validate(draft, right.device());
    }

    /// Nothing is proven; but answers of these classes have been alike before, and a device that
    /// forges a little less than what proves it wrong shall not be believed unaudited.
    private static void suspect(Draft draft, Ballot.Answer answer, Ballot.Answer right) {
        var reputation = draft.trust.reputation(answer.device());
        boolean isKnown = Comparison.of(draft).isKnown(answer.numericClass(), right.numericClass());
        if (isKnown && !reputation.isTrusted()) {
            update(draft, answer.device(), reputation.doubted());
        }
    }

    /// How far apart two classes are, by an answer that is confirmed and one that may be honest.
    private static void learn(Draft draft, Ballot.Answer answer, Ballot.Answer right) {
        var comparison = Comparison.of(draft);
        boolean isOther =
                !answer.isOfClass(right.numericClass())
                        && comparison.meets(answer.numericClass(), right.numericClass());
        double distance = isOther ? comparison.distance(answer, right) : Double.NaN;
        if (Double.isNaN(distance)) return;
        var likeness = draft.trust.likeness();
        draft.trust =
                draft.trust.withLikeness(
                        likeness.with(answer.numericClass(), right.numericClass(), distance));
    }

    /// Answers refused for their numbers.
    private static List<Slot.Doubt> doubts(Draft draft, int slot) {
        return draft.slot(slot) instanceof Slot.Open open ? open.doubts() : List.of();
    }

    /// Whether a device whose numbers were refused should have come to those of `right`.
    private static boolean isRefuted(Draft draft, Slot.Doubt doubt, Ballot.Answer right) {
        if (doubt.device().equals(right.device())) return false;
        boolean isSameNorm =
                doubt.reason() instanceof Refusal.NormTooLarge
                        && Doubts.agrees(doubt.norm(), right.contribution().inspection().norm());
        var numericClass = draft.device(doubt.device()).map(Device::numericClass).orElse("");
        var comparison = Comparison.of(draft);
        boolean isComparable =
                right.isOfClass(numericClass)
                        || (comparison.isTelling()
                                && comparison.meets(numericClass, right.numericClass()));
        return isComparable && !isSameNorm;
    }

    private static void validate(Draft draft, DeviceId device) {
        update(draft, device, draft.trust.reputation(device).validated());
    }

    private static void fail(Draft draft, DeviceId device, int slot) {
        var reputation = draft.trust.reputation(device);
        // People's word stands above all others: they hear of it, and decide.
        if (!reputation.isTrusted()) {
            update(draft, device, reputation.failed(policy(draft), draft.now));
        }
        int round = draft.position.round();
        draft.note(new Fact.ProvenWrong(round, slot, device, isBarred(draft, device)));
        boolean isSpoilt = draft.trust.unconfirmed().values().anyMatch(device::equals);
        if (isSpoilt) draft.trust = draft.trust.spoilt();
        if (isBarred(draft, device)) expel(draft, device);
    }

    private static void expel(Draft draft, DeviceId id) {
        withdraw(draft, id);
        Membership.leave(draft, id);
    }

    /// Takes the device's answers out of those that wait.
    private static void withdraw(Draft draft, DeviceId id) {
        for (var entry : draft.trust.ballots()) {
            draft.trust = draft.trust.with(entry.getKey(), entry.getValue().without(id));
        }
    }

    private static void update(Draft draft, DeviceId device, Reputation reputation) {
        draft.trust = draft.trust.with(device, reputation);
        draft.emit(new Effect.Reputed(device, reputation));
    }

    private static Ballot.Answer answer(Draft draft, Lease lease, Contribution contribution) {
        var id = lease.device();
        var reputation = draft.trust.reputation(id);
        return new Ballot.Answer(
                id,
                reputation.owner(),
                Optional.of(id).flatMap(draft::device).map(Device::numericClass).orElse(""),
                reputation.isProven(policy(draft)),
                lease.task(),
                contribution);
    }

    /// A draw that follows from (secret, kind, round, slot) alone, so that it can be replayed, and
    /// that no device can foresee.
    private static boolean isDrawn(Draft draft, int slot, Reputation reputation) {
        long mixed = policy(draft).secret();
        int kind =
                switch (draft.kind) {
                    case TRAIN -> 1;
                    case EVALUATE -> 2;
                };
        mixed = mixed(mixed + kind);
        mixed = mixed(mixed + draft.position.round());
        mixed = mixed(mixed + slot);
        return (mixed >>> 11) * 0x1p-53 < reputation.auditProbability(policy(draft));
    }

    /// Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators* (2014), §4: mix64 of
    /// variant 13, after a step of the golden ratio.
    private static long mixed(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static TrustPolicy policy(Draft draft) {
        return draft.settings.policy().trust();
    }
}
