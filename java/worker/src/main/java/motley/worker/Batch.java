package motley.worker;

import static motley.tensor.Require.require;

import java.lang.foreign.Arena;
import motley.data.Samples;
import motley.program.Executable;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Samples as they enter a program.
///
/// @param inputs `[batch, …]`
/// @param targets `[batch, …]`
/// @param weights `[batch]`, 1 counts and 0 is padding
/// @param ids `i32[batch]`, the samples' numbers in the dataset
record Batch(Tensor inputs, Tensor targets, Tensor weights, Tensor ids) {
    static Batch allocate(Samples of, int size, Arena arena) {
        return new Batch(
                Tensor.allocate(batched(of.inputType(), size), arena),
                Tensor.allocate(batched(of.targetType(), size), arena),
                Tensor.allocate(TensorType.f32(size), arena),
                Tensor.allocate(TensorType.i32(size), arena));
    }

    /// The type of `size` of `one`.
    static TensorType batched(TensorType one, int size) {
        return one.with(one.shape().prepend(size));
    }

    int size() {
        return weights.shape().dim(0);
    }

    /// Takes over the samples `chosen`, at most [#size].
    void select(Samples from, int[] chosen) {
        require(chosen.length <= size(), "count: %d (expected: at most %d)", chosen.length, size());
        from.copy(chosen, inputs, targets);
        for (int row = 0; row < size(); row++) {
            weights.setFloat(row, row < chosen.length ? 1 : 0);
            ids.setInt(row, row < chosen.length ? chosen[row] : 0);
        }
    }

    /// Writes inputs, targets and weights, the first as param `at`.
    void write(Executable program, int at) {
        program.write(at, inputs);
        program.write(at + 1, targets);
        program.write(at + 2, weights);
    }
}
