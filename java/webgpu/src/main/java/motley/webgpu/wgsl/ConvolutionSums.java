package motley.webgpu.wgsl;

import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;

/// A convolution as sums: rows are pixels of the results, columns output channels, terms the taps
/// of the filters with their input channels, batches the groups. No matrix of patches is made.
final class ConvolutionSums implements Sums {
    private final ConvolutionShape shape;
    private final boolean isInside;
    private final Kernel.Call call;
    private final Bindings bindings;
    private final Buffer images;
    private final Buffer filters;

    ConvolutionSums(ConvolutionShape shape, Kernel.Call call, GpuMemory memory) {
        this.shape = shape;
        isInside = shape.isInside();
        this.call = call;
        bindings = Bindings.of(call, memory);
        images = call.in().get(0).buffer();
        filters = call.in().get(1).buffer();
    }

    @Override
    public String kind() {
        return "convolution";
    }

    @Override
    public Bindings bindings() {
        return bindings;
    }

    @Override
    public int batches() {
        return shape.spec().groups();
    }

    @Override
    public int rows() {
        return shape.results().dim(0) * shape.resultRows() * shape.resultCols();
    }

    @Override
    public int cols() {
        return shape.out();
    }

    @Override
    public int terms() {
        return shape.filterRows() * shape.filterCols() * shape.in();
    }

    @Override
    public int open(Wgsl to, int tileRows, int tileCols) {
        var spec = shape.spec();
        for (int p = 0; p < tileRows; p++) pixel(to, "row" + p, Integer.toString(p));
        to.loop("r", shape.filterRows());
        to.loop("c", shape.filterCols());
        to.line(
                "let w = (r * %d + c) * %d + batch * %d;",
                shape.filterCols(), shape.in() * shape.outs(), shape.out());
        for (int p = 0; p < tileRows; p++) {
            to.line("let y%d = top%d + r * %d;", p, p, spec.dilationRows());
            to.line("let x%d = left%d + c * %d;", p, p, spec.dilationCols());
            var at =
                    "image%d + (y%d * %d + x%d) * %d"
                            .formatted(p, p, shape.cols(), p, shape.channels());
            if (isInside) {
                to.line("let l%d = %s;", p, at);
                continue;
            }
            to.line(
                    "let inside%d = y%d >= 0 && y%d < %d && x%d >= 0 && x%d < %d;",
                    p, p, p, shape.rows(), p, p, shape.cols());
            to.line("let l%d = select(0, %s, inside%d);", p, at, p);
        }
        to.loop("k", shape.in());
        return 3;
    }

    /// Where the window of a result begins, and its image's first element of the group.
    private void pixel(Wgsl to, String row, String p) {
        int pixels = shape.resultRows() * shape.resultCols();
        to.line(
                "let top%s = %s / %d %% %d * %d - %d;",
                p,
                row,
                shape.resultCols(),
                shape.resultRows(),
                shape.spec().strideRows(),
                shape.top());
        to.line(
                "let left%s = %s %% %d * %d - %d;",
                p, row, shape.resultCols(), shape.spec().strideCols(), shape.left());
        to.line(
                "let image%s = %s / %d * %d + batch * %d;",
                p, row, pixels, shape.rows() * shape.cols() * shape.channels(), shape.in());
    }

    @Override
    public String left(int p) {
        var element = bindings.element(images, "l" + p + " + k");
        return isInside ? element : "select(0f, %s, inside%d)".formatted(element, p);
    }

    @Override
    public String right(int q) {
        return bindings.element(filters, "w + k * %d + col%d".formatted(shape.outs(), q));
    }

    @Override
    public void leftFactor(Wgsl to) {
        pixel(to, "row", "");
        int in = shape.in();
        to.line(
                "let y = top + term / %d * %d;",
                shape.filterCols() * in, shape.spec().dilationRows());
        to.line(
                "let x = left + term / %d %% %d * %d;",
                in, shape.filterCols(), shape.spec().dilationCols());
        if (!isInside) {
            to.line("if (y < 0 || y >= %d || x < 0 || x >= %d) {", shape.rows(), shape.cols());
            to.line("return 0f;").end();
        }
        to.line(
                "return %s;",
                bindings.element(
                        images,
                        "image + (y * %d + x) * %d + term %% %d"
                                .formatted(shape.cols(), shape.channels(), in)));
    }

    @Override
    public void rightFactor(Wgsl to) {
        to.line(
                "return %s;",
                bindings.element(
                        filters,
                        "term * %d + batch * %d + col".formatted(shape.outs(), shape.out())));
    }

    @Override
    public boolean leftByTerms() {
        return true;
    }

    @Override
    public boolean rightByTerms() {
        return false;
    }

    @Override
    public String place(Wgsl to, String row, String p) {
        to.line("let out%s = %s * %d;", p, row, shape.outs());
        return "";
    }

    @Override
    public void store(Wgsl to, String p, String col, String sum) {
        var channel = batches() == 1 ? col : "batch * %d + %s".formatted(shape.out(), col);
        var at = "out%s + %s".formatted(p, channel);
        var out = call.out().buffer();
        if (call.epilogue() == Kernel.Epilogue.NONE) {
            to.line("%s", bindings.store(out, at, sum));
            return;
        }
        var biased = sum + " + " + bindings.element(call.in().get(2).buffer(), channel);
        if (call.epilogue() == Kernel.Epilogue.BIAS) {
            to.line("%s", bindings.store(out, at, biased));
            return;
        }
        to.line("{");
        to.line("let biased = %s;", biased);
        to.line("%s", bindings.store(out, at, "select(biased, 0f, biased <= 0f)")).end();
    }
}
