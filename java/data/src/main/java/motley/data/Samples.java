package motley.data;

import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A list of samples, each an input and the target that a model should make of it, all of one type.
///
/// Thread-safe: nothing changes after it was read.
public sealed interface Samples permits LabelledImages, TextWindows, ArraySamples {
    /// How many there are, at least 1.
    int count();

    /// Of one input, without the batch axis.
    TensorType inputType();

    /// Of one target, without the batch axis.
    TensorType targetType();

    /// Copies the chosen samples into the first rows of `inputs` and `targets`; the rows beyond
    /// them
    /// become zeros.
    ///
    /// @param samples which samples, in [0, count)
    /// @param inputs `[batch, …]` of the input type
    /// @param targets `[batch, …]` of the target type
    /// @throws IllegalArgumentException if the tensors do not fit or a sample is out of range
    void copy(int[] samples, Tensor inputs, Tensor targets);
}
