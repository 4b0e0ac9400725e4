package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import motley.tensor.Shape;

/// A classifier: layers that turn one sample into one logit per class.
///
/// @param name what people call it, such as `mnist-cnn`
/// @param inputShape one sample's shape, `[rows, cols, channel]` for images
/// @param classes number of classes, the length of the last layer's output
public record Model(String name, Shape inputShape, int classes, List<Layer> layers) {
    /// @throws IllegalArgumentException if a layer does not fit the one before it, or the last one
    ///     does not give one logit per class
    public Model {
        layers = List.copyOf(layers);
        require(!layers.isEmpty(), "layers: none (expected: at least 1)");
        var output = Placement.place(inputShape, layers).getLast().output();
        require(
                output.equals(Shape.of(classes)),
                "%s: output %s (expected: [%d], one logit per class)",
                name,
                output,
                classes);
    }

    /// The layers with names, shapes and parameters, in order.
    public List<PlacedLayer> placed() {
        return Placement.place(inputShape, layers);
    }

    /// Every parameter, in the order of the layers: the order of all programs, files and messages.
    public List<ParameterSpec> parameters() {
        return placed().stream().flatMap(layer -> layer.parameters().stream()).toList();
    }

    /// Layers, shapes, parameters and cost; its `toString` is a table.
    public Summary summary() {
        return new Summary(name, inputShape, placed());
    }
}
