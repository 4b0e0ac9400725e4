package motley.nn;

import java.util.List;
import motley.tensor.Shape;

/// A layer in its place in a model, where its shapes are known.
///
/// @param name its kind and its number among that kind, from 1: `conv2`
/// @param number its index in the model, which is also the stream of its random numbers
/// @param in what it reads, as in [Model.Node]
/// @param inputs one sample's shapes of those values
/// @param output one sample's shape after it
/// @param parameters in the order in which the layer takes them
public record PlacedLayer(
        String name,
        int number,
        Layer layer,
        List<Integer> in,
        List<Shape> inputs,
        Shape output,
        List<ParameterSpec> parameters) {
    public PlacedLayer {
        in = List.copyOf(in);
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
    }

    /// One sample's shape of the first value it reads.
    public Shape input() {
        return inputs.getFirst();
    }

    public long parameterCount() {
        long count = 0;
        for (var parameter : parameters) count += parameter.shape().count();
        return count;
    }

    /// Arithmetic operations of the forward pass on one sample. A dot product of `n` elements and
    /// a bias is `2n`; a comparison counts as one.
    public long flops() {
        return switch (layer) {
            case Layer.Dense _ -> 2L * input().dims().getLast() * output.count();
            case Layer.Conv2D conv -> {
                long taps = (long) conv.kernel() * conv.kernel() * input().dim(2);
                yield 2 * taps * output.count();
            }
            case Layer.Relu _ -> output.count();
            case Layer.MaxPool pool -> ((long) pool.size() * pool.size() - 1) * output.count();
            case Layer.Add _, Layer.Multiply _ -> (in.size() - 1L) * output.count();
            case Layer.Flatten _, Layer.Reshape _, Layer.Concatenate _, Layer.Dropout _ -> 0;
            case Layer.Residual _ -> throw Placement.expanded();
        };
    }
}
