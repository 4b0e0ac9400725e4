package motley.data;

import static motley.tensor.Require.require;

import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// What all [Samples#copy] demand of their arguments.
final class Batch {
    private Batch() {}

    /// @throws IllegalArgumentException if the tensors do not fit or a sample is out of range
    static void requireFits(Samples from, int[] samples, Tensor inputs, Tensor targets) {
        requireRows("inputs", inputs.type(), from.inputType(), samples.length);
        requireRows("targets", targets.type(), from.targetType(), samples.length);
        for (int sample : samples) {
            require(
                    sample >= 0 && sample < from.count(),
                    "sample: %d (expected: in [0, %d))",
                    sample,
                    from.count());
        }
    }

    private static void requireRows(String name, TensorType batch, TensorType row, int rows) {
        var shape = batch.shape();
        boolean fits =
                batch.dtype() == row.dtype()
                        && shape.rank() == row.shape().rank() + 1
                        && shape.equals(row.shape().prepend(shape.dim(0)))
                        && shape.dim(0) >= rows;
        require(fits, "%s: %s (expected: %d or more of %s)", name, batch, rows, row);
    }
}
