package motley.rounds;

import motley.rounds.likeness.Likeness;

/// What a run knows about how far it may believe its devices.
///
/// @param reputations of the devices met
/// @param ballots the answers of the open pass that wait to be confirmed, by slot
/// @param unconfirmed the slots of the open pass that were filled on one device's word, and whose
/// @param isSpoilt whether an answer accepted in the open pass comes from a device proven wrong
/// @param usualNorm what unverified contributions are clipped to
/// @param likeness how far apart numeric classes are in this run
public record Trust(
        OrderedMap<DeviceId, Reputation> reputations,
        OrderedMap<Integer, Ballot> ballots,
        OrderedMap<Integer, DeviceId> unconfirmed,
        boolean isSpoilt,
        UsualNorm usualNorm,
        Likeness likeness) {
    /// Nothing is known.
    static final Trust NONE =
            new Trust(
                    OrderedMap.empty(),
                    OrderedMap.empty(),
                    OrderedMap.empty(),
                    false,
                    UsualNorm.UNKNOWN,
                    Likeness.NONE);

    public Reputation reputation(DeviceId device) {
        return reputations.get(device).orElse(Reputation.NEW);
    }

    public Ballot ballot(int slot) {
        return ballots.get(slot).orElse(Ballot.EMPTY);
    }

    Trust with(DeviceId device, Reputation reputation) {
        var all = reputations.with(device, reputation);
        return new Trust(all, ballots, unconfirmed, isSpoilt, usualNorm, likeness);
    }

    Trust with(int slot, Ballot ballot) {
        var all = ballot.answers().isEmpty() ? ballots.without(slot) : ballots.with(slot, ballot);
        return new Trust(reputations, all, unconfirmed, isSpoilt, usualNorm, likeness);
    }

    Trust withUnconfirmed(int slot, DeviceId device) {
        var all = unconfirmed.with(slot, device);
        return new Trust(reputations, ballots, all, isSpoilt, usualNorm, likeness);
    }

    Trust withConfirmed(int slot) {
        var rest = unconfirmed.without(slot);
        return new Trust(reputations, ballots, rest, isSpoilt, usualNorm, likeness);
    }

    Trust spoilt() {
        return new Trust(reputations, ballots, unconfirmed, true, usualNorm, likeness);
    }

    Trust withNorm(UsualNorm norm) {
        return new Trust(reputations, ballots, unconfirmed, isSpoilt, norm, likeness);
    }

    Trust withLikeness(Likeness known) {
        return new Trust(reputations, ballots, unconfirmed, isSpoilt, usualNorm, known);
    }

    /// Before the next pass.
    Trust closed() {
        return nextPass(usualNorm.closed());
    }

    /// Before the same pass once more.
    Trust reopened() {
        return nextPass(usualNorm.reopened());
    }

    private Trust nextPass(UsualNorm norm) {
        return new Trust(
                reputations, OrderedMap.empty(), OrderedMap.empty(), false, norm, likeness);
    }
}
