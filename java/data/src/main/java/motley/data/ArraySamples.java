package motley.data;

import static motley.tensor.Require.require;

import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Rows of two arrays: what a model is given, and what it should make of it.
public final class ArraySamples implements Samples {
    private final Tensor x;
    private final Tensor y;
    private final int first;
    private final int count;

    /// Rows `[first, first + count)` of arrays with equally many rows, which are not written again.
    ArraySamples(Tensor x, Tensor y, int first, int count) {
        this.x = x;
        this.y = y;
        this.first = first;
        this.count = count;
    }

    /// All rows of two arrays, which are not written again.
    ///
    /// @param x `[count, …]`
    /// @param y `[count, …]`
    /// @throws IllegalArgumentException if the arrays have no rows, or not equally many
    public static ArraySamples of(Tensor x, Tensor y) {
        boolean fits =
                x.shape().rank() >= 1
                        && y.shape().rank() >= 1
                        && x.shape().dim(0) == y.shape().dim(0);
        require(fits, "y: %s (expected: as many rows as x: %s)", y, x);
        return new ArraySamples(x, y, 0, x.shape().dim(0));
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public TensorType inputType() {
        return row(x);
    }

    @Override
    public TensorType targetType() {
        return row(y);
    }

    @Override
    public void copy(int[] samples, Tensor inputs, Tensor targets) {
        Batch.requireFits(this, samples, inputs, targets);
        copyRows(samples, x, inputs);
        copyRows(samples, y, targets);
    }

    private void copyRows(int[] samples, Tensor from, Tensor to) {
        long rowBytes = row(from).sizeBytes();
        to.data().fill((byte) 0);
        for (int row = 0; row < samples.length; row++) {
            var source = from.data().asSlice((first + samples[row]) * rowBytes, rowBytes);
            to.data().asSlice(row * rowBytes, rowBytes).copyFrom(source);
        }
    }

    private static TensorType row(Tensor array) {
        var dims = array.shape().dims();
        return array.type().with(new Shape(dims.subList(1, dims.size())));
    }
}
