package motley.training;

/// Sums over batches.
final class Totals {
    private double lossSum;
    private double correct;

    void add(double batchLossSum, double batchCorrect) {
        lossSum += batchLossSum;
        correct += batchCorrect;
    }

    Score score(int count) {
        return new Score(lossSum / count, correct / count);
    }
}
