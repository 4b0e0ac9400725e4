package motley.nn;

import static motley.nn.Initializer.GLOROT_UNIFORM;
import static motley.nn.Initializer.HE_UNIFORM;
import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import motley.nn.Model.Node;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Puts layers in their places: names them, infers their shapes and lists their parameters.
final class Placement {
    private Placement() {}

    /// @throws IllegalArgumentException if a layer does not fit its input, naming both
    static List<PlacedLayer> place(TensorType sample, List<Node> nodes) {
        var placed = new ArrayList<PlacedLayer>();
        var seen = new HashMap<String, Integer>();
        var values = new ArrayList<>(List.of(sample.shape()));
        for (int i = 0; i < nodes.size(); i++) {
            var layer = nodes.get(i).layer();
            var in = nodes.get(i).in();
            var name = kind(layer) + seen.merge(kind(layer), 1, Integer::sum);
            requireEarlier(name, in, i);
            requireElements(name, in, sample);
            var shapes = in.stream().map(values::get).toList();
            var output = output(name, layer, shapes);
            var weights = isRectified(nodes, i) ? HE_UNIFORM : GLOROT_UNIFORM;
            var parameters = parameters(name, layer, shapes.getFirst(), weights);
            placed.add(new PlacedLayer(name, i, layer, in, shapes, output, parameters));
            values.add(output);
        }
        return List.copyOf(placed);
    }

    private static void requireEarlier(String name, List<Integer> in, int node) {
        require(!in.isEmpty(), "%s: reads nothing (expected: at least one value)", name);
        for (int value : in) {
            require(
                    value >= 0 && value <= node,
                    "%s: reads value %d (expected: an earlier one, 0 to %d)",
                    name,
                    value,
                    node);
        }
    }

    private static void requireElements(String name, List<Integer> in, TensorType sample) {
        boolean floats = !in.contains(0) || sample.dtype() == DType.F32;
        require(floats, "%s: reads a sample of %s (expected: f32)", name, sample);
    }

    /// Whether a ReLU reads what node `i` makes.
    private static boolean isRectified(List<Node> nodes, int i) {
        return nodes.stream()
                .anyMatch(n -> n.layer() instanceof Layer.Relu && n.in().contains(i + 1));
    }

    /// Whether `layer` reads more than one value.
    static boolean merges(Layer layer) {
        return layer instanceof Layer.Add
                || layer instanceof Layer.Multiply
                || layer instanceof Layer.Concatenate;
    }

    /// A residual consists of other layers, which stand in its place in every graph.
    static IllegalStateException expanded() {
        return new IllegalStateException(
                "residual: in a graph (expected: the layers it stands for)");
    }

    static String kind(Layer layer) {
        return switch (layer) {
            case Layer.Dense _ -> "dense";
            case Layer.Conv2D _ -> "conv";
            case Layer.Relu _ -> "relu";
            case Layer.MaxPool _ -> "pool";
            case Layer.Flatten _ -> "flatten";
            case Layer.Reshape _ -> "reshape";
            case Layer.Dropout _ -> "dropout";
            case Layer.Add _ -> "add";
            case Layer.Multiply _ -> "multiply";
            case Layer.Concatenate _ -> "concatenate";
            case Layer.Residual _ -> "residual";
        };
    }

    private static Shape output(String name, Layer layer, List<Shape> inputs) {
        var in = inputs.getFirst();
        return switch (layer) {
            case Layer.Dense(int units) -> {
                require(in.rank() >= 1, "%s: input %s (expected: […, in])", name, in);
                yield withInnermost(in, units);
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
            case Layer.Reshape(var shape) -> {
                require(
                        shape.count() == in.count(),
                        "%s: shape %s (expected: as many elements as its input %s)",
                        name,
                        shape,
                        in);
                yield shape;
            }
            case Layer.Relu _, Layer.Dropout _ -> in;
            case Layer.Add _, Layer.Multiply _ -> {
                for (var other : inputs) {
                    require(other.equals(in), "%s: inputs %s (expected: one shape)", name, inputs);
                }
                yield in;
            }
            case Layer.Concatenate _ -> concatenated(name, inputs);
            case Layer.Residual _ -> throw expanded();
        };
    }

    private static List<ParameterSpec> parameters(
            String name, Layer layer, Shape in, Initializer weights) {
        return switch (layer) {
            case Layer.Dense(int units) ->
                    weightAndBias(name, Shape.of(in.dims().getLast(), units), weights);
            case Layer.Conv2D conv -> {
                int k = conv.kernel();
                yield weightAndBias(name, Shape.of(k, k, in.dim(2), conv.filters()), weights);
            }
            case Layer.Relu _, Layer.MaxPool _, Layer.Flatten _, Layer.Reshape _ -> List.of();
            case Layer.Dropout _, Layer.Add _, Layer.Multiply _, Layer.Concatenate _ -> List.of();
            case Layer.Residual _ -> throw expanded();
        };
    }

    private static List<ParameterSpec> weightAndBias(
            String name, Shape weight, Initializer initializer) {
        var bias = Shape.of(weight.dims().getLast());
        return List.of(
                new ParameterSpec(name + ".weight", weight, initializer),
                new ParameterSpec(name + ".bias", bias, Initializer.ZEROS));
    }

    private static Shape concatenated(String name, List<Shape> inputs) {
        int channels = 0;
        var in = inputs.getFirst();
        for (var other : inputs) {
            boolean fits =
                    other.rank() >= 1 && withInnermost(other, 1).equals(withInnermost(in, 1));
            require(
                    fits,
                    "%s: inputs %s (expected: equal but for the innermost axis)",
                    name,
                    inputs);
            channels += other.dims().getLast();
        }
        return withInnermost(in, channels);
    }

    private static Shape withInnermost(Shape shape, int size) {
        var dims = new ArrayList<>(shape.dims());
        dims.set(dims.size() - 1, size);
        return new Shape(dims);
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
