package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.Shape;

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
    /// @param moments the batch's own; the variance divides by the count of values, `n`
    /// @param unbiased the variance divided by `n - 1`, which running averages keep
    record NormalisedBatch(Var y, Moments moments, Var unbiased) {}

    /// Each channel over everything else, the batch included: this couples the samples.
    ///
    /// ```
    /// y[…, k] = gain[k]·(x[…, k] - μ[k]) / √(σ²[k] + ε) + offset[k],  μ = mean x,  σ² = mean (x -
    /// μ)²
    /// ```
    /// Shape: `[batch, …, channel]`, kept. Source: Ioffe & Szegedy 2015, "Batch normalization",
    /// alg. 1.
    ///
    /// @throws IllegalArgumentException if a channel has one value only, whose variance says
    /// nothing
    NormalisedBatch batchNorm(Var x, Affine affine, double epsilon) {
        requireChannels(x, affine);
        int channel = innermost(x);
        int count = shape(x).count() / shape(x).dim(channel);
        require(count >= 2, "x: %s (expected: at least 2 values of each channel)", x.type());
        var standard = standardise(x, range(0, channel), epsilon);
        var moments = new Moments(standard.mean, standard.variance); // [channel] each
        var unbiased = b.scale(standard.variance, count / (count - 1.0)); // [channel]
        return new NormalisedBatch(affine(standard.y, affine), moments, unbiased);
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
        return affine(standardise(x, List.of(innermost(x)), epsilon).y, affine);
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
        return affine(b.reshape(standard.y, shape(x)), affine);
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

    /// Values of mean 0 and variance 1 over some axes, and the moments without those.
    private record Standard(Var y, Var mean, Var variance) {}

    private Standard standardise(Var x, List<Integer> axes, double epsilon) {
        var mean = mean(x, axes);
        var centred = b.sub(x, repeat(mean, shape(x), axes));
        var variance = mean(b.mul(centred, centred), axes);
        var inverse = inverseDeviation(variance, epsilon);
        return new Standard(b.mul(centred, repeat(inverse, shape(x), axes)), mean, variance);
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
