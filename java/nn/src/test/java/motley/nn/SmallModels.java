package motley.nn;

import java.util.List;
import motley.nn.Layer.Border;
import motley.nn.Layer.Conv2D;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Flatten;
import motley.nn.Layer.MaxPool;
import motley.nn.Layer.Relu;
import motley.tensor.Shape;

/// Models small enough for the reference, the same as in tools/golden/training.py.
final class SmallModels {
    private SmallModels() {}

    static Model cnn() {
        return model(
                Shape.of(8, 8, 1),
                new Conv2D(4, 3),
                new Relu(),
                new Conv2D(8, 3),
                new Relu(),
                new MaxPool(2),
                new Flatten(),
                new Dense(16),
                new Relu(),
                new Dense(10));
    }

    static Model mlp() {
        return model(
                Shape.of(8, 8, 1),
                new Flatten(),
                new Dense(24),
                new Relu(),
                new Dense(16),
                new Relu(),
                new Dense(10));
    }

    static Model strided() {
        return model(
                Shape.of(8, 7, 2),
                new Conv2D(4, 3, 2, Border.SAME),
                new Relu(),
                new Conv2D(6, 2, 1, Border.SAME),
                new Relu(),
                new Flatten(),
                new Dense(10));
    }

    static Model model(Shape input, Layer... layers) {
        return new Model("small", input, 10, List.of(layers));
    }
}
