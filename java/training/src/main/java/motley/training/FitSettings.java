package motley.training;

import static motley.tensor.Require.require;

import java.util.List;
import motley.nn.Metric;
import motley.nn.Optimizer;
import motley.nn.Optimizers;
import motley.nn.Schedule;

/// How to train.
///
/// @param epochs passes over the training samples, at most
/// @param batchSize samples of one optimizer step; the last step of an epoch may have fewer
/// @param optimizer if it keeps averages, these are validated and become the weights
/// @param rate the learning rate of each step
/// @param seed of the order of samples and of dropout
/// @param patienceEpochs epochs without a lower validation loss after which training ends and the
///     weights of the lowest one come back; 0: train on to the end and keep the last weights
/// @param metrics to tell of the validation samples after every epoch
public record FitSettings(
        int epochs,
        int batchSize,
        Optimizer optimizer,
        Schedule rate,
        long seed,
        int patienceEpochs,
        List<Metric> metrics) {
    public FitSettings {
        metrics = List.copyOf(metrics);
        require(epochs >= 1, "epochs: %d (expected: at least 1)", epochs);
        require(batchSize >= 1, "batchSize: %d (expected: at least 1)", batchSize);
        require(patienceEpochs >= 0, "patienceEpochs: %d (expected: at least 0)", patienceEpochs);
    }

    /// The optimizer's usual rate throughout, seed 1, no early end, no metrics.
    ///
    /// @param optimizer as [Optimizers] reads it
    public static FitSettings of(int epochs, int batchSize, String optimizer) {
        var chosen = Optimizers.named(optimizer);
        var rate = new Schedule.Constant(chosen.defaultLearningRate());
        return new FitSettings(epochs, batchSize, chosen, rate, 1, 0, List.of());
    }

    public FitSettings withRate(Schedule other) {
        return new FitSettings(epochs, batchSize, optimizer, other, seed, patienceEpochs, metrics);
    }

    public FitSettings withSeed(long other) {
        return new FitSettings(epochs, batchSize, optimizer, rate, other, patienceEpochs, metrics);
    }

    public FitSettings withPatienceEpochs(int other) {
        return new FitSettings(epochs, batchSize, optimizer, rate, seed, other, metrics);
    }

    /// @param others as [Metric#list] reads them: `accuracy,top-5,f1`
    public FitSettings withMetrics(String others) {
        return withMetrics(Metric.list(others));
    }

    public FitSettings withMetrics(List<Metric> others) {
        return new FitSettings(epochs, batchSize, optimizer, rate, seed, patienceEpochs, others);
    }
}
