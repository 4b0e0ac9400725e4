package motley.nn;

import static motley.tensor.Require.require;

import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What training makes small: a number for each sample, from its output and its target. What each
/// computes is written in [Losses].
public sealed interface Loss {
    /// Softmax cross-entropy, in nats: output `[…, class]` holds logits, target `i32[…]` the number
    /// of the right class at each position. A sample's loss is the mean over its positions.
    record CrossEntropy() implements Loss {}

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
        };
    }
}
