package motley.data;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.util.stream.IntStream;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A list of samples, each an input and the target that a model should make of it, all of one type.
///
/// Thread-safe: nothing changes after it was read.
public sealed interface Samples
        permits LabelledImages, TextWindows, ArraySamples, ShardedSamples, ChosenSamples {
    /// How many there are, at least 1.
    int count();

    /// Of one input, without the batch axis.
    TensorType inputType();

    /// Of one target, without the batch axis.
    TensorType targetType();

    /// Copies the chosen samples into the first rows of `inputs` and `targets`; the rows beyond
    /// them become zeros.
    ///
    /// @param samples which samples, in [0, count)
    /// @param inputs `[batch, …]` of the input type
    /// @param targets `[batch, …]` of the target type
    /// @throws IllegalArgumentException if the tensors do not fit or a sample is out of range
    void copy(int[] samples, Tensor inputs, Tensor targets);

    /// Brings here what the chosen samples need, where not all is here at all times, so that
    /// copying them waits for nothing.
    ///
    /// @throws IOException if it cannot be had
    default void prepare(int[] samples) throws IOException, InterruptedException {}

    /// A copy of `count` samples from number `first` on, on the Java heap: for a quick try on a few
    /// of many.
    ///
    /// @throws IllegalArgumentException if there are not that many
    default ArraySamples part(int first, int count) {
        require(
                first >= 0 && count >= 1 && count <= count() - first,
                "part: %d from %d on (expected: of %d samples)",
                count,
                first,
                count());
        var inputs = Tensor.onHeap(inputType().with(inputType().shape().prepend(count)));
        var targets = Tensor.onHeap(targetType().with(targetType().shape().prepend(count)));
        copy(IntStream.range(first, first + count).toArray(), inputs, targets);
        return ArraySamples.of(inputs, targets);
    }

    /// Checks that targets of whole numbers are numbers of classes.
    ///
    /// @throws IllegalArgumentException if one of them is not in `[0, classes)`, naming its sample
    default void requireClasses(int classes) {
        if (targetType().dtype() != DType.I32) return;
        int rows = Math.min(64, count());
        var inputs = Tensor.onHeap(inputType().with(inputType().shape().prepend(rows)));
        var targets = Tensor.onHeap(targetType().with(targetType().shape().prepend(rows)));
        int each = targetType().shape().count();
        for (int first = 0; first < count(); first += rows) {
            int end = Math.min(count(), first + rows);
            copy(IntStream.range(first, end).toArray(), inputs, targets);
            for (int i = 0; i < (end - first) * each; i++) {
                int label = targets.getInt(i);
                require(
                        label >= 0 && label < classes,
                        "target: %d of sample %d (expected: in [0, %d), the model's classes)",
                        label,
                        first + i / each,
                        classes);
            }
        }
    }
}
