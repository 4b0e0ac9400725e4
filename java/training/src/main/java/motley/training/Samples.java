package motley.training;

import static motley.tensor.Require.require;

import java.util.stream.IntStream;
import motley.data.LabelledImages;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Samples in memory, each with its label: rows of two tensors.
///
/// @param inputs f32 `[count, …]`
/// @param labels i32 `[count]`
public record Samples(Tensor inputs, Tensor labels) {
    /// @throws IllegalArgumentException if the tensors are of other types or counts
    public Samples {
        require(
                inputs.type().dtype() == DType.F32 && inputs.shape().rank() >= 2,
                "inputs: %s (expected: f32[count, …])",
                inputs);
        var expected = TensorType.i32(inputs.shape().dim(0));
        require(labels.type().equals(expected), "labels: %s (expected: %s)", labels, expected);
    }

    /// All images of a data set, pixels scaled to [0, 1].
    public static Samples of(LabelledImages images) {
        int count = images.count();
        var type = new TensorType(DType.F32, images.imageShape().prepend(count));
        var inputs = Tensor.onHeap(type); // [count, rows, cols, channel]
        var labels = Tensor.onHeap(TensorType.i32(count));
        images.copy(IntStream.range(0, count).toArray(), inputs, labels);
        return new Samples(inputs, labels);
    }

    public int count() {
        return labels.shape().dim(0);
    }

    /// One sample's shape.
    public Shape inputShape() {
        var dims = inputs.shape().dims();
        return new Shape(dims.subList(1, dims.size()));
    }
}
