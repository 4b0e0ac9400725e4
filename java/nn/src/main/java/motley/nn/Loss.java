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

    /// @throws IllegalArgumentException if outputs of shape `output` cannot be compared with
    ///     targets of type `target`
    default void requireFits(String model, Shape output, TensorType target) {
        switch (this) {
            case CrossEntropy _ -> {
                require(
                        output.rank() >= 1,
                        "%s: output %s (expected: one logit per class)",
                        model,
                        output);
                var positions = output.dims().subList(0, output.rank() - 1);
                var expected = new TensorType(DType.I32, new Shape(positions));
                require(
                        target.equals(expected),
                        "%s: target %s (expected: %s for output %s)",
                        model,
                        target,
                        expected,
                        output);
            }
        }
    }
}
