package motley.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.nn.Loss;
import motley.nn.Metric;
import motley.nn.Model;
import motley.tensor.DType;
import motley.tensor.Tensor;

/// Counts what metrics need, batch by batch, from outputs and targets: whole numbers exactly, the
/// others in float64 and in the order of the samples.
///
/// Where targets are classes, a guess is the first largest logit. Where they are sides of a half
/// (binary cross-entropy), each of a sample's outputs is a class of its own that is there or not.
final class Tally {
    private final Model model;
    private final List<Metric> metrics;
    private final Optional<Confusion> confusion;
    private final Optional<Sides> sides;
    private final long[] ranks; // positions whose class has so many larger logits
    private double nats;
    private double distance;
    private long positions;

    /// @throws IllegalArgumentException if a metric does not go with the model
    Tally(Model model, List<Metric> metrics) {
        this.model = model;
        this.metrics = metrics;
        for (var metric : metrics) metric.requireFits(model);
        boolean hasClasses = hasClasses(model.loss());
        int classes = model.classes();
        boolean isCounted = hasClasses && classes <= Confusion.CLASSES_MAX;
        confusion = isCounted ? Optional.of(new Confusion(classes)) : Optional.empty();
        boolean isBinary = model.loss() instanceof Loss.BinaryCrossEntropy;
        sides = isBinary ? Optional.of(new Sides(model.outputShape().count())) : Optional.empty();
        ranks = new long[hasClasses ? classes : 0];
    }

    private static boolean hasClasses(Loss loss) {
        return switch (loss) {
            case Loss.CrossEntropy _,
                    Loss.CategoricalCrossEntropy _,
                    Loss.Hinge _,
                    Loss.Divergence _ ->
                    true;
            case Loss.BinaryCrossEntropy _,
                    Loss.Joint _,
                    Loss.MeanSquaredError _,
                    Loss.MeanAbsoluteError _,
                    Loss.Huber _ ->
                    false;
        };
    }

    /// Counts the first `samples` rows.
    ///
    /// @param outputs f32 `[batch, …]`
    /// @param targets as the model's loss says, with the batch in front
    void add(Tensor outputs, Tensor targets, int samples) {
        if (model.loss() instanceof Loss.Joint) return; // No metric goes with it.
        int count = samples * model.outputShape().count();
        if (sides.isPresent()) {
            for (int i = 0; i < count; i++) {
                sides.get().add(i, targets.getFloat(i) > 0.5f, outputs.getFloat(i) > 0);
            }
        } else if (ranks.length > 0) {
            for (int at = 0; at < count; at += ranks.length) addRow(outputs, targets, at);
        } else {
            for (int i = 0; i < count; i++) {
                distance += Math.abs((double) outputs.getFloat(i) - targets.getFloat(i));
                positions++;
            }
        }
    }

    /// One position's logits, from element `at` on.
    private void addRow(Tensor logits, Tensor targets, int at) {
        int target = target(targets, at);
        int guess = first(logits, at);
        int larger = 0;
        float own = logits.getFloat(at + target);
        for (int c = 0; c < ranks.length; c++) {
            float other = logits.getFloat(at + c);
            // A NaN among them ranks the target behind: it must not look right.
            if (!(other < own || (other == own && c >= target))) larger++;
        }
        ranks[Math.min(larger, ranks.length - 1)]++;
        nats += nats(logits, at, guess, target);
        positions++;
        confusion.ifPresent(matrix -> matrix.add(target, guess));
    }

    private int target(Tensor targets, int at) {
        int classes = ranks.length;
        if (targets.type().dtype() == DType.F32) return first(targets, at);
        int target = targets.getInt(at / classes);
        if (target >= 0 && target < classes) return target;
        throw new IllegalArgumentException(
                "target: %d (expected: a class, 0 to %d)".formatted(target, classes - 1));
    }

    /// The first largest of a position's elements.
    private int first(Tensor row, int at) {
        int first = 0;
        for (int c = 1; c < ranks.length; c++) {
            if (row.getFloat(at + c) > row.getFloat(at + first)) first = c;
        }
        return first;
    }

    /// `log Σ exp(zᵢ) - z[target]`, each logit less the largest so that nothing overflows and
    /// little is lost.
    private double nats(Tensor logits, int at, int largest, int target) {
        double shift = logits.getFloat(at + largest);
        double sum = 0;
        for (int c = 0; c < ranks.length; c++) sum += Math.exp(logits.getFloat(at + c) - shift);
        return Math.log(sum) + (shift - logits.getFloat(at + target));
    }

    Optional<Confusion> confusion() {
        return confusion;
    }

    /// Every metric's value, in the order in which they were asked for.
    Map<Metric, Double> values() {
        var values = new LinkedHashMap<Metric, Double>();
        for (var metric : metrics) values.put(metric, value(metric));
        return values;
    }

    private double value(Metric metric) {
        return switch (metric) {
            case Metric.Accuracy _ -> sides.map(Sides::accuracy).orElseGet(() -> atMost(1));
            case Metric.TopK(int k) -> atMost(k);
            case Metric.Precision _ ->
                    sides.map(Sides::precision).orElseGet(() -> matrix().precision());
            case Metric.Recall _ -> sides.map(Sides::recall).orElseGet(() -> matrix().recall());
            case Metric.F1 _ -> sides.map(Sides::f1).orElseGet(() -> matrix().f1());
            case Metric.Perplexity _ -> Math.exp(nats / positions);
            case Metric.MeanAbsoluteError _ -> distance / positions;
        };
    }

    private Confusion matrix() {
        return confusion.orElseThrow(
                () ->
                        new IllegalArgumentException(
                                "classes: %d (expected: at most %d for precision, recall and f1)"
                                        .formatted(ranks.length, Confusion.CLASSES_MAX)));
    }

    /// The share of positions with the target among the `k` first.
    private double atMost(int k) {
        long sum = 0;
        for (int larger = 0; larger < k; larger++) sum += ranks[larger];
        return (double) sum / positions;
    }
}
