package motley.webgpu.wgsl;

import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.program.Op;
import motley.program.Window;
import motley.tensor.Shape;

/// Pooling and its gradients. A gradient gathers: each element of the images looks at the windows
/// that hold it, in row-major order, so that none is added to by two invocations.
final class PoolShaders {
    private final Kernel.Call call;
    private final Bindings bindings;
    private final GpuMemory memory;
    private final Window window;
    private final Shape images;
    private final Shape results;

    private PoolShaders(
            Kernel.Call call, GpuMemory memory, Window window, Shape images, Shape results) {
        this.call = call;
        this.memory = memory;
        bindings = Bindings.of(call, memory);
        this.window = window;
        this.images = images;
        this.results = results;
    }

    static Launch launch(Op.Windowed op, Kernel.Call call, GpuMemory memory) {
        var in = call.in().getFirst().type().shape();
        var out = call.out().type().shape();
        return switch (op) {
            case Op.MaxPool(var window) ->
                    new PoolShaders(call, memory, window, in, out).pick(x(call));
            case Op.MaxPoolPick(var window) ->
                    new PoolShaders(call, memory, window, in, out).pick(call.in().get(1).buffer());
            case Op.MaxPoolGradient(var window) -> {
                var windows = call.in().get(1).type().shape();
                yield new PoolShaders(call, memory, window, in, windows).largestGradient();
            }
            case Op.AveragePool(var window) ->
                    new PoolShaders(call, memory, window, in, out).average();
            case Op.AveragePoolGradient(var window, var shape) ->
                    new PoolShaders(call, memory, window, shape, in).averageGradient();
        };
    }

    private static Buffer x(Kernel.Call call) {
        return call.in().getFirst().buffer();
    }

    private Launch pick(Buffer taken) {
        var body = new Wgsl();
        index(body, results);
        body.line("let channel = at %% %d;", channels());
        winner(body, "i", "j");
        body.line(
                "%s", bindings.store(call.out().buffer(), "at", bindings.element(taken, "winner")));
        return each(body);
    }

    private Launch average() {
        var body = new Wgsl();
        index(body, results);
        body.line("let channel = at %% %d;", channels());
        body.line("var sum = 0f;");
        covered(body, "i", "j");
        body.line("sum += %s;", bindings.element(x(call), position("r", "c"))).end().end();
        var mean = "sum / %sf".formatted(size());
        body.line("%s", bindings.store(call.out().buffer(), "at", mean));
        return each(body);
    }

    private Launch averageGradient() {
        var body = new Wgsl();
        index(body, images);
        body.line("let channel = at %% %d;", channels());
        body.line("var sum = 0f;");
        covering(body);
        body.line("sum += %s / %sf;", bindings.element(x(call), result()), size());
        body.end().end();
        body.line("%s", bindings.store(call.out().buffer(), "at", "sum"));
        return each(body);
    }

    private Launch largestGradient() {
        var body = new Wgsl();
        index(body, images);
        body.line("let channel = at %% %d;", channels());
        body.line("var sum = 0f;");
        covering(body);
        winner(body, "wi", "wj");
        body.line("if (winner == at) {");
        body.line("sum += %s;", bindings.element(call.in().get(1).buffer(), result()));
        body.end().end().end();
        body.line("%s", bindings.store(call.out().buffer(), "at", "sum"));
        return each(body);
    }

    private Launch each(Wgsl body) {
        return Launch.each(CallShaders.elements(call), bindings, "", body, memory.limits());
    }

    private int channels() {
        return images.dim(3);
    }

    private String size() {
        return Float.toHexString((float) window.rows() * window.cols());
    }

    /// Batch, row and column of `at` in `shape`.
    private void index(Wgsl to, Shape shape) {
        to.line("let b = at / %d;", shape.dim(1) * shape.dim(2) * shape.dim(3));
        to.line("let i = at / %d %% %d;", shape.dim(2) * shape.dim(3), shape.dim(1));
        to.line("let j = at / %d %% %d;", shape.dim(3), shape.dim(2));
    }

    private String position(String row, String col) {
        return "((b * %d + %s) * %d + %s) * %d + channel"
                .formatted(images.dim(1), row, images.dim(2), col, channels());
    }

    private String result() {
        return "((b * %d + wi) * %d + wj) * %d + channel"
                .formatted(results.dim(1), results.dim(2), channels());
    }

    /// Opens two blocks over the pixels `r`, `c` of window `(i, j)` that are not padding.
    private void covered(Wgsl to, String i, String j) {
        along(
                to,
                "r",
                i,
                window.strideRows(),
                window.padding().top(),
                window.rows(),
                images.dim(1));
        along(
                to,
                "c",
                j,
                window.strideCols(),
                window.padding().left(),
                window.cols(),
                images.dim(2));
    }

    private static void along(
            Wgsl to, String name, String index, int stride, int before, int size, int extent) {
        var first = "%s * %d - %d".formatted(index, stride, before);
        to.line(
                "for (var %s = max(0, %s); %s < min(%d, %s + %d); %s++) {",
                name, first, name, extent, first, size, name);
    }

    /// Opens two blocks over the windows `wi`, `wj` that hold pixel `(i, j)`.
    private void covering(Wgsl to) {
        over(
                to,
                "wi",
                "i + " + window.padding().top(),
                window.strideRows(),
                window.rows(),
                results.dim(1));
        over(
                to,
                "wj",
                "j + " + window.padding().left(),
                window.strideCols(),
                window.cols(),
                results.dim(2));
    }

    /// Windows `w` with `w·stride ≤ at < w·stride + size`.
    private static void over(Wgsl to, String name, String at, int stride, int size, int extent) {
        to.line(
                "for (var %s = max(0, (%s - %d) / %d); %s < min(%d, (%s) / %d + 1); %s++) {",
                name, at, size - stride, stride, name, extent, at, stride, name);
        to.line("if (%s * %d + %d <= %s) { continue; }", name, stride, size, at);
    }

    /// The position of the first NaN of a window, else of its first largest element.
    private void winner(Wgsl to, String i, String j) {
        to.line("var winner = -1;");
        to.line("var best = 0f;");
        covered(to, i, j);
        to.line("let here = %s;", position("r", "c"));
        to.line("let candidate = %s;", bindings.element(x(call), "here"));
        to.line("if (winner < 0 || beats(candidate, best)) {");
        to.line("winner = here;").line("best = candidate;").end().end().end();
    }
}
