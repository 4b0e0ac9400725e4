// Page 10: many devices, any order, one result.

import static motley.nn.Layer.*;

import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.program.*;
import motley.tensor.*;
import motley.training.*;

void main() {
    float a = 4e6f;
    float b = -4e6f;
    float c = 0.1f;
    IO.println("(a + b) + c = " + ((a + b) + c));
    IO.println("a + (b + c) = " + (a + (b + c)));
    IO.println("fixed point: " + value(fixed(a) + fixed(b) + fixed(c)));
    IO.println("fixed point: " + value(fixed(a) + (fixed(b) + fixed(c))));

    IO.println();
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        for (var crew : List.of("anna", "anna ben", "anna ben cleo dan eve")) {
            var devices = crew.split(" ");
            IO.println("%d devices".formatted(devices.length));
            IO.println("  float sums   " + train(engine, devices.length, false));
            IO.println("  exact sums   " + train(engine, devices.length, true));
        }
    }
}

/// A number as a multiple of 2⁻⁴⁰.
long fixed(float x) {
    return Math.round(x * 0x1p40);
}

float value(long fixed) {
    return (float) (fixed * 0x1p-40);
}

/// 30 rounds of 8 tasks of 25 points each, answered in whatever order the devices have today.
///
/// @return a checksum of the weights
String train(Engine engine, int devices, boolean exact) {
    var model =
            Model.sequential(
                    "moons", TensorType.f32(2), new Dense(16), new Relu(), new Dense(2));
    var weights = new Trainer(engine, model, 1).weights(); // the first ones
    var moons = moons(200, 1);
    var device = new Device(engine, model);
    var today = new Random(devices);
    for (int round = 0; round < 30; round++) {
        var tasks = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));
        Collections.shuffle(tasks, today); // who is fast answers first
        var sum = new Sum(weights, exact);
        for (int task : tasks) sum.add(device.answer(weights, moons.part(25 * task, 25)));
        for (int p = 0; p < weights.size(); p++) {
            var w = weights.get(p);
            for (int i = 0; i < w.shape().count(); i++) {
                w.setFloat(i, w.getFloat(i) - 0.5f * sum.at(p, i) / 200);
            }
        }
    }
    var checksum = new java.util.zip.CRC32();
    for (var w : weights) checksum.update(w.data().asByteBuffer());
    return "%08x".formatted(checksum.getValue());
}

/// Has a program, and computes with the weights and the points it is given.
class Device {
    final TrainingProgram.Gradient gradient;
    final Executable executable;

    Device(Engine engine, Model model) {
        gradient = TrainingPrograms.gradient(model, 25);
        executable = engine.prepare(gradient.program(), List.of());
        var counts = Tensor.onHeap(TensorType.f32(25));
        for (int i = 0; i < 25; i++) counts.setFloat(i, 1);
        executable.write(gradient.weights(), counts);
    }

    /// The sum of the points' gradients, for each parameter.
    List<Tensor> answer(List<Tensor> weights, Samples points) {
        var inputs = Tensor.onHeap(TensorType.f32(25, 2));
        var targets = Tensor.onHeap(TensorType.i32(25));
        points.copy(IntStream.range(0, 25).toArray(), inputs, targets);
        executable.write(gradient.inputs(), inputs);
        executable.write(gradient.targets(), targets);
        for (int p = 0; p < weights.size(); p++) {
            executable.write(gradient.parameters().at(p), weights.get(p));
        }
        executable.run();
        var sums = weights.stream().map(w -> Tensor.onHeap(w.type())).toList();
        for (int p = 0; p < sums.size(); p++) {
            executable.read(gradient.gradients().at(p), sums.get(p));
        }
        return sums;
    }
}

/// Adds up answers, either as floats or as whole multiples of 2⁻⁴⁰.
class Sum {
    final boolean exact;
    final List<float[]> floats = new ArrayList<>();
    final List<long[]> longs = new ArrayList<>();

    Sum(List<Tensor> shapes, boolean exact) {
        this.exact = exact;
        for (var shape : shapes) {
            floats.add(new float[shape.shape().count()]);
            longs.add(new long[shape.shape().count()]);
        }
    }

    void add(List<Tensor> gradients) {
        for (int p = 0; p < gradients.size(); p++) {
            for (int i = 0; i < floats.get(p).length; i++) {
                floats.get(p)[i] += gradients.get(p).getFloat(i);
                longs.get(p)[i] += fixed(gradients.get(p).getFloat(i));
            }
        }
    }

    float at(int p, int i) {
        return exact ? value(longs.get(p)[i]) : floats.get(p)[i];
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
