package motley.rounds.sharing;

import static motley.tensor.Require.require;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import motley.rounds.OrderedMap;

/// How several runs share one fleet: a value, and the decision which run a device works for next.
///
/// Each run has a virtual time, which goes on by the device time it is charged over its weight. A
/// device goes to the run that is furthest behind, counting a quantum for every device that it has
/// already; it stays for a quantum, and moves only where that gains one: preparing for another run
/// costs. So device time goes by the weights, and a run with a weight never waits for ever: those
/// it
/// waits for move ahead of it.
///
/// Source: Waldspurger & Weihl, *Stride Scheduling* (1995); Goyal, Vin, Cheng, *Start-time Fair
/// Queueing* (1996), for runs that come and go. Differs: many devices, which are not taken away.
///
/// @param runs by their names
/// @param clock the virtual time of the run that was charged last
public record FairShare(OrderedMap<String, Turn> runs, long clock) {
    /// How long a device stays at least.
    public static final long QUANTUM_MS = 5_000;

    public static final FairShare NONE = new FairShare(OrderedMap.empty(), 0);

    /// The highest weight with its priority.
    public static final long WEIGHT_MAX = 16_000;

    /// A run that had nothing to do catches up on no more quanta than this, of the run with the
    /// least
    /// weight: less would cost heavy runs their share, as a light one's quantum is many of theirs.
    private static final int LAG_QUANTA = 10;

    /// A run's part.
    ///
    /// @param weight with its priority
    /// @param virtual its virtual time
    public record Turn(long weight, long virtual) {
        public Turn {
            require(
                    weight >= 1 && weight <= WEIGHT_MAX,
                    "weight: %d (expected: 1 to %d)",
                    weight,
                    WEIGHT_MAX);
        }

        /// The virtual time of `ms` of one device.
        long of(long ms) {
            return ms * WEIGHT_MAX / weight;
        }
    }

    /// A run that could use the device.
    ///
    /// @param others devices it has beside this one
    public record Candidate(String run, long others) {}

    /// What a device does at present.
    ///
    /// @param run it works for; empty: none
    /// @param heldMs for how long
    public record Holding(Optional<String> run, long heldMs) {
        public static final Holding NONE = new Holding(Optional.empty(), 0);
    }

    /// A run that comes begins where the others are; one that is here gets another weight.
    public FairShare with(String run, long weight) {
        long virtual = runs.get(run).map(Turn::virtual).orElse(clock);
        return new FairShare(runs.with(run, new Turn(weight, virtual)), clock);
    }

    public FairShare without(String run) {
        return new FairShare(runs.without(run), clock);
    }

    /// A run has had a device for `ms`.
    public FairShare charged(String run, long ms) {
        var turn = runs.get(run);
        if (turn.isEmpty()) return this;
        long from = present(turn.get());
        var later = new Turn(turn.get().weight(), from + turn.get().of(ms));
        return new FairShare(runs.with(run, later), from);
    }

    /// The run that a device works for next; empty if there is no candidate.
    public Optional<String> choose(List<Candidate> candidates, Holding holding) {
        var best = candidates.stream().min(Comparator.comparingLong(this::standing));
        var current =
                candidates.stream()
                        .filter(c -> holding.run().filter(c.run()::equals).isPresent())
                        .findFirst();
        if (current.isEmpty() || best.isEmpty()) return best.map(Candidate::run);
        return Optional.of(
                moves(current.get(), best.get(), holding) ? best.get().run() : current.get().run());
    }

    /// Whether a device leaves `current` for `best`: at once where one has no device and the other
    /// several.
    private boolean moves(Candidate current, Candidate best, Holding holding) {
        if (best.others() == 0 && current.others() > 0 && !best.equals(current)) return true;
        if (holding.heldMs() < QUANTUM_MS) return false;
        long gain = standing(current) - standing(best);
        return gain > turn(current).of(QUANTUM_MS);
    }

    private long standing(Candidate candidate) {
        var turn = turn(candidate);
        return present(turn) + candidate.others() * turn.of(QUANTUM_MS);
    }

    private long present(Turn turn) {
        long longest = runs.values().mapToLong(each -> each.of(QUANTUM_MS)).max().orElse(0);
        return Math.max(turn.virtual(), clock - LAG_QUANTA * longest);
    }

    private Turn turn(Candidate candidate) {
        return runs.get(candidate.run()).orElseThrow();
    }
}
