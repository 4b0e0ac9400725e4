package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import motley.tensor.Shape;

/// Puts layers in their places: names them, infers their shapes and lists their parameters.
final class Placement {
    private Placement() {}

    /// @throws IllegalArgumentException if a layer does not fit its input, naming both
    static List<PlacedLayer> place(Shape input, List<Layer> layers) {
        var placed = new ArrayList<PlacedLayer>();
        var seen = new HashMap<String, Integer>();
        var shape = input;
        for (int i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            var name = kind(layer) + seen.merge(kind(layer), 1, Integer::sum);
            boolean rectified = i + 1 < layers.size() && layers.get(i + 1) instanceof Layer.Relu;
            var weights = rectified ? Initializer.HE_UNIFORM : Initializer.GLOROT_UNIFORM;
            var output = output(name, layer, shape);
            var parameters = parameters(name, layer, shape, weights);
            placed.add(new PlacedLayer(name, i, layer, shape, output, parameters));
            shape = output;
        }
        return List.copyOf(placed);
    }

    private static String kind(Layer layer) {
        return switch (layer) {
            case Layer.Dense _ -> "dense";
            case Layer.Conv2D _ -> "conv";
            case Layer.Relu _ -> "relu";
            case Layer.MaxPool _ -> "pool";
            case Layer.Flatten _ -> "flatten";
            case Layer.Dropout _ -> "dropout";
        };
    }

    private static Shape output(String name, Layer layer, Shape in) {
        return switch (layer) {
            case Layer.Dense(int units) -> {
                require(in.rank() == 1, "%s: input %s (expected: [in])", name, in);
                yield Shape.of(units);
            }
            case Layer.Conv2D conv -> {
                requireImage(name, in);
                int rows = positions(name, conv, in.dim(0));
                int cols = positions(name, conv, in.dim(1));
                yield Shape.of(rows, cols, conv.filters());
            }
            case Layer.MaxPool pool -> {
                requireImage(name, in);
                int rows = inside(name, in.dim(0), pool.size(), pool.stride());
                int cols = inside(name, in.dim(1), pool.size(), pool.stride());
                yield Shape.of(rows, cols, in.dim(2));
            }
            case Layer.Flatten _ -> Shape.of(in.count());
            case Layer.Relu _, Layer.Dropout _ -> in;
        };
    }

    private static List<ParameterSpec> parameters(
            String name, Layer layer, Shape in, Initializer weights) {
        return switch (layer) {
            case Layer.Dense(int units) -> weightAndBias(name, Shape.of(in.dim(0), units), weights);
            case Layer.Conv2D conv -> {
                int k = conv.kernel();
                yield weightAndBias(name, Shape.of(k, k, in.dim(2), conv.filters()), weights);
            }
            case Layer.Relu _, Layer.MaxPool _, Layer.Flatten _, Layer.Dropout _ -> List.of();
        };
    }

    private static List<ParameterSpec> weightAndBias(
            String name, Shape weight, Initializer initializer) {
        var bias = Shape.of(weight.dims().getLast());
        return List.of(
                new ParameterSpec(name + ".weight", weight, initializer),
                new ParameterSpec(name + ".bias", bias, Initializer.ZEROS));
    }

    private static int positions(String name, Layer.Conv2D conv, int size) {
        return switch (conv.border()) {
            case VALID -> inside(name, size, conv.kernel(), conv.stride());
            case SAME -> Math.ceilDiv(size, conv.stride());
        };
    }

    private static int inside(String name, int size, int window, int stride) {
        require(
                window <= size,
                "%s: window of %d (expected: at most %d, the size of its input)",
                name,
                window,
                size);
        return (size - window) / stride + 1;
    }

    private static void requireImage(String name, Shape in) {
        require(in.rank() == 3, "%s: input %s (expected: [rows, cols, channel])", name, in);
    }
}
