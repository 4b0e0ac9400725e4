// Page 4: one step downhill, then many, then a straight line between two moons.

import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.program.*;
import motley.tensor.*;

void main() {
    kettle(0.05);
    kettle(0.15);

    var model = Model.sequential("line", TensorType.f32(2), new Layer.Dense(2));
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        var weights = train(engine, model, moons(200, 1));
        draw(engine, model, weights);
    }
}

/// Five steps of the loss of page 3: w ← w - rate·slope.
void kettle(double rate) {
    float[] minutes = {1, 2, 3, 4};
    float[] degrees = {2.1f, 3.9f, 6.2f, 7.8f};
    double w = 0;
    var path = new StringBuilder("rate %.2f: 0".formatted(rate));
    for (int step = 0; step < 5; step++) {
        double slope = 0;
        for (int i = 0; i < minutes.length; i++) {
            slope += 2 * (w * minutes[i] - degrees[i]) * minutes[i] / minutes.length;
        }
        w -= rate * slope;
        path.append(" → %.3f".formatted(w));
    }
    IO.println(path);
}

/// Stochastic gradient descent: 20 points a step, 10 steps an epoch, 20 epochs.
List<Tensor> train(Engine engine, Model model, Samples moons) {
    int batch = 20;
    double rate = 0.5;
    var weights = List.of(zeros(2, 2), zeros(2));

    var gradient = TrainingPrograms.gradient(model, batch);
    var executable = engine.prepare(gradient.program(), List.of());
    executable.write(gradient.weights(), filled(1, batch)); // every sample counts

    IO.println();
    for (int epoch = 0; epoch < 20; epoch++) {
        double lossSum = 0;
        var order = new SampleOrder(1, epoch, moons.count());
        for (int first = 0; first < moons.count(); first += batch) {
            var inputs = zeros(batch, 2);
            var targets = Tensor.onHeap(TensorType.i32(batch));
            moons.copy(order.samples(first, batch), inputs, targets);

            for (int p = 0; p < weights.size(); p++) {
                executable.write(gradient.parameters().at(p), weights.get(p));
            }
            executable.write(gradient.inputs(), inputs);
            executable.write(gradient.targets(), targets);
            executable.run();

            for (int p = 0; p < weights.size(); p++) {
                var slopes = Tensor.onHeap(weights.get(p).type());
                executable.read(gradient.gradients().at(p), slopes);
                descend(weights.get(p), slopes, rate / batch);
            }
            var loss = Tensor.onHeap(TensorType.f32());
            executable.read(gradient.lossSum(), loss);
            lossSum += loss.getFloat(0);
        }
        if (epoch % 5 == 0 || epoch == 19) {
            IO.println("epoch %2d  loss %.4f".formatted(epoch, lossSum / moons.count()));
        }
    }
    return weights;
}

/// w ← w - rate·slope, for every number of a tensor.
void descend(Tensor weights, Tensor slopes, double rate) {
    for (int i = 0; i < weights.shape().count(); i++) {
        weights.setFloat(i, (float) (weights.getFloat(i) - rate * slopes.getFloat(i)));
    }
}

/// Two half circles that reach into each other: class 0 above, class 1 below.
ArraySamples moons(int count, long seed) {
    var random = new Random(seed);
    var points = zeros(count, 2);
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

/// What the model says of every place, and the first 60 points.
void draw(Engine engine, Model model, List<Tensor> weights) {
    int rows = 17;
    int columns = 64;
    var places = zeros(rows * columns, 2);
    for (int i = 0; i < rows * columns; i++) {
        places.setFloat(2 * i, -1.5f + 4f * (i % columns) / columns);
        places.setFloat(2 * i + 1, 1.4f - 2.4f * (i / columns) / rows);
    }
    var params = new ArrayList<>(weights);
    params.add(places);
    var predict = TrainingPrograms.predict(model, rows * columns).program();
    var logits = engine.run(predict, params.toArray(Tensor[]::new)).getFirst();

    var text = new StringBuilder();
    for (int i = 0; i < rows * columns; i++) {
        boolean isBelow = logits.getFloat(2 * i + 1) > logits.getFloat(2 * i);
        text.append(isBelow ? '·' : ' ');
    }
    var moons = moons(200, 1);
    var points = zeros(200, 2);
    var classes = Tensor.onHeap(TensorType.i32(200));
    moons.copy(IntStream.range(0, 200).toArray(), points, classes);
    for (int i = 0; i < 60; i++) {
        int column = Math.round((points.getFloat(2 * i) + 1.5f) / 4 * columns);
        int row = Math.round((1.4f - points.getFloat(2 * i + 1)) / 2.4f * rows);
        text.setCharAt(row * columns + column, classes.getInt(i) == 0 ? 'o' : 'x');
    }
    IO.println();
    for (int row = 0; row < rows; row++) {
        IO.println(text.substring(row * columns, (row + 1) * columns).stripTrailing());
    }
}

Tensor zeros(Integer... dims) {
    return Tensor.onHeap(TensorType.f32(dims));
}

Tensor filled(float value, int count) {
    var tensor = zeros(count);
    for (int i = 0; i < count; i++) tensor.setFloat(i, value);
    return tensor;
}
