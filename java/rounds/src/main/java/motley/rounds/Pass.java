package motley.rounds;

import java.time.Instant;

/// The open round, or the open evaluation: a fixed list of slots and the leases on them.
///
/// @param position where in the run it is
/// @param slotCount how many slots it has, numbered from 0
/// @param fresh the first slot never given out; all behind it are fresh, too
/// @param filled how many slots have their answer
/// @param slots the slots given out so far
/// @param reopened slots given out, not filled and held by nobody
/// @param leases the running leases
/// @param deadlines the running leases by deadline
/// @param lonely the leases that are their slot's only one, by the time they are overdue: those an
///     idle device may repeat
/// @param leasesBefore lease numbers up to this one belong to earlier passes
/// @param openedAt when it was opened
public record Pass(
        Kind kind,
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

    static Pass of(Kind kind, Position position, int slotCount, long leasesBefore, Instant now) {
        return new Pass(
                kind,
                position,
                slotCount,
                0,
                0,
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                leasesBefore,
                now);
    }
}
