package motley.nn;

import static motley.tensor.Require.require;

import motley.tensor.Shape;

/// How a parameter's first values are drawn. [Initializers] draws them, and reads and writes them
/// as text.
public sealed interface Initializer {
    /// The same number everywhere.
    record Constant(double value) implements Initializer {
        public Constant {
            require(Double.isFinite(value), "value: %s (expected: a finite number)", value);
        }
    }

    /// Uniform in `[-limit, limit)`.
    record Uniform(double limit) implements Initializer {
        public Uniform {
            requirePositive("limit", limit);
        }
    }

    /// Normal, with mean 0.
    record Normal(double deviation) implements Initializer {
        public Normal {
            requirePositive("deviation", deviation);
        }
    }

    /// Normal, with mean 0, as it is within two standard deviations: what lies beyond them is not
    /// drawn.
    ///
    /// @param deviation before the tails are cut off; 0.88 of it is left
    record TruncatedNormal(double deviation) implements Initializer {
        public TruncatedNormal {
            requirePositive("deviation", deviation);
        }
    }

    /// As wide as the weight's shape asks for, so that activations neither fade nor grow from layer
    /// to layer.
    record Scaled(Fan fan, Curve curve) implements Initializer {}

    /// Which variance. `in` is how many inputs reach one output, `out` how many outputs one input
    /// reaches; a filter's taps count.
    enum Fan {
        /// `2 / (in + out)`: keeps the variance of activations and of gradients through a linear
        /// layer.
        /// Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
        /// neural networks", eq. 16.
        GLOROT,
        /// `2 / in`: keeps the variance through a layer and a ReLU, which halves it.
        /// Source: He et al. 2015, "Delving deep into rectifiers", eq. 10.
        HE,
        /// `1 / in`: keeps the variance through a linear layer.
        /// Source: LeCun et al. 1998, "Efficient backprop", §4.6.
        LECUN
    }

    /// Which distribution.
    enum Curve {
        UNIFORM,
        NORMAL
    }

    /// The largest magnitude it can draw for a weight of `shape`, `[…, in, out]`; infinite for
    /// normal distributions, though what a float32 holds ends at about five deviations.
    default double limit(Shape shape) {
        return switch (this) {
            case Constant(double value) -> Math.abs(value);
            case Uniform(double limit) -> limit;
            case Normal _ -> Double.POSITIVE_INFINITY;
            case TruncatedNormal(double deviation) -> 2 * deviation;
            case Scaled(var fan, var curve) ->
                    curve == Curve.NORMAL
                            ? Double.POSITIVE_INFINITY
                            : Math.sqrt(3 * numerator(fan) / denominator(fan, shape));
        };
    }

    /// The standard deviation of what it draws for a weight of `shape`, `[…, in, out]`.
    default double deviation(Shape shape) {
        return switch (this) {
            case Constant _ -> 0;
            case Uniform(double limit) -> limit / Math.sqrt(3);
            case Normal(double deviation) -> deviation;
            case TruncatedNormal(double deviation) -> Initializers.TRUNCATED_DEVIATION * deviation;
            case Scaled(var fan, _) -> Math.sqrt(numerator(fan) / denominator(fan, shape));
        };
    }

    private static double numerator(Fan fan) {
        return switch (fan) {
            case GLOROT, HE -> 2;
            case LECUN -> 1;
        };
    }

    private static long denominator(Fan fan, Shape shape) {
        return switch (fan) {
            case GLOROT -> fanIn(shape) + fanOut(shape);
            case HE, LECUN -> fanIn(shape);
        };
    }

    /// Every element that shares its last index.
    private static long fanIn(Shape shape) {
        return shape.count() / shape.dims().getLast();
    }

    /// Every element that shares its last but one index.
    private static long fanOut(Shape shape) {
        return shape.count() / shape.dim(shape.rank() - 2);
    }

    private static void requirePositive(String name, double value) {
        boolean holds = value > 0 && Double.isFinite(value);
        require(holds, "%s: %s (expected: a finite number above 0)", name, value);
    }
}
