package motley.coordinator.storage;

/// What was measured on a round or an evaluation.
///
/// @param round training rounds applied before it, counted over the run
/// @param loss mean over the samples, in nats
/// @param accuracy share of the samples, in [0, 1]
/// @param learningRate per step; 0 for an evaluation
public record MetricRow(
        Kind kind,
        int epoch,
        int round,
        long samples,
        double loss,
        double accuracy,
        double learningRate,
        long atMs) {
    public enum Kind {
        ROUND,
        EVALUATION
    }
}
