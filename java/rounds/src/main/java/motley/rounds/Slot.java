package motley.rounds;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The place of one micro-batch in a round.
public sealed interface Slot {
    /// Leases that ended without an answer, remembered per slot: a late answer is still good work.
    int FORMER_MAX = 4;

    /// Never touched.
    Open UNTOUCHED = new Open(List.of(), List.of(), List.of(), 0);

    /// Answered, and in the parameters.
    Filled APPLIED = new Filled(new DeviceId(-1), "", new Totals(0, 0, 0), List.of());

    /// No answer accepted yet.
    ///
    /// @param holders running leases, at most two
    /// @param former the latest expired leases, at most [#FORMER_MAX]
    /// @param doubts answers refused for their numbers
    /// @param expiries how often a lease has expired here; each doubles the next one's time
    record Open(List<LeaseId> holders, List<Lease> former, List<Doubt> doubts, int expiries)
            implements Slot {
        public Open {
            holders = List.copyOf(holders);
            former = List.copyOf(former);
            doubts = List.copyOf(doubts);
        }

        Open withHolder(LeaseId lease) {
            return new Open(appended(holders, lease), former, doubts, expiries);
        }

        Open withoutHolder(LeaseId lease) {
            var rest = holders.stream().filter(held -> !held.equals(lease)).toList();
            return new Open(rest, former, doubts, expiries);
        }

        Open withExpired(Lease lease) {
            var kept = appended(former, lease);
            var latest = kept.subList(Math.max(0, kept.size() - FORMER_MAX), kept.size());
            return new Open(withoutHolder(lease.id()).holders, latest, doubts, expiries + 1);
        }

        Open withoutFormer(Lease lease) {
            var rest = former.stream().filter(other -> !other.id().equals(lease.id())).toList();
            return new Open(holders, rest, doubts, expiries);
        }

        Open withDoubt(Doubt doubt) {
            return new Open(holders, former, appended(doubts, doubt), expiries);
        }
    }

    /// An answer is accepted; no other will be.
    ///
    /// @param others leases whose answers may still come, for comparison
    record Filled(DeviceId winner, String digest, Totals totals, List<Lease> others)
            implements Slot {
        public Filled {
            others = List.copyOf(others);
        }

        Filled withoutOther(Lease lease) {
            var rest = others.stream().filter(other -> !other.equals(lease)).toList();
            return new Filled(winner, digest, totals, rest);
        }
    }

    /// An answer refused because its numbers look wrong.
    ///
    /// @param norm of the gradient sum; anything when the reason is another one
    record Doubt(DeviceId device, Refusal reason, double norm, Instant at) {}

    private static <T> List<T> appended(List<T> list, T element) {
        var longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }
}
