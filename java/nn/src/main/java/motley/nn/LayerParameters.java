package motley.nn;

import java.util.List;
import motley.nn.ParameterSpec.Role;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What each layer learns, in the order in which [Forward] takes it.
///
/// @param name of the layer
/// @param weights how the weights of dense layers and convolutions begin
record LayerParameters(String name, Initializer weights) {
    /// @param input one sample's type before the layer
    List<ParameterSpec> of(Layer layer, TensorType input) {
        var in = input.shape();
        int features = in.rank() == 0 ? 1 : in.dims().getLast();
        return switch (layer) {
            case Layer.Dense(int units, boolean hasBias) ->
                    weightAndBias(Shape.of(features, units), hasBias ? units : 0);
            case Layer.Embedding(int count, int width) ->
                    List.of(spec("weight", Initializers.NARROW_UNIFORM, count, width));
            case Layer.Convolution convolution -> filters(convolution, features);
            case Layer.Normalisation norm -> normalisation(norm, features);
            case Layer.Attention _ -> attention(features);
            case Layer.LearnedPositions _ ->
                    List.of(spec("weight", Initializers.NARROW_UNIFORM, in.dim(0), features));
            case Layer.Lstm(int units, _) ->
                    List.of(
                            spec("weight", Initializers.GLOROT_UNIFORM, features, 4 * units),
                            spec("stateWeight", Initializers.GLOROT_UNIFORM, units, 4 * units),
                            spec("bias", Initializers.ZEROS, 4 * units));
            case Layer.Gru(int units, _) ->
                    List.of(
                            spec("weight", Initializers.GLOROT_UNIFORM, features, 3 * units),
                            spec("stateWeight", Initializers.GLOROT_UNIFORM, units, 3 * units),
                            spec("bias", Initializers.ZEROS, 3 * units),
                            spec("stateBias", Initializers.ZEROS, 3 * units));
            case Layer.SinusoidalPositions _,
                    Layer.Pooling _,
                    Layer.Flatten _,
                    Layer.Reshape _,
                    Layer.Shaping _,
                    Layer.Dropout _,
                    Layer.Merge _,
                    Layer.Activation _ ->
                    List.of();
        };
    }

    private List<ParameterSpec> filters(Layer.Convolution convolution, int in) {
        return switch (convolution) {
            case Layer.Conv1D c -> {
                var shape = Shape.of(c.kernel(), in, c.filters());
                yield weightAndBias(shape, c.hasBias() ? c.filters() : 0);
            }
            case Layer.Conv2D c -> {
                var shape = Shape.of(c.kernel(), c.kernel(), in / c.groups(), c.filters());
                yield weightAndBias(shape, c.hasBias() ? c.filters() : 0);
            }
            case Layer.DepthwiseConv2D c -> {
                int out = in * c.multiplier();
                var shape = Shape.of(c.kernel(), c.kernel(), 1, out);
                yield weightAndBias(shape, c.hasBias() ? out : 0);
            }
            case Layer.TransposedConv2D c ->
                    weightAndBias(Shape.of(c.kernel(), c.kernel(), c.filters(), in), c.filters());
        };
    }

    private List<ParameterSpec> normalisation(Layer.Normalisation norm, int features) {
        var weight = spec("weight", Initializers.ONES, features);
        var bias = spec("bias", Initializers.ZEROS, features);
        return switch (norm) {
            case Layer.BatchNorm(double momentum, _, _) ->
                    List.of(
                            weight,
                            bias,
                            statistic("mean", Initializers.ZEROS, features, momentum),
                            statistic("variance", Initializers.ONES, features, momentum));
            case Layer.LayerNorm _, Layer.GroupNorm _ -> List.of(weight, bias);
            case Layer.RmsNorm _ -> List.of(weight);
        };
    }

    private List<ParameterSpec> attention(int features) {
        return List.of(
                spec("in.weight", Initializers.GLOROT_UNIFORM, features, 3 * features),
                spec("in.bias", Initializers.ZEROS, 3 * features),
                spec("out.weight", Initializers.GLOROT_UNIFORM, features, features),
                spec("out.bias", Initializers.ZEROS, features));
    }

    /// @param biases 0 for a layer without bias
    private List<ParameterSpec> weightAndBias(Shape shape, int biases) {
        var weight = new ParameterSpec(name + ".weight", shape, weights);
        if (biases == 0) return List.of(weight);
        return List.of(weight, spec("bias", Initializers.ZEROS, biases));
    }

    private ParameterSpec spec(String part, Initializer initializer, Integer... dims) {
        return new ParameterSpec(name + "." + part, Shape.of(dims), initializer);
    }

    private ParameterSpec statistic(
            String part, Initializer initializer, int features, double momentum) {
        var role = new Role.Statistic(momentum);
        return new ParameterSpec(name + "." + part, Shape.of(features), initializer, role);
    }
}
