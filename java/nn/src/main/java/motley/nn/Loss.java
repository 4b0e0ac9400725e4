package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What training makes small: a number for each sample, from its output and its target. What each
/// computes is written in [Losses] and [SampleLoss].
public sealed interface Loss {
    /// Softmax cross-entropy, in nats: output `[…, class]` holds logits, target `i32[…]` the number
    /// of the right class at each position. A sample's loss is the mean over its positions.
    ///
    /// @param smoothing share of the target that is spread over all classes, in [0, 1]
    record CrossEntropy(double smoothing) implements Loss {
        public CrossEntropy {
            requireShare(smoothing);
        }

        public CrossEntropy() {
            this(0);
        }
    }

    /// Softmax cross-entropy, in nats, of a distribution: output `[…, class]` holds logits, target
    /// f32 of the same shape probabilities that sum to 1 over the classes, such as one 1 among
    /// zeros. A sample's loss is the mean over its positions.
    ///
    /// @param smoothing share of the target that is spread over all classes, in [0, 1]
    record CategoricalCrossEntropy(double smoothing) implements Loss {
        public CategoricalCrossEntropy {
            requireShare(smoothing);
        }
    }

    /// Several outputs in one vector, each with its own loss and weight; see [Several].
    record Joint(List<Several.Term> terms) implements Loss {
        public Joint {
            terms = List.copyOf(terms);
            Several.require(terms);
        }
    }

    /// Logistic cross-entropy, in nats: outputs are logits, targets f32 of the same shape are
    /// probabilities in [0, 1].
    ///
    /// @param smoothing how far targets move towards a half, in [0, 1]
    record BinaryCrossEntropy(double smoothing) implements Loss {
        public BinaryCrossEntropy {
            requireShare(smoothing);
        }
    }

    /// The mean of squared differences from f32 targets of the output's shape.
    record MeanSquaredError() implements Loss {}

    /// The mean of differences' magnitudes, from f32 targets of the output's shape.
    record MeanAbsoluteError() implements Loss {}

    /// Squares of small differences and magnitudes of large ones, from f32 targets of the output's
    /// shape.
    ///
    /// @param delta the difference from which it is large, above 0
    record Huber(double delta) implements Loss {
        public Huber {
            require(delta > 0, "delta: %s (expected: above 0)", delta);
        }
    }

    /// Multi-class hinge: output `[class]`, target `i32[]` the number of the right class.
    record Hinge() implements Loss {}

    /// Kullback-Leibler divergence, in nats: output `[class]` holds logits, target `f32[class]`
    /// probabilities that sum to 1.
    record Divergence() implements Loss {}

    /// One sample's target, for a model whose output is of shape `output`.
    ///
    /// @throws IllegalArgumentException if there is none for such outputs
    default TensorType target(Shape output) {
        return switch (this) {
            case CrossEntropy _ -> {
                require(output.rank() >= 1, "output: %s (expected: logits […, class])", output);
                var positions = output.dims().subList(0, output.rank() - 1);
                yield new TensorType(DType.I32, new Shape(positions));
            }
            case Hinge _ -> {
                requireClasses(output);
                yield TensorType.i32();
            }
            case Divergence _ -> {
                requireClasses(output);
                yield new TensorType(DType.F32, output);
            }
            case CategoricalCrossEntropy _ -> {
                require(output.rank() >= 1, "output: %s (expected: logits […, class])", output);
                yield new TensorType(DType.F32, output);
            }
            case Joint(var terms) -> Several.target(terms, output);
            case BinaryCrossEntropy _, MeanSquaredError _, MeanAbsoluteError _, Huber _ ->
                    new TensorType(DType.F32, output);
        };
    }

    /// A loss by name, with settings if any: `cross-entropy:smoothing=0.1`,
    /// `categorical-cross-entropy`, `binary-cross-entropy`,
    /// `mean-squared-error`, `mean-absolute-error`, `huber:delta=0.5`, `hinge`, `divergence`.
    ///
    /// @throws IllegalArgumentException if no loss has that name or setting; the message lists
    ///     those there are
    static Loss named(String text) {
        if (text.startsWith(Several.PREFIX)) return new Joint(Several.parse(text));
        var settings = NamedSettings.parse("loss", text);
        var loss =
                switch (settings.name()) {
                    case "cross-entropy" -> new CrossEntropy(settings.take("smoothing", 0));
                    case "categorical-cross-entropy" ->
                            new CategoricalCrossEntropy(settings.take("smoothing", 0));
                    case "binary-cross-entropy" ->
                            new BinaryCrossEntropy(settings.take("smoothing", 0));
                    case "mean-squared-error" -> new MeanSquaredError();
                    case "mean-absolute-error" -> new MeanAbsoluteError();
                    case "huber" -> new Huber(settings.take("delta", 1));
                    case "hinge" -> new Hinge();
                    case "divergence" -> new Divergence();
                    default ->
                            throw new IllegalArgumentException(
                                    "loss: %s (expected: one of %s)"
                                            .formatted(
                                                    settings.name(), String.join(", ", names())));
                };
        settings.requireNoneLeft();
        return loss;
    }

    /// The names [#named] knows, in a fixed order.
    static List<String> names() {
        return List.of(
                "cross-entropy",
                "categorical-cross-entropy",
                "binary-cross-entropy",
                "mean-squared-error",
                "mean-absolute-error",
                "huber",
                "hinge",
                "divergence");
    }

    /// The text that [#named] reads as this.
    default String text() {
        return switch (this) {
            case CrossEntropy(double smoothing) -> withSmoothing("cross-entropy", smoothing);
            case CategoricalCrossEntropy(double smoothing) ->
                    withSmoothing("categorical-cross-entropy", smoothing);
            case Joint(var terms) -> Several.text(terms);
            case BinaryCrossEntropy(double smoothing) ->
                    withSmoothing("binary-cross-entropy", smoothing);
            case MeanSquaredError _ -> "mean-squared-error";
            case MeanAbsoluteError _ -> "mean-absolute-error";
            case Huber(double delta) -> "huber:delta=" + delta;
            case Hinge _ -> "hinge";
            case Divergence _ -> "divergence";
        };
    }

    private static String withSmoothing(String name, double smoothing) {
        return smoothing == 0 ? name : name + ":smoothing=" + smoothing;
    }

    private static void requireClasses(Shape output) {
        require(output.rank() == 1, "output: %s (expected: logits [class])", output);
    }

    private static void requireShare(double smoothing) {
        require(smoothing >= 0 && smoothing <= 1, "smoothing: %s (expected: in [0, 1])", smoothing);
    }
}
