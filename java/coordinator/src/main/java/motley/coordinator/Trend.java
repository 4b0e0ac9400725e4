package motley.coordinator;

import java.util.List;
import motley.coordinator.storage.MetricRow;

/// How a run's evaluations go: which was the best, and how long that is ago. The best one has the
/// lowest loss; of equal ones the first. A loss that is not a number is never the best.
///
/// @param evaluations how many there were
/// @param sinceBest how many came after the best one; all of them, if none was a number
record Trend(int evaluations, int sinceBest) {

    /// @param evaluations oldest first
    static Trend of(List<MetricRow> evaluations) {
        double lowest = Double.POSITIVE_INFINITY;
        int best = -1;
        for (int i = 0; i < evaluations.size(); i++) {
            double loss = evaluations.get(i).loss();
            if (!(loss < lowest)) continue;
            lowest = loss;
            best = i;
        }
        return new Trend(evaluations.size(), evaluations.size() - 1 - best);
    }

    /// Whether the latest evaluation is the best one.
    boolean isBest() {
        return evaluations > 0 && sinceBest == 0;
    }

    /// Whether the best one is `patience` evaluations old; never, for a patience of 0.
    boolean isOver(int patience) {
        return patience > 0 && sinceBest >= patience;
    }
}
