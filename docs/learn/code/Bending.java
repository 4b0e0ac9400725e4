// Page 5: layers on layers, and what stands between them.

import static motley.nn.Layer.*;

import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.tensor.*;
import motley.training.*;

void main() {
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        var train = moons(400, 1);
        var test = moons(400, 2);

        var models =
                List.of(
                        model("one layer", new Dense(2)),
                        model("two layers", new Dense(16), new Dense(2)),
                        model("with ReLU", new Dense(16), new Relu(), new Dense(2)),
                        model("with tanh", new Dense(16), new Tanh(), new Dense(2)),
                        model(
                                "three layers",
                                new Dense(16),
                                new Relu(),
                                new Dense(16),
                                new Relu(),
                                new Dense(2)));
        IO.println("               numbers   loss   right");
        Trainer last = null;
        for (var model : models) {
            var trainer = new Trainer(engine, model, 1);
            var settings = FitSettings.of(60, 20, "sgd");
            trainer.fit(train, Optional.empty(), settings, epoch -> {});
            var score = trainer.evaluate(test);
            IO.println(
                    "%-14s %7d %6.3f %5.1f %%"
                            .formatted(
                                    model.name(),
                                    model.summary().parameterCount(),
                                    score.loss(),
                                    100 * score.accuracy()));
            last = trainer;
        }
        draw(last, test);
    }
}

Model model(String name, Layer... layers) {
    return Model.sequential(name, TensorType.f32(2), layers);
}

/// What the model says of every place, and the first 60 points.
void draw(Trainer trainer, Samples points) {
    int rows = 17;
    int columns = 64;
    var places = Tensor.onHeap(TensorType.f32(rows * columns, 2));
    for (int i = 0; i < rows * columns; i++) {
        places.setFloat(2 * i, -1.5f + 4f * (i % columns) / columns);
        places.setFloat(2 * i + 1, 1.4f - 2.4f * (i / columns) / rows);
    }
    var logits = trainer.predict(places); // [place, class]

    var text = new StringBuilder();
    for (int i = 0; i < rows * columns; i++) {
        boolean isBelow = logits.getFloat(2 * i + 1) > logits.getFloat(2 * i);
        text.append(isBelow ? '·' : ' ');
    }
    for (int i = 0; i < 60; i++) {
        var point = Tensor.onHeap(TensorType.f32(1, 2));
        var moon = Tensor.onHeap(TensorType.i32(1));
        points.copy(new int[] {i}, point, moon);
        int column = Math.round((point.getFloat(0) + 1.5f) / 4 * columns);
        int row = Math.round((1.4f - point.getFloat(1)) / 2.4f * rows);
        text.setCharAt(row * columns + column, moon.getInt(0) == 0 ? 'o' : 'x');
    }
    IO.println();
    for (int row = 0; row < rows; row++) {
        IO.println(text.substring(row * columns, (row + 1) * columns).stripTrailing());
    }
}

/// Two half circles that reach into each other: class 0 above, class 1 below.
ArraySamples moons(int count, long seed) {
    var random = new Random(seed);
    var points = Tensor.onHeap(TensorType.f32(count, 2));
    var classes = Tensor.onHeap(TensorType.i32(count));
    for (int i = 0; i < count; i++) {
        int moon = i % 2;
        double angle = Math.PI * random.nextDouble();
        double x = moon == 0 ? StrictMath.cos(angle) : 1 - StrictMath.cos(angle);
        double y = moon == 0 ? StrictMath.sin(angle) : 0.5 - StrictMath.sin(angle);
        points.setFloat(2 * i, (float) (x + 0.3 * (random.nextDouble() - 0.5)));
        points.setFloat(2 * i + 1, (float) (y + 0.3 * (random.nextDouble() - 0.5)));
        classes.setInt(i, moon);
    }
    return ArraySamples.of(points, classes);
}
