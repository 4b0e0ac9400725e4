package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.Optional;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Layers that turn one sample into one output, and the loss that compares it with a target.
///
/// A model is a graph without cycles: [#sequential] puts layers in a row, [Graph] connects them
/// freely, and a [Block.Residual] in a row is the most common branch.
///
/// @param name what people call it, such as `mnist-cnn`
/// @param input one sample's type: f32, `[rows, cols, channel]` for images; or i32, such as the
///     numbers of tokens `[time]`
/// @param loss decides, with the last layer's shape, what targets are
/// @param nodes each after those it reads; the last one's value is the output
public record Model(String name, TensorType input, Loss loss, List<Node> nodes) {
    /// A layer and the values it reads.
    ///
    /// @param in numbers of values: 0 is the sample, `i + 1` what node `i` makes
    /// @param initializer of its weights, that is, of the parameters that do not begin as
    ///     constants; empty: the layer's usual one
    /// @param frozen whether its parameters keep their values; a batch normalisation then uses its
    ///     running mean and variance in training too
    public record Node(
            Layer layer, List<Integer> in, Optional<Initializer> initializer, boolean frozen) {
        public Node {
            in = List.copyOf(in);
        }

        public Node(Layer layer, List<Integer> in, Optional<Initializer> initializer) {
            this(layer, in, initializer, false);
        }

        /// The same, whose parameters keep their values.
        public Node asFrozen() {
            return new Node(layer, in, initializer, true);
        }

        public Node(Layer layer, List<Integer> in) {
            this(layer, in, Optional.empty());
        }
    }

    /// @throws IllegalArgumentException if a layer does not fit what it reads, or the loss not the
    ///     output
    public Model {
        nodes = List.copyOf(nodes);
        require(!nodes.isEmpty(), "layers: none (expected: at least 1)");
        loss.target(Placement.place(input, nodes).getLast().output());
    }

    /// A classifier of f32 samples: one logit per class.
    ///
    /// @param classes number of classes, the length of the last layer's output
    /// @throws IllegalArgumentException also if the last layer gives something else
    public Model(String name, Shape input, int classes, List<Layer> layers) {
        this(name, new TensorType(DType.F32, input), new Loss.CrossEntropy(), Graph.chain(layers));
        require(
                outputShape().equals(Shape.of(classes)),
                "%s: output %s (expected: [%d], one logit per class)",
                name,
                outputShape(),
                classes);
    }

    /// A classifier: blocks in a row, and a class for each position of the last one's output, whose
    /// innermost axis holds the logits.
    public static Model sequential(String name, TensorType input, Block... blocks) {
        return new Model(name, input, new Loss.CrossEntropy(), Graph.chain(List.of(blocks)));
    }

    /// The same layers under another loss.
    public Model with(Loss other) {
        return new Model(name, input, other, nodes);
    }

    /// One sample's target.
    public TensorType target() {
        return loss.target(outputShape());
    }

    /// One sample's shape.
    public Shape inputShape() {
        return input.shape();
    }

    /// One sample's output.
    public Shape outputShape() {
        return placed().getLast().output();
    }

    /// Whether the last layer turns what the loss compares into a prediction: a [Layer.Softmax]
    /// under a cross-entropy, a [Layer.Sigmoid] under the logistic one, [Layer.Heads]. Training and
    /// evaluation then read the layer before it, which is the same mathematically and keeps all
    /// digits; only [TrainingPrograms#predict] gives its result.
    public boolean hasLink() {
        if (nodes.size() < 2 || nodes.getLast().in().equals(List.of(0))) return false;
        return switch (nodes.getLast().layer()) {
            case Layer.Softmax _ ->
                    switch (loss) {
                        case Loss.CrossEntropy _,
                                Loss.CategoricalCrossEntropy _,
                                Loss.Divergence _ ->
                                true;
                        default -> false;
                    };
            case Layer.Sigmoid _ -> loss instanceof Loss.BinaryCrossEntropy;
            case Layer.Heads _ -> true;
            default -> false;
        };
    }

    /// The number of the value that the loss reads, counted as in [Node#in].
    int logits() {
        return hasLink() ? nodes.getLast().in().getFirst() : nodes.size();
    }

    /// The length of the output's innermost axis: the number of classes, if it is a classifier.
    public int classes() {
        var output = outputShape();
        return output.rank() == 0 ? 1 : output.dims().getLast();
    }

    /// The layers with names, shapes and parameters, in order.
    public List<PlacedLayer> placed() {
        return Placement.place(input, nodes);
    }

    /// Every parameter, in the order of the layers: the order of all programs, files and messages.
    public List<ParameterSpec> parameters() {
        return placed().stream().flatMap(layer -> layer.parameters().stream()).toList();
    }

    /// Layers, shapes, parameters and cost; its `toString` is a table.
    public Summary summary() {
        return new Summary(name, input, placed());
    }
}
