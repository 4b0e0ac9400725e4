package motley.rounds.likeness;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How far answers of two numeric classes to the same tasks have been apart in a run: what is told
/// of a pair of classes by the answers that others have confirmed.
///
/// The tolerance is ten times the usual distance, and never more than what is asked for: who forges
/// a little in each answer can tighten it or bring it back to where it began, not widen it. It
/// follows the median, which a minority does not move.
///
/// @param pairs what is known of each pair of classes
public record Likeness(Map<Pair, Distances> pairs) {
    /// Nothing is known.
    public static final Likeness NONE = new Likeness(Map.of());

    /// Pairs that are followed. Devices name their class themselves, and might name many.
    public static final int PAIRS_MAX = 64;

    /// Distances kept of a pair.
    public static final int DISTANCES_MAX = 63;

    /// No tolerance is less: honest distances are a tenth of it and less (measured: 10⁻⁶), but for
    /// the rare task in which a comparison of two nearly equal numbers goes the other way.
    public static final double TOLERANCE_MIN = 1e-4;

    private static final int DISTANCES_MIN = 8;
    private static final int ESTRANGED_MIN = 16;
    private static final double FACTOR = 10;

    /// Two classes, in alphabetical order.
    public record Pair(String first, String second) {
        static Pair of(String one, String other) {
            return one.compareTo(other) <= 0 ? new Pair(one, other) : new Pair(other, one);
        }
    }

    /// How far two classes have been apart.
    ///
    /// @param latest oldest first, at most [#DISTANCES_MAX]
    /// @param median of them, the greater of two; 0: there is none. Kept, since it is asked for
    ///     more often than there are new distances
    public record Distances(List<Double> latest, double median) {
        private static final Distances NONE = new Distances(List.of(), 0);

        public Distances {
            latest = List.copyOf(latest);
        }

        private Distances with(double distance) {
            var all = new ArrayList<>(latest);
            all.add(distance);
            var kept = all.subList(Math.max(0, all.size() - DISTANCES_MAX), all.size());
            double middle = kept.stream().sorted().skip(kept.size() / 2).findFirst().orElseThrow();
            return new Distances(kept, middle);
        }
    }

    public Likeness {
        require(pairs.size() <= PAIRS_MAX, "pairs: %d (expected: at most 64)", pairs.size());
        pairs = Map.copyOf(pairs);
    }

    /// One distance more; forgotten where there is no room for another pair.
    public Likeness with(String one, String other, double distance) {
        var pair = Pair.of(one, other);
        if (!pairs.containsKey(pair) && pairs.size() == PAIRS_MAX) return this;
        var all = new HashMap<>(pairs);
        all.put(pair, of(one, other).with(distance));
        return new Likeness(all);
    }

    /// Up to which distance answers of both confirm each other.
    ///
    /// @param atMost while nothing is known, and ever
    public double tolerance(String one, String other, double atMost) {
        var distances = of(one, other);
        if (distances.latest.size() < DISTANCES_MIN) return atMost;
        return Math.min(atMost, Math.max(TOLERANCE_MIN, FACTOR * distances.median));
    }

    /// Whether answers of both have been found alike before, so that one that is not means
    /// something.
    public boolean isKnown(String one, String other, double atMost) {
        return of(one, other).latest.stream().anyMatch(distance -> distance <= atMost);
    }

    /// Whether both compute this run so differently that comparing them is of no use.
    public boolean isEstranged(String one, String other, double atMost) {
        var distances = of(one, other);
        return distances.latest.size() >= ESTRANGED_MIN && distances.median > atMost;
    }

    private Distances of(String one, String other) {
        return pairs.getOrDefault(Pair.of(one, other), Distances.NONE);
    }
}
