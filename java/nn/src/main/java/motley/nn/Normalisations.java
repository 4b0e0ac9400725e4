package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.program.CompareKind;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What normalising layers compute: activations of mean 0 and variance 1, then a learnt gain and
/// offset.
///
/// The variance is the mean square of the centred activations, never `mean(x²) - mean(x)²`, which
/// loses all digits where the mean is large. `epsilon` is added to it, so that equal activations
/// become zeros and not NaN.
record Normalisations(ProgramBuilder b) {
    /// What follows the normalisation: `y = gain·x + offset`, each `[channel]`.
    record Affine(Var gain, Var offset) {}

    /// Mean and variance of every channel, each `[channel]`.
    record Moments(Var mean, Var variance) {}

    /// What a batch becomes, and what is learnt from it.
    ///
    /// @param y the normalised batch
    /// @param moments the batch's own; the variance is that of the values there are, a sum over `n`
    /// @param unbiased the same sum over `n - 1`, which running averages keep
    record NormalisedBatch(Var y, Moments moments, Var unbiased) {}

    /// Each channel over everything else, the batch included: this couples the samples.
    ///
    /// ```
    /// y[…, k] = gain[k]·(x[…, k] - μ[k]) / √(σ²[k] + ε) + offset[k]
    /// μ = Σ w·x / n,  σ² = Σ w·(x - μ)² / n,  n = Σ w
    /// ```
    /// Shape: `[batch, …, channel]`, kept. Source: Ioffe & Szegedy 2015, "Batch normalization",
    /// alg. 1. Differs: samples weigh, so that one of weight 0, which only fills the batch, leaves
    /// no trace in the others.
    ///
    /// @param weights `[batch]`, none negative
    /// @throws IllegalArgumentException if a channel has one value only, whose variance says
    /// nothing
    NormalisedBatch batchNorm(Var x, Var weights, Affine affine, double epsilon) {
        requireChannels(x, affine);
        int batch = shape(x).dim(0);
        int channels = shape(x).dim(innermost(x));
        int positions = shape(x).count() / batch / channels;
        require(
                shape(weights).equals(Shape.of(batch)),
                "weights: %s (expected: f32[%d])",
                weights.type(),
                batch);
        require(
                batch * positions >= 2,
                "x: %s (expected: at least 2 values of each channel)",
                x.type());
        var w = b.alongOutermost(weights, shape(x));
        var n = b.spread(b.scale(b.sumAll(weights), positions), Shape.of(channels)); // [channel]
        var mean = weightedMean(x, w, n); // [channel]
        var centred = b.sub(x, b.alongInnermost(mean, shape(x)));
        var variance = weightedMean(b.mul(centred, centred), w, n); // [channel]
        var inverse = inverseDeviation(variance, epsilon); // [channel]
        var y = b.mul(centred, b.alongInnermost(inverse, shape(x)));
        var others = b.max(b.shift(n, -1), b.fillLike(n, 1)); // Of one value the variance is 0.
        var unbiased = b.mul(variance, b.div(n, others));
        return new NormalisedBatch(affine(y, affine), new Moments(mean, variance), unbiased);
    }

    /// The same where all samples weigh 1.
    NormalisedBatch batchNorm(Var x, Affine affine, double epsilon) {
        var ones = b.fill(TensorType.f32(shape(x).dim(0)), 1);
        return batchNorm(x, ones, affine, epsilon);
    }

    /// The same with moments known beforehand, as in evaluation: `y = scale·x + shift`, with
    /// `scale = gain / √(σ² + ε)` and `shift = offset - μ·scale`.
    Var batchNorm(Var x, Affine affine, Moments moments, double epsilon) {
        requireChannels(x, affine);
        var scale = b.mul(affine.gain, inverseDeviation(moments.variance, epsilon)); // [channel]
        var shift = b.sub(affine.offset, b.mul(moments.mean, scale)); // [channel]
        return affine(x, new Affine(scale, shift));
    }

    /// Each position over its channels.
    ///
    /// ```
    /// y[…, k] = gain[k]·(x[…, k] - μ[…]) / √(σ²[…] + ε) + offset[k]
    /// ```
    /// Shape: `[…, channel]`, kept. Source: Ba et al. 2016, "Layer normalization", §3.
    Var layerNorm(Var x, Affine affine, double epsilon) {
        requireChannels(x, affine);
        return affine(standardise(x, List.of(innermost(x)), epsilon), affine);
    }

    /// Each sample and group of neighbouring channels over everything in it.
    ///
    /// Shape: `[batch, …, channel]`, kept. With one group this is a layer norm over the whole
    /// sample, with as many as channels an instance norm.
    /// Source: Wu & He 2018, "Group normalization", §3.
    ///
    /// @throws IllegalArgumentException if `groups` does not divide the channels
    Var groupNorm(Var x, Affine affine, int groups, double epsilon) {
        requireChannels(x, affine);
        int batch = shape(x).dim(0);
        int channels = shape(x).dim(innermost(x));
        require(
                groups >= 1 && channels % groups == 0,
                "groups: %d (expected: a divisor of %d channels)",
                groups,
                channels);
        int positions = shape(x).count() / batch / channels;
        var grouped = Shape.of(batch, positions, groups, channels / groups);
        var standard = standardise(b.reshape(x, grouped), List.of(1, 3), epsilon);
        return affine(b.reshape(standard, shape(x)), affine);
    }

    /// Each position by the size of its channels alone: nothing is centred.
    ///
    /// ```
    /// y[…, k] = gain[k]·x[…, k] / √(meanⱼ x[…, j]² + ε)
    /// ```
    /// Shape: `[…, channel]`, kept. Source: Zhang & Sennrich 2019, "Root mean square layer
    /// normalization", §3.
    Var rmsNorm(Var x, Var gain, double epsilon) {
        requireChannel(x, gain, "gain");
        var square = mean(b.mul(x, x), List.of(innermost(x))); // […]
        var inverse = b.alongOutermost(inverseDeviation(square, epsilon), shape(x));
        return b.mul(b.mul(x, inverse), b.alongInnermost(gain, shape(x)));
    }

    /// Values of mean 0 and variance 1 over those axes.
    private Var standardise(Var x, List<Integer> axes, double epsilon) {
        var mean = mean(x, axes);
        var centred = b.sub(x, repeat(mean, shape(x), axes));
        var inverse = inverseDeviation(mean(b.mul(centred, centred), axes), epsilon);
        return b.mul(centred, repeat(inverse, shape(x), axes));
    }

    /// `1 / √(variance + ε)`.
    private Var inverseDeviation(Var variance, double epsilon) {
        require(epsilon > 0, "epsilon: %s (expected: positive)", epsilon);
        return b.unary(UnaryKind.RSQRT, b.shift(variance, epsilon));
    }

    private Var mean(Var x, List<Integer> axes) {
        var sum = b.sum(x, axes.toArray(Integer[]::new));
        return b.scale(sum, (double) shape(sum).count() / shape(x).count());
    }

    /// `Σ w·x / n` for each channel; 0 where nothing weighs. Shape: `[…, channel] → [channel]`.
    private Var weightedMean(Var x, Var w, Var n) {
        var sum = b.sum(b.mul(w, x), range(0, innermost(x)).toArray(Integer[]::new));
        var weighs = b.compare(CompareKind.GT, n, b.fillLike(n, 0));
        return b.div(sum, b.select(weighs, n, b.fillLike(n, 1)));
    }

    /// A value reduced over `axes`, repeated along them.
    private Var repeat(Var reduced, Shape shape, List<Integer> axes) {
        var others = new ArrayList<>(range(0, shape.rank()));
        others.removeAll(axes);
        return b.broadcast(reduced, shape, others.toArray(Integer[]::new));
    }

    private Var affine(Var x, Affine affine) {
        var scaled = b.mul(x, b.alongInnermost(affine.gain, shape(x)));
        return b.add(scaled, b.alongInnermost(affine.offset, shape(x)));
    }

    private static void requireChannels(Var x, Affine affine) {
        requireChannel(x, affine.gain, "gain");
        requireChannel(x, affine.offset, "offset");
    }

    private static void requireChannel(Var x, Var parameter, String name) {
        require(shape(x).rank() >= 2, "x: %s (expected: [batch, …, channel])", x.type());
        var channels = Shape.of(shape(x).dim(innermost(x)));
        require(
                shape(parameter).equals(channels),
                "%s: %s (expected: f32%s for x: %s)",
                name,
                parameter.type(),
                channels,
                x.type());
    }

    private static int innermost(Var x) {
        return shape(x).rank() - 1;
    }

    private static List<Integer> range(int start, int limit) {
        return IntStream.range(start, limit).boxed().toList();
    }

    private static Shape shape(Var x) {
        return x.type().shape();
    }
}
