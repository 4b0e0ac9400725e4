package motley.data;

import static motley.tensor.Require.require;

/// Samples that a training is judged by and does not learn from, drawn from those to learn from.
///
/// Which ones follows from a seed and from how many there are, not from who asks, nor from where
/// they lie: they are the last ones in the order of an epoch that no training comes to.
///
/// @param samples how many are held back
/// @param seed of the choice
public record HeldBack(int samples, long seed) {
    /// The largest share that may be held back.
    public static final double SHARE_MAX = 0.9;

    /// Trainings count epochs from 0 and end before it.
    private static final int EPOCH = Integer.MAX_VALUE;

    public HeldBack {
        require(samples >= 1, "held back: %d samples (expected: at least 1)", samples);
    }

    /// `share` of `count` samples, rounded, but at least one and not all.
    ///
    /// @throws IllegalArgumentException if it cannot be done
    public static HeldBack of(double share, int count, long seed) {
        require(
                share > 0 && share <= SHARE_MAX,
                "validationShare: %s (expected: above 0, at most %s)",
                share,
                SHARE_MAX);
        require(
                count >= 2,
                "validationShare: %s of %d samples (expected: at least 2 samples)",
                share,
                count);
        return new HeldBack(Math.clamp(Math.round(share * count), 1, count - 1), seed);
    }

    /// What is left of `count` samples.
    ///
    /// @throws IllegalArgumentException if nothing is
    public int rest(int count) {
        require(
                samples < count,
                "held back: %d samples (expected: fewer than there are, %d)",
                samples,
                count);
        return count - samples;
    }

    /// `all` in two parts, to learn from and to be judged by, each sample in one of them.
    ///
    /// @throws IllegalArgumentException if there are too few
    public SplitSamples split(Samples all) {
        int rest = rest(all.count());
        var order = new SampleOrder(seed, EPOCH, all.count());
        return new SplitSamples(
                new ChosenSamples(all, order, 0, rest),
                new ChosenSamples(all, order, rest, samples));
    }
}
