package motley.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import motley.nn.Metric;

/// How well a model did on some samples.
///
/// @param loss the mean over the samples, in nats for cross-entropies
/// @param accuracy the share of right guesses, in [0, 1]; 0 where the loss is not about classes
/// @param metrics those that were asked for, in that order
public record Score(double loss, double accuracy, Map<Metric, Double> metrics) {
    public Score {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    public Score(double loss, double accuracy) {
        this(loss, accuracy, Map.of());
    }

    /// @throws IllegalArgumentException if nobody asked for that metric
    public double metric(Metric metric) {
        var value = metrics.get(metric);
        if (value != null) return value;
        throw new IllegalArgumentException(
                "metric: %s (expected: one that was asked for, %s)"
                        .formatted(metric.text(), metrics.keySet()));
    }
}
