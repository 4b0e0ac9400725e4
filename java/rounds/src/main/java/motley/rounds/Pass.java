package motley.rounds;

import java.time.Instant;

/// The open round, or the open evaluation: a fixed list of slots and the leases on them.
///
/// Where updates wait for a number of answers and not for certain ones ([Strategy#flows]), a pass
/// is a whole epoch: its slots are the epoch's micro-batches, and each update takes up those that
/// were answered since the last. What is in the parameters is then in `slots` no more.
///
/// @param strategy the dials in force, chosen when the round was opened
/// @param position where in the run it is
/// @param slotCount how many slots it has, numbered from 0
/// @param fresh the first slot never given out; all behind it are fresh, too
/// @param filled how many slots have their answer, of those in `slots`
/// @param slots the slots given out so far, and not yet in the parameters where it flows
/// @param reopened slots given out, not filled and held by nobody
/// @param leases the running leases
/// @param deadlines the running leases by deadline
/// @param lonely the leases that are their slot's only one, by the time they are overdue: those an
///     idle device may repeat
/// @param leasesBefore lease numbers up to this one belong to earlier passes
/// @param openedAt when it was opened
public record Pass(
        Kind kind,
        Strategy strategy,
        Position position,
        int slotCount,
        int fresh,
        int filled,
        OrderedMap<Integer, Slot> slots,
        OrderedMap<Integer, Slot> reopened,
        OrderedMap<LeaseId, Lease> leases,
        OrderedMap<Due, Lease> deadlines,
        OrderedMap<Due, Lease> lonely,
        long leasesBefore,
        Instant openedAt) {

    /// A lease at its place in time.
    public record Due(Instant at, LeaseId lease) implements Comparable<Due> {
        @Override
        public int compareTo(Due that) {
            int order = at.compareTo(that.at);
            return order != 0 ? order : lease.compareTo(that.lease);
        }
    }

    /// Whether it is an epoch of training as one flow.
    public boolean isFlow() {
        return kind == Kind.TRAIN && strategy.flows();
    }

    /// Answers that are missing for the next update, or for the end of an evaluation.
    public int unfilled() {
        int left = isFlow() ? slotCount - fresh + slots.size() : slotCount;
        return (isFlow() ? Math.min(left, strategy.k()) : left) - filled;
    }

    /// An untouched one.
    static Pass of(Kind kind, RunSettings settings, Position position, int slotCount) {
        return new Pass(
                kind,
                settings.strategy(),
                position,
                slotCount,
                0,
                0,
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                0,
                Instant.MIN);
    }

    /// An epoch as one flow, of which `covered` is in the parameters.
    static Pass flow(Strategy strategy, Position position, int slotCount, Coverage covered) {
        OrderedMap<Integer, Slot> open = OrderedMap.empty();
        for (int slot : covered.missing()) open = open.with(slot, Slot.UNTOUCHED);
        return new Pass(
                Kind.TRAIN,
                strategy,
                position,
                slotCount,
                covered.next(),
                0,
                open,
                open,
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                0,
                Instant.MIN);
    }

    /// This pass as the next one after `before` leases.
    Pass opened(long before, Instant now) {
        return new Pass(
                kind, strategy, position, slotCount, fresh, filled, slots, reopened, leases,
                deadlines, lonely, before, now);
    }
}
