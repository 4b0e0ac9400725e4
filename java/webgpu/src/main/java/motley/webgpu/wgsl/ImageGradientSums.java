package motley.webgpu.wgsl;

import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;

/// A convolution's gradient in its images as sums: rows are pixels of the images, columns input
/// channels, terms the taps with their output channels, batches the groups.
final class ImageGradientSums implements Sums {
    private final ConvolutionShape shape;
    private final Kernel.Call call;
    private final Bindings bindings;
    private final Buffer dy;
    private final Buffer filters;

    ImageGradientSums(ConvolutionShape shape, Kernel.Call call, GpuMemory memory) {
        this.shape = shape;
        this.call = call;
        bindings = Bindings.of(call, memory);
        dy = call.in().get(0).buffer();
        filters = call.in().get(1).buffer();
    }

    @Override
    public String kind() {
        return "image gradient";
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
        return shape.images().dim(0) * shape.rows() * shape.cols();
    }

    @Override
    public int cols() {
        return shape.in();
    }

    @Override
    public int terms() {
        return shape.filterRows() * shape.filterCols() * shape.out();
    }

    @Override
    public int open(Wgsl to, int tileRows, int tileCols) {
        for (int p = 0; p < tileRows; p++) pixel(to, "row" + p, Integer.toString(p));
        to.loop("r", shape.filterRows());
        to.loop("c", shape.filterCols());
        to.line(
                "let w = (r * %d + c) * %d + batch * %d;",
                shape.filterCols(), shape.in() * shape.outs(), shape.out());
        for (int p = 0; p < tileRows; p++) window(to, "r", "c", Integer.toString(p));
        to.loop("k", shape.out());
        return 3;
    }

    /// The pixel's place beyond the padding, and its image's first result of the group.
    private void pixel(Wgsl to, String row, String p) {
        int pixels = shape.rows() * shape.cols();
        to.line("let top%s = %s / %d %% %d + %d;", p, row, shape.cols(), shape.rows(), shape.top());
        to.line("let left%s = %s %% %d + %d;", p, row, shape.cols(), shape.left());
        to.line(
                "let image%s = %s / %d * %d + batch * %d;",
                p,
                row,
                pixels,
                shape.resultRows() * shape.resultCols() * shape.outs(),
                shape.out());
    }

    /// Which result has the pixel under tap `(r, c)`, if one does.
    private void window(Wgsl to, String r, String c, String p) {
        var spec = shape.spec();
        to.line("let y%s = top%s - %s * %d;", p, p, r, spec.dilationRows());
        to.line("let x%s = left%s - %s * %d;", p, p, c, spec.dilationCols());
        int rowEnd = shape.resultRows() * spec.strideRows();
        int colEnd = shape.resultCols() * spec.strideCols();
        var on =
                "y%s >= 0 && y%s < %d && x%s >= 0 && x%s < %d"
                        .formatted(p, p, rowEnd, p, p, colEnd);
        if (spec.strideRows() > 1) on += " && y%s %% %d == 0".formatted(p, spec.strideRows());
        if (spec.strideCols() > 1) on += " && x%s %% %d == 0".formatted(p, spec.strideCols());
        to.line("let inside%s = %s;", p, on);
        to.line(
                "let l%s = select(0, image%s + (y%s / %d * %d + x%s / %d) * %d, inside%s);",
                p,
                p,
                p,
                spec.strideRows(),
                shape.resultCols(),
                p,
                spec.strideCols(),
                shape.outs(),
                p);
    }

    @Override
    public String left(int p) {
        return "select(0f, %s, inside%d)".formatted(bindings.element(dy, "l" + p + " + k"), p);
    }

    @Override
    public String right(int q) {
        return bindings.element(filters, "w + col%d * %d + k".formatted(q, shape.outs()));
    }

    @Override
    public void leftFactor(Wgsl to) {
        pixel(to, "row", "");
        to.line("let r = term / %d;", shape.filterCols() * shape.out());
        to.line("let c = term / %d %% %d;", shape.out(), shape.filterCols());
        window(to, "r", "c", "");
        to.line("if (!inside) {");
        to.line("return 0f;").end();
        to.line("return %s;", bindings.element(dy, "l + term %% %d".formatted(shape.out())));
    }

    @Override
    public void rightFactor(Wgsl to) {
        to.line(
                "return %s;",
                bindings.element(
                        filters,
                        "(term / %d * %d + col) * %d + batch * %d + term %% %d"
                                .formatted(
                                        shape.out(),
                                        shape.in(),
                                        shape.outs(),
                                        shape.out(),
                                        shape.out())));
    }

    @Override
    public boolean leftByTerms() {
        return true;
    }

    @Override
    public boolean rightByTerms() {
        return true;
    }

    @Override
    public void store(Wgsl to, String row, String col, String sum) {
        var channel = batches() == 1 ? col : "batch * %d + %s".formatted(shape.in(), col);
        var at = "%s * %d + %s".formatted(row, shape.channels(), channel);
        to.line("%s", bindings.store(call.out().buffer(), at, sum));
    }
}
