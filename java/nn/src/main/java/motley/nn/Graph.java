package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import motley.nn.Model.Node;
import motley.tensor.TensorType;

/// Builds a [Model] by connecting layers.
///
/// ```java
/// var g = new Graph();
/// var x = g.apply(new Conv2D(16, 3, 1, SAME), g.sample());
/// var y = g.apply(new Relu(), x);
/// var sum = g.apply(new Add(), x, y);
/// var model = g.classifier("two-ways", TensorType.f32(28, 28, 1));
/// ```
public final class Graph {
    private final List<Node> nodes = new ArrayList<>();

    /// What the sample or a layer gives.
    ///
    /// @param number 0 for the sample, `i + 1` for layer `i`
    public record Value(int number) {}

    /// One sample.
    public Value sample() {
        return new Value(0);
    }

    /// What `layer` makes of `in`. A [Layer.Residual] becomes the layers it consists of.
    ///
    /// @throws IllegalArgumentException if `in` are not as many as the layer reads, or not of this
    ///     graph
    public Value apply(Layer layer, Value... in) {
        if (layer instanceof Layer.Residual(var body, var shortcut)) {
            require(in.length == 1, "residual: %d values (expected: 1)", in.length);
            return apply(new Layer.Add(), row(body, in[0]), row(shortcut, in[0]));
        }
        boolean merges = Placement.merges(layer);
        require(
                merges ? in.length >= 2 : in.length == 1,
                "%s: %d values (expected: %s)",
                Placement.kind(layer),
                in.length,
                merges ? "2 or more" : "1");
        var numbers = new ArrayList<Integer>();
        for (var value : in) {
            require(
                    value.number >= 0 && value.number <= nodes.size(),
                    "value: %d (expected: one of this graph, 0 to %d)",
                    value.number,
                    nodes.size());
            numbers.add(value.number);
        }
        nodes.add(new Node(layer, numbers));
        return new Value(nodes.size());
    }

    /// The classifier whose logits are the value made last.
    public Model classifier(String name, TensorType input) {
        return Model.classifier(name, input, nodes);
    }

    /// The model whose output is the value made last.
    public Model model(String name, TensorType input, TensorType target, Loss loss) {
        return new Model(name, input, target, loss, nodes);
    }

    /// `layers` one after another, from the sample on.
    static List<Node> chain(List<Layer> layers) {
        var graph = new Graph();
        graph.row(layers, graph.sample());
        return List.copyOf(graph.nodes);
    }

    private Value row(List<Layer> layers, Value from) {
        var value = from;
        for (var layer : layers) value = apply(layer, value);
        return value;
    }
}
