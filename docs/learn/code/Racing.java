// Page 6: how to go down faster.

import static motley.nn.Layer.*;

import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.tensor.*;
import motley.training.*;

void main() {
    ravine();
    race();
    rates();
}

/// The loss ½·x² + 25·y²: a valley that is steep across and flat along.
double loss(double[] p) {
    return 0.5 * p[0] * p[0] + 25 * p[1] * p[1];
}

double[] slope(double[] p) {
    return new double[] {p[0], 50 * p[1]};
}

void ravine() {
    IO.println("loss after    0 steps       10       20       40");
    walk("plain", this::plain);
    walk("momentum", this::momentum);
    walk("adam", this::adam);
}

/// Moves `p` by one step, number `t` from 1 on; `m` and `v` are its memory.
interface Rule {
    void step(double[] p, double[] m, double[] v, int t);
}

void plain(double[] p, double[] m, double[] v, int t) {
    var g = slope(p);
    for (int i = 0; i < p.length; i++) {
        p[i] -= 0.036 * g[i];
    }
}

void momentum(double[] p, double[] m, double[] v, int t) {
    var g = slope(p);
    for (int i = 0; i < p.length; i++) {
        m[i] = 0.8 * m[i] + g[i];
        p[i] -= 0.03 * m[i];
    }
}

void adam(double[] p, double[] m, double[] v, int t) {
    var g = slope(p);
    for (int i = 0; i < p.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        double mean = m[i] / (1 - Math.pow(0.9, t));
        double square = v[i] / (1 - Math.pow(0.999, t));
        p[i] -= 0.4 * mean / (Math.sqrt(square) + 1e-8);
    }
}

void walk(String name, Rule rule) {
    double[] p = {-4, 0.8};
    double[] m = {0, 0};
    double[] v = {0, 0};
    var line = new StringBuilder("%-10s %10.4f".formatted(name, loss(p)));
    for (int t = 1; t <= 40; t++) {
        rule.step(p, m, v, t);
        if (t == 10 || t == 20 || t == 40) line.append(" %8.4f".formatted(loss(p)));
    }
    IO.println(line);
}

/// The same network and the same moons, six optimizers.
void race() {
    IO.println();
    IO.println("loss in epoch           1      5     20");
    var model =
            Model.sequential(
                    "moons", TensorType.f32(2), new Dense(16), new Relu(), new Dense(2));
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        for (var optimizer :
                List.of("sgd:momentum=0", "sgd", "nesterov", "rmsprop", "adam", "lion")) {
            var trainer = new Trainer(engine, model, 1);
            var settings = FitSettings.of(20, 20, optimizer).withRate(rate(optimizer));
            var epochs = trainer.fit(moons(400, 1), Optional.empty(), settings, epoch -> {});
            IO.println(
                    "%-18s %6.3f %6.3f %6.3f"
                            .formatted(
                                    optimizer,
                                    epochs.get(0).train().loss(),
                                    epochs.get(4).train().loss(),
                                    epochs.get(19).train().loss()));
        }
    }
}

Schedule rate(String optimizer) {
    return new Schedule.Constant(
            switch (optimizer) {
                case "rmsprop" -> 0.01;
                case "adam" -> 0.03;
                case "lion" -> 0.005;
                default -> 0.05;
            });
}

/// The rate at five moments of a run of 100 steps.
void rates() {
    IO.println();
    IO.println("rate at step               1     25     50     75    100");
    for (var schedule :
            List.of(
                    new Schedule.Constant(0.1),
                    new Schedule.Stepwise(0.1, 40, 0.1),
                    new Schedule.Cosine(0.1, 0),
                    new Schedule.OneCycle(0.1),
                    new Schedule.WarmUp(20, new Schedule.Cosine(0.1, 0)))) {
        var line = new StringBuilder("%-20s".formatted(schedule.getClass().getSimpleName()));
        for (int step : new int[] {1, 25, 50, 75, 100}) {
            line.append(" %6.3f".formatted(schedule.rate(step, 100)));
        }
        IO.println(line);
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
