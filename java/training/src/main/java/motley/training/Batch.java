package motley.training;

import static motley.tensor.Require.require;

import motley.data.Samples;
import motley.nn.Model;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Memory for the samples of one run of a program.
///
/// @param inputs `[batch, …]`, of the model's input type
/// @param targets `[batch, …]`, of the model's target type
/// @param weights f32 `[batch]`, 1 for a sample that counts, 0 for one that only fills
/// @param samples i32 `[batch]`, the samples' numbers
record Batch(Tensor inputs, Tensor targets, Tensor weights, Tensor samples) {
    static Batch allocate(Model model, int size) {
        require(size >= 1, "batchSize: %d (expected: at least 1)", size);
        return new Batch(
                batched(model.input(), size),
                batched(model.target(), size),
                Tensor.onHeap(TensorType.f32(size)),
                Tensor.onHeap(TensorType.i32(size)));
    }

    /// `size` zeros of type `one`.
    static Tensor batched(TensorType one, int size) {
        return Tensor.onHeap(one.with(one.shape().prepend(size)));
    }

    /// Copies the chosen samples into the first rows; the rows beyond them become zeros.
    void fill(Samples from, int[] chosen) {
        from.copy(chosen, inputs, targets);
        weights.data().fill((byte) 0);
        samples.data().fill((byte) 0);
        for (int row = 0; row < chosen.length; row++) {
            weights.setFloat(row, 1);
            samples.setInt(row, chosen[row]);
        }
    }

    int size() {
        return weights.shape().dim(0);
    }
}
