package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import motley.nn.Model.Node;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// Puts layers in their places: names them, infers their shapes and lists their parameters.
final class Placement {
    private Placement() {}

    /// @throws IllegalArgumentException if a layer does not fit its input, naming both
    static List<PlacedLayer> place(TensorType input, List<Node> nodes) {
        var placed = new ArrayList<PlacedLayer>();
        var seen = new HashMap<String, Integer>();
        var types = new ArrayList<>(List.of(input));
        for (int i = 0; i < nodes.size(); i++) {
            var node = nodes.get(i);
            var kind = kind(node.layer());
            var name = kind + seen.merge(kind, 1, Integer::sum);
            requireEarlier(name, node.in(), i);
            var inputs = node.in().stream().map(types::get).toList();
            var output = new LayerShapes(name).output(node.layer(), inputs);
            var weights =
                    isRectified(nodes, i + 1)
                            ? Initializers.HE_UNIFORM
                            : Initializers.GLOROT_UNIFORM;
            var usual = new LayerParameters(name, weights).of(node.layer(), inputs.getFirst());
            var begun = node.initializer().map(chosen -> begunWith(chosen, usual)).orElse(usual);
            var parameters = node.frozen() ? fixed(begun) : begun;
            placed.add(new PlacedLayer(name, i, node, inputs, output, parameters));
            types.add(new TensorType(DType.F32, output));
        }
        return List.copyOf(placed);
    }

    /// The same parameters; those that do not begin as constants begin with `initializer`.
    private static List<ParameterSpec> begunWith(
            Initializer initializer, List<ParameterSpec> usual) {
        return usual.stream()
                .map(
                        spec ->
                                spec.initializer() instanceof Initializer.Constant
                                        ? spec
                                        : spec.with(initializer))
                .toList();
    }

    private static List<ParameterSpec> fixed(List<ParameterSpec> usual) {
        return usual.stream().map(ParameterSpec::fixed).toList();
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

    /// Whether a ReLU takes that value.
    private static boolean isRectified(List<Node> nodes, int value) {
        return nodes.stream()
                .anyMatch(n -> n.layer() instanceof Layer.Relu && n.in().contains(value));
    }

    /// What a layer is named after; a number follows.
    static String kind(Layer layer) {
        return switch (layer) {
            case Layer.Dense _ -> "dense";
            case Layer.Embedding _ -> "embedding";
            case Layer.Conv1D _, Layer.Conv2D _ -> "conv";
            case Layer.DepthwiseConv2D _ -> "depthwise";
            case Layer.TransposedConv2D _ -> "transposed";
            case Layer.Pooling _ -> "pool";
            case Layer.Flatten _ -> "flatten";
            case Layer.Reshape _ -> "reshape";
            case Layer.Part _ -> "part";
            case Layer.Backwards _ -> "backwards";
            case Layer.Frame _ -> "frame";
            case Layer.Enlarge _ -> "enlarge";
            case Layer.Standardise _ -> "standardise";
            case Layer.Dropout _ -> "dropout";
            case Layer.BatchNorm _ -> "batchnorm";
            case Layer.LayerNorm _ -> "layernorm";
            case Layer.GroupNorm _ -> "groupnorm";
            case Layer.RmsNorm _ -> "rmsnorm";
            case Layer.Attention _ -> "attention";
            case Layer.LearnedPositions _, Layer.SinusoidalPositions _ -> "positions";
            case Layer.Lstm _ -> "lstm";
            case Layer.Gru _ -> "gru";
            case Layer.Add _ -> "add";
            case Layer.Multiply _ -> "multiply";
            case Layer.Concatenate _ -> "concatenate";
            case Layer.Relu _ -> "relu";
            case Layer.LeakyRelu _ -> "leakyrelu";
            case Layer.CappedRelu _ -> "cappedrelu";
            case Layer.Elu _ -> "elu";
            case Layer.Softplus _ -> "softplus";
            case Layer.Heads _ -> "heads";
            case Layer.Gelu _ -> "gelu";
            case Layer.Silu _ -> "silu";
            case Layer.Sigmoid _ -> "sigmoid";
            case Layer.Tanh _ -> "tanh";
            case Layer.Softmax _ -> "softmax";
        };
    }
}
