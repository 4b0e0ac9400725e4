package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import motley.tensor.Shape;

/// One layer of a [Model], with its static settings: a function of one sample's activations, and of
/// several for a [Merge]. Only [BatchNorm] looks at other samples of the batch, and in training
/// alone.
///
/// Shapes below are those of one sample, f32 where nothing else is said; the programs put a batch
/// axis in front. An ellipsis stands for any number of axes, `position…` for those of an image or a
/// series. What each layer computes is written in [Forward] and the files it names.
public sealed interface Layer extends Block {
    /// Element by element, but for [Softmax]. Any shape, kept.
    sealed interface Activation extends Layer {}

    /// Filters that slide over an image or a series.
    sealed interface Convolution extends Layer {}

    /// Windows or whole images become one element, each channel by itself.
    sealed interface Pooling extends Layer {}

    /// Activations are shifted and scaled to a standard size. Any shape, kept.
    sealed interface Normalisation extends Layer {}

    /// Positions of a series look at each other, or are told apart. Shape: `[time, features]`,
    /// kept.
    sealed interface Positional extends Layer {}

    /// A state goes from each position of a series to the next.
    sealed interface Recurrent extends Layer {}

    /// Elements are chosen, moved, repeated or measured.
    sealed interface Shaping extends Layer {}

    /// Several values become one.
    sealed interface Merge extends Layer {}

    // ---- Linear ----------------------------------------------------------------------------

    /// `y = x·W + b`. Shape: `[…, in] → […, units]`.
    /// Parameters: weight `[in, units]`, bias `[units]` if there is one.
    record Dense(int units, boolean hasBias) implements Layer {
        public Dense {
            requirePositive("units", units);
        }

        public Dense(int units) {
            this(units, true);
        }
    }

    /// The row of a table for each token. Shape: `i32[…] → […, features]`.
    /// A token outside `[0, count)` gives zeros. Parameters: weight `[count, features]`.
    record Embedding(int count, int features) implements Layer {
        public Embedding {
            requirePositive("count", count);
            requirePositive("features", features);
        }
    }

    // ---- Convolutions ----------------------------------------------------------------------

    /// Cross-correlation along a series, plus one bias per filter if there is one.
    /// Shape: `[time, in] → [time', filters]`.
    /// Parameters: weight `[kernel, in, filters]`, bias `[filters]`.
    ///
    /// @param dilation positions from one tap of the filter to the next
    record Conv1D(int filters, int kernel, int stride, Border border, int dilation, boolean hasBias)
            implements Convolution {
        public Conv1D {
            requirePositive("filters", filters);
            requirePositive("kernel", kernel);
            requirePositive("stride", stride);
            requirePositive("dilation", dilation);
        }

        public Conv1D(int filters, int kernel, int stride, Border border) {
            this(filters, kernel, stride, border, 1, true);
        }

        /// Filters that move by 1 and stay inside the series.
        public Conv1D(int filters, int kernel) {
            this(filters, kernel, 1, Border.VALID);
        }
    }

    /// Cross-correlation with square filters, plus one bias per filter if there is one.
    /// Shape: `[rows, cols, in] → [rows', cols', filters]`.
    /// Parameters: weight `[kernel, kernel, in/groups, filters]`, bias `[filters]`.
    ///
    /// @param stride rows and columns from one output to the next
    /// @param dilation rows and columns from one tap of the filter to the next
    /// @param groups equal parts of the channels that do not see each other
    record Conv2D(
            int filters,
            int kernel,
            int stride,
            Border border,
            int dilation,
            int groups,
            boolean hasBias)
            implements Convolution {
        public Conv2D {
            requirePositive("filters", filters);
            requirePositive("kernel", kernel);
            requirePositive("stride", stride);
            requirePositive("dilation", dilation);
            requirePositive("groups", groups);
            requireOnImages(border);
            require(
                    filters % groups == 0,
                    "filters: %d (expected: a multiple of the %d groups)",
                    filters,
                    groups);
        }

        public Conv2D(int filters, int kernel, int stride, Border border) {
            this(filters, kernel, stride, border, 1, 1, true);
        }

        /// Filters that move by 1 and stay inside the image.
        public Conv2D(int filters, int kernel) {
            this(filters, kernel, 1, Border.VALID);
        }

        public Conv2D withDilation(int other) {
            return new Conv2D(filters, kernel, stride, border, other, groups, hasBias);
        }

        public Conv2D withGroups(int other) {
            return new Conv2D(filters, kernel, stride, border, dilation, other, hasBias);
        }

        /// For a layer in front of a [BatchNorm], which would take the bias away again.
        public Conv2D withoutBias() {
            return new Conv2D(filters, kernel, stride, border, dilation, groups, false);
        }
    }

    /// Filters that see one channel each, `multiplier` of them for every channel.
    /// Shape: `[rows, cols, in] → [rows', cols', in·multiplier]`.
    /// Parameters: weight `[kernel, kernel, 1, in·multiplier]`, and bias `[in·multiplier]` if there
    /// is one. Source: Howard et al. 2017, "MobileNets", §3.1.
    record DepthwiseConv2D(int multiplier, int kernel, int stride, Border border, boolean hasBias)
            implements Convolution {
        public DepthwiseConv2D {
            requirePositive("multiplier", multiplier);
            requirePositive("kernel", kernel);
            requirePositive("stride", stride);
            requireOnImages(border);
        }

        public DepthwiseConv2D(int multiplier, int kernel, int stride, Border border) {
            this(multiplier, kernel, stride, border, true);
        }
    }

    /// The adjoint of a convolution: every element of the input adds a filter to the output, plus
    /// one bias per filter. Shape: `[rows, cols, in] → [rows', cols', filters]` with
    /// `rows' = (rows - 1)·stride + kernel` for VALID and `rows·stride` for SAME.
    /// Parameters: weight `[kernel, kernel, filters, in]`, bias `[filters]`.
    record TransposedConv2D(int filters, int kernel, int stride, Border border)
            implements Convolution {
        public TransposedConv2D {
            requirePositive("filters", filters);
            requirePositive("kernel", kernel);
            requirePositive("stride", stride);
            requireOnImages(border);
            require(
                    border == Border.VALID || kernel >= stride,
                    "kernel: %d (expected: at least the stride %d)",
                    kernel,
                    stride);
        }
    }

    /// What a window does at the edges of an image.
    enum Border {
        /// It stays inside: `rows' = (rows - kernel) / stride + 1`, rounded down.
        VALID,
        /// Padding around the image, as evenly as possible and the odd one below and to the right:
        /// `rows' = rows / stride`, rounded up.
        SAME,
        /// Of [Conv1D] alone: padding before the first position, so that no output sees a later
        /// one. As many positions as SAME gives.
        CAUSAL
    }

    // ---- Pooling ---------------------------------------------------------------------------

    /// The largest element of each window; padding never wins.
    /// Shape: `[rows, cols, channel] → [rows', cols', channel]`, `[time, channel]` alike.
    record MaxPool(int size, int stride, Border border) implements Pooling {
        public MaxPool {
            requirePositive("size", size);
            requirePositive("stride", stride);
            requireOnImages(border);
        }

        public MaxPool(int size, int stride) {
            this(size, stride, Border.VALID);
        }

        /// Windows that touch but do not overlap.
        public MaxPool(int size) {
            this(size, size);
        }
    }

    /// The mean of each window, padding counted as zeros.
    /// Shape: `[rows, cols, channel] → [rows', cols', channel]`, `[time, channel]` alike.
    record AveragePool(int size, int stride, Border border) implements Pooling {
        public AveragePool {
            requirePositive("size", size);
            requirePositive("stride", stride);
            requireOnImages(border);
        }

        /// Windows that touch but do not overlap.
        public AveragePool(int size) {
            this(size, size, Border.VALID);
        }
    }

    /// The mean of each channel. Shape: `[position…, channel] → [channel]`.
    record GlobalAveragePool() implements Pooling {}

    /// The largest element of each channel. Shape: `[position…, channel] → [channel]`.
    record GlobalMaxPool() implements Pooling {}

    // ---- Shapes ----------------------------------------------------------------------------

    /// All elements in row-major order. Shape: `[a…] → [count]`.
    record Flatten() implements Layer {}

    /// The same elements in row-major order. Shape: `[a…] → shape`.
    record Reshape(Shape shape) implements Layer {}

    /// Some of the innermost elements: one of several inputs that lie in one sample.
    /// Shape: `[…, features] → […, count]`.
    record Part(int first, int count) implements Shaping {
        public Part {
            require(first >= 0, "first: %d (expected: at least 0)", first);
            requirePositive("count", count);
        }
    }

    /// The last position first. Shape: `[time, features]`, kept.
    record Backwards() implements Shaping {}

    /// Zeros around an image, or less of it where a number is below 0.
    /// Shape: `[rows, cols, channel] → [top + rows + bottom, left + cols + right, channel]`.
    record Frame(Edges edges) implements Shaping {}

    /// Every element as often as said, each way.
    /// Shape: `[rows, cols, channel] → [rows·rowTimes, cols·colTimes, channel]`.
    record Enlarge(int rowTimes, int colTimes) implements Shaping {
        public Enlarge {
            requirePositive("rowTimes", rowTimes);
            requirePositive("colTimes", colTimes);
        }
    }

    // ---- Regularisation --------------------------------------------------------------------

    /// In training, drops each element with probability `rate` and scales the others by
    /// `1/(1 - rate)`, so that the expectation stays; otherwise does nothing. Any shape, kept.
    /// Source: Srivastava et al. 2014, "Dropout". Differs: the scale is applied in training
    /// instead of its inverse in inference.
    record Dropout(double rate) implements Layer {
        public Dropout {
            requireRate(rate);
        }
    }

    // ---- Normalisation ---------------------------------------------------------------------

    /// Over the batch and all positions, for each channel by itself; in inference with running
    /// means of what the batches were like. Shape: `[position…, channel]`, kept.
    /// Parameters: weight, bias `[channel]`; statistics: mean, variance `[channel]`.
    ///
    /// The batch is the micro-batch that one device sees, without samples that only fill it up.
    /// Running values blend in the weighted mean over micro-batches. The running variance is the
    /// unbiased one as in PyTorch, or as in Keras the `biased` one, a sum over `n`.
    ///
    /// Source: Ioffe & Szegedy 2015, "Batch normalization", alg. 1 and 2.
    ///
    /// @param momentum share of a running value that a step replaces
    /// @param epsilon added to the variance, above 0
    record BatchNorm(double momentum, double epsilon, boolean biased) implements Normalisation {
        public BatchNorm {
            require(momentum > 0 && momentum <= 1, "momentum: %s (expected: in (0, 1])", momentum);
            requireEpsilon(epsilon);
        }

        public BatchNorm(double momentum, double epsilon) {
            this(momentum, epsilon, false);
        }

        public BatchNorm() {
            this(0.1, 1e-5);
        }
    }

    /// Over the innermost axis. Parameters: weight, bias `[features]`.
    /// Source: Ba et al. 2016, "Layer normalization", eq. 3 and 4.
    record LayerNorm(double epsilon) implements Normalisation {
        public LayerNorm {
            requireEpsilon(epsilon);
        }

        public LayerNorm() {
            this(1e-5);
        }
    }

    /// Over the positions and equal groups of channels. Parameters: weight, bias `[channel]`.
    /// Source: Wu & He 2018, "Group normalization", §3.1.
    record GroupNorm(int groups, double epsilon) implements Normalisation {
        public GroupNorm {
            requirePositive("groups", groups);
            requireEpsilon(epsilon);
        }

        public GroupNorm(int groups) {
            this(groups, 1e-5);
        }
    }

    /// The innermost axis divided by its root mean square. Parameters: weight `[features]`.
    /// Source: Zhang & Sennrich 2019, "Root mean square layer normalization", eq. 4.
    record RmsNorm(double epsilon) implements Normalisation {
        public RmsNorm {
            requireEpsilon(epsilon);
        }

        public RmsNorm() {
            this(1e-5);
        }
    }

    /// `(x - mean) / deviation` of the innermost axis, with numbers that were measured beforehand
    /// and are part of the layer. Nothing is learnt. Shape: `[…, features]`, kept.
    record Standardise(List<Double> mean, List<Double> deviation) implements Shaping {
        public Standardise {
            mean = List.copyOf(mean);
            deviation = List.copyOf(deviation);
            requireAsMany(mean.size(), deviation.size());
            for (double d : mean) require(Double.isFinite(d), "mean: %s (expected: finite)", d);
            for (double d : deviation) require(d > 0, "deviation: %s (expected: above 0)", d);
        }
    }

    // ---- Attention and positions -----------------------------------------------------------

    /// Every position asks all others, or with `causal` those up to itself, in `heads` ways.
    /// Parameters: in.weight `[features, 3·features]` for queries, keys and values, in.bias,
    /// out.weight `[features, features]`, out.bias.
    /// Source: Vaswani et al. 2017, "Attention is all you need", §3.2.
    ///
    /// @param heads parts of the features that look each for themselves, a divisor of their number
    record Attention(int heads, boolean causal) implements Positional {
        public Attention {
            requirePositive("heads", heads);
        }
    }

    /// Adds a vector of its own to every position. Parameters: weight `[time, features]`.
    record LearnedPositions() implements Positional {}

    /// Adds sines and cosines of the position to it.
    /// Source: Vaswani et al. 2017, "Attention is all you need", §3.5.
    record SinusoidalPositions() implements Positional {}

    // ---- Recurrence ------------------------------------------------------------------------

    /// Long short-term memory. Shape: `[time, in] → [time, units]`, or `[units]` for [Steps#LAST].
    /// Parameters: weight `[in, 4·units]`, stateWeight `[units, 4·units]`, bias `[4·units]`; gates
    /// in the order input, forget, candidate, output.
    /// Source: Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    record Lstm(int units, Steps steps) implements Recurrent {
        public Lstm {
            requirePositive("units", units);
        }
    }

    /// Gated recurrent unit. Shape: `[time, in] → [time, units]`, or `[units]` for [Steps#LAST].
    /// Parameters: weight `[in, 3·units]`, stateWeight `[units, 3·units]`, bias, stateBias
    /// `[3·units]`; in the order reset, update, candidate.
    /// Source: Cho et al. 2014. Differs: the reset gate multiplies behind the matrix, as in cuDNN.
    record Gru(int units, Steps steps) implements Recurrent {
        public Gru {
            requirePositive("units", units);
        }
    }

    /// Which states a recurrent layer gives.
    enum Steps {
        ALL,
        LAST
    }

    // ---- Merges ----------------------------------------------------------------------------

    /// `x + y + …`, two values or more of one shape.
    record Add() implements Merge {}

    /// `x · y · …`, element by element, two values or more of one shape.
    record Multiply() implements Merge {}

    /// Values one after another along the innermost axis; their other axes are equal.
    record Concatenate() implements Merge {}

    // ---- Activations -----------------------------------------------------------------------

    /// `max(x, 0)`.
    record Relu() implements Activation {}

    /// `x` above 0, `slope·x` below.
    record LeakyRelu(double slope) implements Activation {
        public LeakyRelu {
            require(slope >= 0 && slope < 1, "slope: %s (expected: in [0, 1))", slope);
        }
    }

    /// `min(max(x, 0), most)`.
    record CappedRelu(double most) implements Activation {
        public CappedRelu {
            require(most > 0, "most: %s (expected: above 0)", most);
        }
    }

    /// `x` above 0, `scale·(eˣ - 1)` below.
    /// Source: Clevert et al. 2016, "Exponential linear units", eq. 16.
    record Elu(double scale) implements Activation {
        public Elu {
            require(scale > 0, "scale: %s (expected: above 0)", scale);
        }
    }

    /// `log(1 + eˣ)`.
    record Softplus() implements Activation {}

    /// `x·Φ(x)`, with the normal distribution's `Φ`.
    /// Source: Hendrycks & Gimpel 2016, "Gaussian error linear units", §2.
    ///
    /// @param approximate by a hyperbolic tangent instead of the error function
    record Gelu(boolean approximate) implements Activation {
        public Gelu() {
            this(false);
        }
    }

    /// `x / (1 + e⁻ˣ)`.
    record Silu() implements Activation {}

    /// `1 / (1 + e⁻ˣ)`.
    record Sigmoid() implements Activation {}

    /// The hyperbolic tangent.
    record Tanh() implements Activation {}

    /// `eˣ / Σ eˣ` over the innermost axis. As a classifier's last layer it is left out where the
    /// loss has its own: see [Model#logits].
    record Softmax() implements Activation {}

    /// A function for each part of a vector, which holds several outputs one after another.
    /// Shape: `[count]`, kept.
    record Heads(List<Head> heads) implements Activation {
        public Heads {
            heads = List.copyOf(heads);
            require(!heads.isEmpty(), "heads: none (expected: at least 1)");
        }
    }

    private static void requireAsMany(int means, int deviations) {
        boolean holds = means == deviations && means >= 1 && means <= 1024;
        require(holds, "mean: %d numbers (expected: as many deviations, up to 1024)", means);
    }

    private static void requireOnImages(Border border) {
        boolean holds = border != Border.CAUSAL;
        require(holds, "border: causal (expected: valid or same, but for conv1d)");
    }

    private static void requirePositive(String name, int value) {
        require(value >= 1, "%s: %d (expected: at least 1)", name, value);
    }

    private static void requireRate(double rate) {
        require(rate >= 0 && rate < 1, "rate: %s (expected: in [0, 1))", rate);
    }

    private static void requireEpsilon(double epsilon) {
        require(epsilon > 0, "epsilon: %s (expected: above 0)", epsilon);
    }
}
