package motley.nn;

import java.util.List;
import motley.nn.Layer.Conv2D;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Flatten;
import motley.nn.Layer.MaxPool;
import motley.nn.Layer.Relu;
import motley.tensor.Shape;

/// The models that have a name.
public final class Models {
    private static final List<Model> ALL = List.of(mnistCnn(), mnistMlp());

    private Models() {}

    /// @throws IllegalArgumentException if no model has that name; the message lists those there
    /// are
    public static Model named(String name) {
        return ALL.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "model: %s (expected: one of %s)"
                                                .formatted(name, String.join(", ", names()))));
    }

    /// The names [#named] knows, in a fixed order.
    public static List<String> names() {
        return ALL.stream().map(Model::name).toList();
    }

    /// Two convolutions, a pooling, two dense layers: 1.2 million parameters.
    private static Model mnistCnn() {
        return new Model(
                "mnist-cnn",
                Shape.of(28, 28, 1),
                10,
                List.of(
                        new Conv2D(32, 3), // [26, 26, 32]
                        new Relu(),
                        new Conv2D(64, 3), // [24, 24, 64]
                        new Relu(),
                        new MaxPool(2), // [12, 12, 64]
                        new Flatten(), // [9216]
                        new Dense(128),
                        new Relu(),
                        new Dense(10)));
    }

    /// Three dense layers: half a million parameters.
    private static Model mnistMlp() {
        return new Model(
                "mnist-mlp",
                Shape.of(28, 28, 1),
                10,
                List.of(
                        new Flatten(), // [784]
                        new Dense(512),
                        new Relu(),
                        new Dense(256),
                        new Relu(),
                        new Dense(10)));
    }
}
