package motley.webgpu.wgsl;

import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;

/// A convolution's gradient in its filters as sums: rows are the taps with their input channels,
/// columns output channels, terms the pixels of the results, batches the groups.
final class FilterGradientSums implements Sums {
    private final ConvolutionShape shape;
    private final boolean isInside;
    private final Kernel.Call call;
    private final Bindings bindings;
    private final Buffer images;
    private final Buffer dy;

    FilterGradientSums(ConvolutionShape shape, Kernel.Call call, GpuMemory memory) {
        this.shape = shape;
        isInside = shape.isInside();
        this.call = call;
        bindings = Bindings.of(call, memory);
        images = call.in().get(0).buffer();
        dy = call.in().get(1).buffer();
    }

    @Override
    public String kind() {
        return "filter gradient";
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
        return shape.filterRows() * shape.filterCols() * shape.in();
    }

    @Override
    public int cols() {
        return shape.out();
    }

    @Override
    public int terms() {
        return shape.results().dim(0) * shape.resultRows() * shape.resultCols();
    }

    @Override
    public int open(Wgsl to, int tileRows, int tileCols) {
        for (int p = 0; p < tileRows; p++) tap(to, "row" + p, Integer.toString(p));
        int image = shape.rows() * shape.cols() * shape.channels();
        to.loop("b", shape.results().dim(0));
        to.loop("i", shape.resultRows());
        to.line(
                "let d = (b * %d + i) * %d + batch * %d;",
                shape.resultRows(), shape.resultCols() * shape.outs(), shape.out());
        for (int p = 0; p < tileRows; p++) {
            to.line("let y%d = top%d + i * %d;", p, p, shape.spec().strideRows());
            if (!isInside) to.line("let on%d = y%d >= 0 && y%d < %d;", p, p, p, shape.rows());
            to.line(
                    "let line%d = b * %d + y%d * %d + channel%d;",
                    p, image, p, shape.cols() * shape.channels(), p);
        }
        to.loop("j", shape.resultCols());
        for (int p = 0; p < tileRows; p++) {
            to.line("let x%d = left%d + j * %d;", p, p, shape.spec().strideCols());
            var at = "line%d + x%d * %d".formatted(p, p, shape.channels());
            if (isInside) {
                to.line("let l%d = %s;", p, at);
                continue;
            }
            to.line("let inside%d = on%d && x%d >= 0 && x%d < %d;", p, p, p, p, shape.cols());
            to.line("let l%d = select(0, %s, inside%d);", p, at, p);
        }
        return 3;
    }

    /// Where the tap of a row lies in the window of the first result, and its channel.
    private void tap(Wgsl to, String row, String p) {
        int in = shape.in();
        to.line(
                "let top%s = %s / %d * %d - %d;",
                p, row, shape.filterCols() * in, shape.spec().dilationRows(), shape.top());
        to.line(
                "let left%s = %s / %d %% %d * %d - %d;",
                p, row, in, shape.filterCols(), shape.spec().dilationCols(), shape.left());
        to.line("let channel%s = %s %% %d + batch * %d;", p, row, in, in);
    }

    @Override
    public String left(int p) {
        var element = bindings.element(images, "l" + p);
        return isInside ? element : "select(0f, %s, inside%d)".formatted(element, p);
    }

    @Override
    public String right(int q) {
        return bindings.element(dy, "d + j * %d + col%d".formatted(shape.outs(), q));
    }

    @Override
    public void leftFactor(Wgsl to) {
        tap(to, "row", "");
        int pixels = shape.resultRows() * shape.resultCols();
        to.line(
                "let y = top + term / %d %% %d * %d;",
                shape.resultCols(), shape.resultRows(), shape.spec().strideRows());
        to.line("let x = left + term %% %d * %d;", shape.resultCols(), shape.spec().strideCols());
        if (!isInside) {
            to.line("if (y < 0 || y >= %d || x < 0 || x >= %d) {", shape.rows(), shape.cols());
            to.line("return 0f;").end();
        }
        to.line(
                "return %s;",
                bindings.element(
                        images,
                        "((term / %d * %d + y) * %d + x) * %d + channel"
                                .formatted(pixels, shape.rows(), shape.cols(), shape.channels())));
    }

    @Override
    public void rightFactor(Wgsl to) {
        to.line(
                "return %s;",
                bindings.element(
                        dy, "term * %d + batch * %d + col".formatted(shape.outs(), shape.out())));
    }

    @Override
    public boolean leftByTerms() {
        return false;
    }

    @Override
    public boolean rightByTerms() {
        return false;
    }

    @Override
    public String place(Wgsl to, String row, String p) {
        to.line("let out%s = %s * %d + batch * %d;", p, row, shape.outs(), shape.out());
        return "";
    }

    @Override
    public void store(Wgsl to, String p, String col, String sum) {
        to.line("%s", bindings.store(call.out().buffer(), "out%s + %s".formatted(p, col), sum));
    }
}
