package motley.training;

import static motley.tensor.Require.require;

import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Memory for the samples of one run of a program.
///
/// @param inputs f32 `[batch, …]`
/// @param labels i32 `[batch]`
/// @param weights f32 `[batch]`, 1 for a sample that counts, 0 for one that only fills
/// @param samples i32 `[batch]`, the samples' numbers
record Batch(Tensor inputs, Tensor labels, Tensor weights, Tensor samples) {
    /// @param input one sample's shape
    static Batch allocate(Shape input, int size) {
        require(size >= 1, "batchSize: %d (expected: at least 1)", size);
        return new Batch(
                Tensor.onHeap(new TensorType(DType.F32, input.prepend(size))),
                Tensor.onHeap(TensorType.i32(size)),
                Tensor.onHeap(TensorType.f32(size)),
                Tensor.onHeap(TensorType.i32(size)));
    }

    /// Copies the chosen samples into the first rows; the rows beyond them become zeros.
    void fill(Samples from, int[] chosen) {
        inputs.data().fill((byte) 0);
        labels.data().fill((byte) 0);
        weights.data().fill((byte) 0);
        samples.data().fill((byte) 0);
        long rowBytes = from.inputs().type().sizeBytes() / from.count();
        for (int row = 0; row < chosen.length; row++) {
            int sample = chosen[row];
            var source = from.inputs().data().asSlice(sample * rowBytes, rowBytes);
            inputs.data().asSlice(row * rowBytes, rowBytes).copyFrom(source);
            labels.setInt(row, from.labels().getInt(sample));
            weights.setFloat(row, 1);
            samples.setInt(row, sample);
        }
    }

    int size() {
        return labels.shape().dim(0);
    }
}
