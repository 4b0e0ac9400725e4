package motley.rounds;

/// Sums over the accepted answers of a round or an evaluation, added in the order of the slots:
/// bitwise the same whatever order the answers came in.
///
/// @param lossNatsSum the sum of the samples' losses
/// @param correct samples classified correctly, those of many positions by their share
public record Totals(long samples, double lossNatsSum, double correct) {
    /// Mean loss of a sample.
    public double lossNats() {
        return lossNatsSum / samples;
    }

    /// Share of the samples classified correctly, in [0, 1].
    public double accuracy() {
        return correct / samples;
    }
}
