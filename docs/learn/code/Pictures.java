// Draws the pictures of the guide: ./motley run docs/learn/code/Pictures.java docs/learn/pictures

import static motley.nn.Layer.*;

import java.util.function.DoubleUnaryOperator;
import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.tensor.*;
import motley.training.*;

void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    Files.createDirectories(folder);
    var pictures = new LinkedHashMap<String, Svg>();
    pictures.put("slope", slope());
    pictures.put("steps", steps());
    pictures.put("moons", moonsPicture());
    pictures.put("activations", activations());
    pictures.put("ravine", ravine());
    pictures.put("schedules", schedules());
    pictures.put("filter", filter());
    pictures.put("overfitting", overfitting());
    pictures.put("attention", attention());
    pictures.put("crowd", crowd());
    for (var name : pictures.keySet()) {
        Files.writeString(folder.resolve(name + ".svg"), pictures.get(name).text());
    }
}

/// A drawing that is readable on a light and on a dark page.
class Svg {
    static final String STYLE =
            """
              <style>
                text { fill: #1f2328; font-size: 14px }
                .soft { fill: #4b535c; font-size: 12.5px }
                .page { fill: #ffffff; stroke: #d0d7de }
                .box { fill: #f3f6fa; stroke: #57606a }
                .grid { stroke: #d0d7de; fill: none }
                .axis { stroke: #57606a; fill: none }
                .a { stroke: #2166ac; fill: none; stroke-width: 2 }
                .b { stroke: #c2510a; fill: none; stroke-width: 2 }
                .c { stroke: #1a7f37; fill: none; stroke-width: 2 }
                .af { fill: #2166ac } .bf { fill: #c2510a } .cf { fill: #1a7f37 }
                .aw { fill: #dbe9f6 } .bw { fill: #fbe3d2 }
                @media (prefers-color-scheme: dark) {
                  text { fill: #e6edf3 }
                  .soft { fill: #b1bac4 }
                  .page { fill: #161b22; stroke: #30363d }
                  .box { fill: #21262d; stroke: #8b949e }
                  .grid { stroke: #30363d }
                  .axis { stroke: #8b949e }
                  .a { stroke: #79b8ff } .b { stroke: #ffa657 } .c { stroke: #56d364 }
                  .af { fill: #79b8ff } .bf { fill: #ffa657 } .cf { fill: #56d364 }
                  .aw { fill: #172b45 } .bw { fill: #45290f }
                }
              </style>
            """;

    private final StringBuilder body = new StringBuilder();
    private final String head;

    Svg(int width, int height, String title) {
        head =
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" \
                height="%2$d" role="img" aria-labelledby="t" font-family="system-ui, \
                -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
                  <title id="t">%3$s</title>
                """
                        .formatted(width, height, title);
        rect("page", 1, 1, width - 2, height - 2);
    }

    Svg add(String format, Object... values) {
        body.append("  ").append(String.format(Locale.ROOT, format, values)).append('\n');
        return this;
    }

    Svg rect(String kind, double x, double y, double width, double height) {
        return add(
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                kind, x, y, width, height);
    }

    Svg line(String kind, double x1, double y1, double x2, double y2) {
        return add("<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>", kind, x1, y1, x2, y2);
    }

    /// A line with a tip at its end.
    Svg arrow(String kind, double x1, double y1, double x2, double y2) {
        double length = Math.hypot(x2 - x1, y2 - y1);
        double dx = 8 * (x2 - x1) / length;
        double dy = 8 * (y2 - y1) / length;
        line(kind, x1, y1, x2 - dx, y2 - dy);
        return add(
                "<path class=\"%sf\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fz\"/>",
                kind, x2, y2,
                x2 - dx - dy / 2, y2 - dy + dx / 2,
                x2 - dx + dy / 2, y2 - dy - dx / 2);
    }

    Svg dot(String kind, double x, double y, double radius) {
        return add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", kind, x, y, radius);
    }

    Svg text(String kind, double x, double y, String anchor, String words) {
        return add(
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                kind, x, y, anchor, words.replace("<", "&lt;"));
    }

    Svg polyline(String kind, List<double[]> points) {
        var path = new StringBuilder();
        for (var p : points) {
            path.append(path.isEmpty() ? "M" : "L")
                    .append(String.format(Locale.ROOT, "%.1f %.1f", p[0], p[1]));
        }
        return add("<path class=\"%s\" d=\"%s\"/>", kind, path);
    }

    String text() {
        return head + STYLE + body + "</svg>\n";
    }
}

/// Where numbers lie on a drawing.
record Frame(Svg svg, double[] x, double[] y, int left, int top, int width, int height) {
    double px(double value) {
        return left + (value - x[0]) / (x[1] - x[0]) * width;
    }

    double py(double value) {
        return top + height - (value - y[0]) / (y[1] - y[0]) * height;
    }

    void axes(String across, String up) {
        svg.line("axis", left, top + height, left + width, top + height);
        svg.line("axis", left, top, left, top + height);
        svg.text("soft", left + width, top + height + 18, "end", across);
        svg.text("soft", left - 4, top - 8, "start", up);
    }

    void curve(String kind, DoubleUnaryOperator f) {
        var points = new ArrayList<double[]>();
        for (int i = 0; i <= 100; i++) {
            double at = x[0] + (x[1] - x[0]) * i / 100;
            points.add(new double[] {px(at), py(f.applyAsDouble(at))});
        }
        svg.polyline(kind, points);
    }
}

double kettle(double w) {
    double[] degrees = {2.1, 3.9, 6.2, 7.8};
    double sum = 0;
    for (int i = 0; i < 4; i++) sum += Math.pow(w * (i + 1) - degrees[i], 2);
    return sum / 4;
}

Svg slope() {
    var svg = new Svg(520, 280, "The loss is a bowl; at w = 1 it falls by 14.85 per unit of w");
    var frame = new Frame(svg, new double[] {0, 4}, new double[] {0, 30}, 50, 40, 430, 200);
    frame.axes("w", "loss");
    frame.curve("a", this::kettle);
    svg.line("b", frame.px(0.3), frame.py(7.375 + 0.7 * 14.85), frame.px(1.45), frame.py(0.69));
    svg.dot("bf", frame.px(1), frame.py(7.375), 5);
    svg.text("", frame.px(1.1), frame.py(10.5), "start", "slope −14.85");
    for (int w = 1; w <= 3; w++) svg.text("soft", frame.px(w), 258, "middle", "" + w);
    return svg;
}

Svg steps() {
    var svg = new Svg(720, 280, "Five steps: rate 0.05 reaches the bottom, rate 0.15 flies off");
    double[] rates = {0.05, 0.15};
    for (int k = 0; k < 2; k++) {
        double[] across = k == 0 ? new double[] {0, 4} : new double[] {-5, 9.5};
        double[] up = {0, k == 0 ? 30 : 400};
        var frame = new Frame(svg, across, up, 40 + 350 * k, 50, 290, 190);
        frame.axes("w", "");
        svg.text("", frame.px(1.9), 32, "middle", "rate " + rates[k]);
        frame.curve("a", this::kettle);
        double w = 0;
        var path = new ArrayList<double[]>();
        for (int step = 0; step <= 5; step++) {
            path.add(new double[] {frame.px(w), frame.py(kettle(w))});
            w -= rates[k] * (kettle(w + 1e-6) - kettle(w - 1e-6)) / 2e-6;
        }
        svg.polyline("b", path);
        for (var p : path) svg.dot("bf", p[0], p[1], 4);
    }
    return svg;
}

/// Four networks, what they say of every place, and the points they learnt from.
Svg moonsPicture() {
    var svg = new Svg(740, 350, "Borders that networks draw between two moons");
    var line = List.<Layer>of(new Dense(2));
    var bent = List.<Layer>of(new Dense(16), new Relu(), new Dense(2));
    int[] epochs = {60, 1, 5, 60};
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        for (int k = 0; k < 4; k++) {
            var layers = (k == 0 ? line : bent).toArray(Layer[]::new);
            var model = Model.sequential("m", TensorType.f32(2), layers);
            var trainer = new Trainer(engine, model, 1);
            var settings = FitSettings.of(epochs[k], 20, "sgd");
            trainer.fit(moons(400, 1), Optional.empty(), settings, epoch -> {});
            var title =
                    k == 0 ? "one layer, a straight border" : "two layers, epoch " + epochs[k];
            border(svg, trainer, new int[] {20 + 360 * (k % 2), 34 + 165 * (k / 2)}, title);
        }
    }
    return svg;
}

void border(Svg svg, Trainer trainer, int[] corner, String title) {
    var frame =
            new Frame(
                    svg, new double[] {-1.5, 2.5}, new double[] {-1, 1.4}, corner[0], corner[1],
                    340, 136);
    svg.text("soft", corner[0], corner[1] - 8, "start", title);
    int columns = 85;
    int rows = 34;
    var places = Tensor.onHeap(TensorType.f32(rows * columns, 2));
    for (int i = 0; i < rows * columns; i++) {
        places.setFloat(2 * i, -1.5f + 4f * (i % columns + 0.5f) / columns);
        places.setFloat(2 * i + 1, 1.4f - 2.4f * (i / columns + 0.5f) / rows);
    }
    var logits = trainer.predict(places);
    svg.rect("aw", corner[0], corner[1], 340, 136);
    for (int row = 0; row < rows; row++) {
        int from = -1;
        for (int column = 0; column <= columns; column++) {
            int i = row * columns + column;
            boolean below =
                    column < columns && logits.getFloat(2 * i + 1) > logits.getFloat(2 * i);
            if (below && from < 0) from = column;
            if (!below && from >= 0) {
                svg.rect("bw", corner[0] + 4 * from, corner[1] + 4 * row, 4 * (column - from), 4.2);
                from = -1;
            }
        }
    }
    var points = moons(400, 1);
    var point = Tensor.onHeap(TensorType.f32(1, 2));
    var moon = Tensor.onHeap(TensorType.i32(1));
    for (int i = 0; i < 120; i++) {
        points.copy(new int[] {i}, point, moon);
        var kind = moon.getInt(0) == 0 ? "af" : "bf";
        svg.dot(kind, frame.px(point.getFloat(0)), frame.py(point.getFloat(1)), 2.5);
    }
}

Svg activations() {
    var svg = new Svg(720, 210, "ReLU, tanh, sigmoid and GELU");
    var names = List.of("ReLU", "tanh", "sigmoid", "GELU");
    var functions =
            List.<DoubleUnaryOperator>of(
                    x -> Math.max(x, 0),
                    Math::tanh,
                    x -> 1 / (1 + Math.exp(-x)),
                    x -> x / 2 * (1 + Math.tanh(0.7978846 * (x + 0.044715 * x * x * x))));
    for (int k = 0; k < 4; k++) {
        double[] across = {-3, 3};
        var frame = new Frame(svg, across, new double[] {-1.2, 3}, 25 + 173 * k, 40, 150, 150);
        svg.line("grid", frame.px(-3), frame.py(0), frame.px(3), frame.py(0));
        svg.line("grid", frame.px(0), frame.py(-1.2), frame.px(0), frame.py(3));
        frame.curve("a", functions.get(k));
        svg.text("", 100 + 173 * k, 28, "middle", names.get(k));
    }
    return svg;
}

Svg ravine() {
    var svg = new Svg(720, 270, "Three ways down a ravine in 40 steps");
    var frame = new Frame(svg, new double[] {-4.4, 1.6}, new double[] {-1, 1}, 15, 45, 690, 210);
    for (double level : new double[] {0.3, 1, 2.5, 5, 9}) {
        var ring = new ArrayList<double[]>();
        double wide = Math.sqrt(2 * level);
        double open = Math.acos(Math.min(1, 1.6 / wide));
        for (int i = 0; i <= 80; i++) {
            double angle = open + 2 * (Math.PI - open) * i / 80;
            double y = Math.sqrt(level / 25) * Math.sin(angle);
            ring.add(new double[] {frame.px(wide * Math.cos(angle)), frame.py(y)});
        }
        svg.polyline("grid", ring);
    }
    String[] kinds = {"a", "b", "c"};
    String[] names = {"plain", "momentum", "Adam"};
    for (int k = 0; k < 3; k++) {
        double[] p = {-4, 0.8};
        double[] m = {0, 0};
        double[] v = {0, 0};
        var path = new ArrayList<double[]>();
        for (int t = 1; t <= 41; t++) {
            path.add(new double[] {frame.px(p[0]), frame.py(p[1])});
            double[] g = {p[0], 50 * p[1]};
            for (int i = 0; i < 2; i++) move(k, p, m, v, g, i, t);
        }
        svg.polyline(kinds[k], path);
        svg.dot(kinds[k] + "f", 30 + 130 * k, 24, 5);
        svg.text("", 42 + 130 * k, 29, "start", names[k]);
    }
    return svg.dot("af", frame.px(-4), frame.py(0.8), 5);
}

/// The rules of Racing.java, for one of two coordinates.
void move(int rule, double[] p, double[] m, double[] v, double[] g, int i, int t) {
    switch (rule) {
        case 0 -> p[i] -= 0.036 * g[i];
        case 1 -> {
            m[i] = 0.8 * m[i] + g[i];
            p[i] -= 0.03 * m[i];
        }
        default -> {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            double square = v[i] / (1 - Math.pow(0.999, t));
            p[i] -= 0.4 * m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(square) + 1e-8);
        }
    }
}

Svg schedules() {
    var svg = new Svg(720, 190, "Rates over 100 steps: stepwise, cosine, one-cycle, warm-up");
    var schedules =
            List.of(
                    new Schedule.Stepwise(0.1, 40, 0.1),
                    new Schedule.Cosine(0.1, 0),
                    new Schedule.OneCycle(0.1),
                    new Schedule.WarmUp(20, new Schedule.Cosine(0.1, 0)));
    var names = List.of("stepwise", "cosine", "one-cycle", "warm-up, cosine");
    for (int k = 0; k < 4; k++) {
        var schedule = schedules.get(k);
        double[] across = {1, 100};
        var frame = new Frame(svg, across, new double[] {0, 0.11}, 25 + 173 * k, 40, 150, 110);
        frame.axes("step", "");
        frame.curve("a", step -> schedule.rate(Math.round(step), 100));
        svg.text("", 100 + 173 * k, 26, "middle", names.get(k));
    }
    return svg;
}

Tensor firstDigit() {
    var mnist = ImageDataset.in(Path.of(System.getProperty("motley.datasets"), "mnist"));
    var image = Tensor.onHeap(TensorType.f32(1, 28, 28, 1));
    mnist.readTrain().copy(new int[] {0}, image, Tensor.onHeap(TensorType.i32(1)));
    return image;
}

Svg filter() {
    var svg = new Svg(700, 290, "A filter of nine numbers turns a digit into its upper edges");
    var image = firstDigit().toFloats();
    for (int i = 0; i < 784; i++) {
        if (image[i] > 0.05) pixel(svg, "cf", 20 + 9 * (i % 28), 25 + 9 * (i / 28), image[i]);
    }
    svg.add("<rect class=\"b\" x=\"%d\" y=\"%d\" width=\"27\" height=\"27\"/>", 20 + 99, 25 + 72);
    double[][] edge = {{-1, -1, -1}, {0, 0, 0}, {1, 1, 1}};
    for (int i = 0; i < 9; i++) {
        int left = 300 + 34 * (i % 3);
        int top = 95 + 34 * (i / 3);
        var text = new String[] {"−1", "0", "1"}[i / 3];
        svg.rect("box", left, top, 34, 34).text("", left + 17, top + 22, "middle", text);
    }
    svg.arrow("b", 150, 110, 296, 125).arrow("b", 406, 146, 442, 146);
    for (int i = 0; i < 676; i++) {
        float sum = 0;
        for (int k = 0; k < 9; k++) {
            int row = i / 26 + k / 3;
            sum += (float) (edge[k / 3][k % 3] * image[row * 28 + i % 26 + k % 3]);
        }
        var kind = sum > 0 ? "af" : "bf";
        double strength = Math.min(1, Math.abs(sum) / 3);
        if (strength > 0.05) pixel(svg, kind, 450 + 9 * (i % 26), 30 + 9 * (i / 26), strength);
    }
    return svg.text("soft", 351, 222, "middle", "the filter")
            .text("soft", 567, 282, "middle", "blue: above 0, orange: below");
}

void pixel(Svg svg, String kind, int x, int y, double strength) {
    svg.add(
            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"9\" height=\"9\" opacity=\"%.2f\"/>",
            kind, x, y, strength);
}

Svg overfitting() {
    var svg = new Svg(600, 290, "The loss of seen digits goes to 0, that of unseen ones does not");
    var frame = new Frame(svg, new double[] {1, 20}, new double[] {0, 1.8}, 50, 40, 440, 210);
    frame.axes("epoch", "loss");
    var mnist = ImageDataset.in(Path.of(System.getProperty("motley.datasets"), "mnist"));
    var seen = new ArrayList<double[]>();
    var unseen = new ArrayList<double[]>();
    var model =
            Model.sequential(
                    "digits", TensorType.f32(28, 28, 1), new Flatten(), new Dense(128),
                    new Relu(), new Dropout(0), new Dense(10));
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        new Trainer(engine, model, 1)
                .fit(
                        mnist.readTrain().part(0, 400),
                        Optional.of(mnist.readTrain().part(10_000, 1000)),
                        FitSettings.of(20, 20, "adam"),
                        e -> {
                            double x = frame.px(e.number());
                            seen.add(new double[] {x, frame.py(e.train().loss())});
                            double loss = e.validation().orElseThrow().loss();
                            unseen.add(new double[] {x, frame.py(loss)});
                        });
    }
    svg.polyline("a", seen).polyline("b", unseen);
    svg.text("", 498, unseen.getLast()[1] + 5, "start", "unseen");
    return svg.text("", 498, seen.getLast()[1] + 2, "start", "seen");
}

Svg attention() {
    var svg = new Svg(620, 330, "Which earlier words each word looks at");
    String[] words = {"the", "old", "cats", "near", "the", "tree", "sleep"};
    double[][] looks = {
        {1}, {.4, .6}, {.2, .3, .5}, {.1, .1, .6, .2}, {.1, .1, .2, .5, .1},
        {.05, .1, .15, .2, .4, .1}, {.05, .05, .7, .05, .05, .05, .05}
    };
    for (int row = 0; row < 7; row++) {
        svg.text("", 130, 75 + 36 * row, "end", words[row]);
        svg.text("", 162 + 60 * row, 36, "middle", words[row]);
        for (int column = 0; column < 7; column++) {
            svg.rect("box", 135 + 60 * column, 50 + 36 * row, 56, 32);
            if (column > row) continue;
            svg.add(
                    "<rect class=\"af\" x=\"%d\" y=\"%d\" width=\"56\" height=\"32\""
                            + " opacity=\"%.2f\"/>",
                    135 + 60 * column, 50 + 36 * row, looks[row][column]);
        }
    }
    return svg.text("soft", 345, 319, "middle", "each row adds up to 1; the future is closed");
}

Svg crowd() {
    var svg = new Svg(700, 260, "Devices take tasks, their answers are added, one update follows");
    String[] names = {"laptop", "desktop", "old phone"};
    String[] tasks = {"tasks 1, 4, 5, 8", "tasks 2, 6, 7", "task 3"};
    for (int i = 0; i < 3; i++) {
        int top = 24 + 76 * i;
        svg.rect("box", 190, top, 150, 60);
        svg.text("", 265, top + 26, "middle", names[i]);
        svg.text("soft", 265, top + 46, "middle", tasks[i]);
        svg.arrow("a", 120, 130, 190, top + 30).arrow("a", 340, top + 30, 420, 130);
    }
    svg.rect("box", 20, 100, 100, 60).text("", 70, 126, "middle", "weights");
    svg.text("soft", 70, 146, "middle", "version 17");
    svg.rect("box", 420, 100, 110, 60).text("", 475, 126, "middle", "exact sum");
    svg.text("soft", 475, 146, "middle", "of 8 answers");
    svg.rect("box", 580, 100, 100, 60).text("", 630, 126, "middle", "weights");
    svg.text("soft", 630, 146, "middle", "version 18");
    return svg.arrow("a", 530, 130, 580, 130);
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
