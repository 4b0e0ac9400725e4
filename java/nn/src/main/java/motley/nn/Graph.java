package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
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
    private static final String SAMPLE = "sample";

    private final List<Node> nodes = new ArrayList<>();

    /// What the sample or a layer gives.
    ///
    /// @param number 0 for the sample, `i + 1` for layer `i`
    public record Value(int number) {}

    /// One sample.
    public Value sample() {
        return new Value(0);
    }

    /// What `block` makes of `in`: a layer takes as many values as it says, a pattern of layers
    /// takes one.
    ///
    /// @throws IllegalArgumentException if one of `in` is not of this graph
    public Value apply(Block block, Value... in) {
        return switch (block) {
            case Layer layer -> append(layer, in);
            case Block.Sequence(var blocks) -> row(blocks, only(in));
            case Block.Residual(var body, var shortcut) -> {
                var x = only(in);
                var y = row(body, x);
                yield append(new Layer.Add(), y, row(shortcut, x));
            }
            case Block.Initialized(var inner, var weights) -> {
                int first = nodes.size();
                var y = apply(inner, in);
                beginWith(weights, first);
                yield y;
            }
        };
    }

    /// The layers that were applied since `count` of them were there keep their parameters.
    ///
    /// @param count as [#size] said
    public void freezeSince(int count) {
        for (int i = count; i < nodes.size(); i++) nodes.set(i, nodes.get(i).asFrozen());
    }

    /// Layers so far.
    public int size() {
        return nodes.size();
    }

    /// What the layer of that name gives, as [PlacedLayer] names it: its kind and its number among
    /// that kind, from 1, such as `conv2`. `sample` is one sample.
    public Optional<Value> named(String name) {
        if (name.equals(SAMPLE)) return Optional.of(sample());
        var seen = new HashMap<String, Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            var kind = Placement.kind(nodes.get(i).layer());
            if (name.equals(kind + seen.merge(kind, 1, Integer::sum))) {
                return Optional.of(new Value(i + 1));
            }
        }
        return Optional.empty();
    }

    /// The layers from `first` on that have no initializer of their own get this one.
    private void beginWith(Initializer weights, int first) {
        for (int i = first; i < nodes.size(); i++) {
            var node = nodes.get(i);
            if (node.initializer().isPresent()) continue;
            nodes.set(i, new Node(node.layer(), node.in(), Optional.of(weights), node.frozen()));
        }
    }

    private Value append(Layer layer, Value... in) {
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
        return new Model(name, input, new Loss.CrossEntropy(), nodes);
    }

    /// The model whose output is the value made last.
    public Model model(String name, TensorType input, Loss loss) {
        return new Model(name, input, loss, nodes);
    }

    /// `blocks` one after another, from the sample on.
    static List<Node> chain(List<? extends Block> blocks) {
        var graph = new Graph();
        graph.row(blocks, graph.sample());
        return List.copyOf(graph.nodes);
    }

    private Value row(List<? extends Block> blocks, Value from) {
        var value = from;
        for (var block : blocks) value = apply(block, value);
        return value;
    }

    private static Value only(Value... in) {
        require(in.length == 1, "values: %d (expected: 1)", in.length);
        return in[0];
    }
}
