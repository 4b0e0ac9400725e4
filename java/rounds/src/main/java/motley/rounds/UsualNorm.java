package motley.rounds;

import java.util.ArrayList;
import java.util.List;

/// The norm per sample that unverified contributions are clipped to: the median over the latest
/// closed rounds. It stands still while a round is open, and the norms of a round are appended in
/// the order of its slots, so that what it becomes does not depend on who answered first.
///
/// @param past norms per sample of closed rounds, oldest first, at most [State#NORMS_MAX]
/// @param open those of the open round, by slot
/// @param limit the median of `past`; 0: too few
public record UsualNorm(List<Double> past, OrderedMap<Integer, Double> open, double limit) {
    static final UsualNorm UNKNOWN = new UsualNorm(List.of(), OrderedMap.empty(), 0);

    /// Fewer norms than this give no median.
    private static final int NORMS_MIN = 3;

    public UsualNorm {
        past = List.copyOf(past);
    }

    UsualNorm with(int slot, double norm) {
        return new UsualNorm(past, open.with(slot, norm), limit);
    }

    /// After the round has closed.
    UsualNorm closed() {
        var all = new ArrayList<>(past);
        open.values().forEach(all::add);
        var latest = all.subList(Math.max(0, all.size() - State.NORMS_MAX), all.size());
        double median = latest.size() < NORMS_MIN ? 0 : median(latest);
        return new UsualNorm(latest, OrderedMap.empty(), median);
    }

    /// After the round was taken back.
    UsualNorm reopened() {
        return new UsualNorm(past, OrderedMap.empty(), limit);
    }

    /// The factor, in (0, 1], that brings `norm` to the limit.
    double scale(double norm) {
        return limit > 0 && norm > limit ? limit / norm : 1;
    }

    /// The middle one, the greater of two.
    private static double median(List<Double> norms) {
        return norms.stream().sorted().skip(norms.size() / 2).findFirst().orElseThrow();
    }
}
