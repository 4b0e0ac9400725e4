package motley.webgpu.wgsl;

import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;

/// A convolution's gradient in its images as sums: rows are pixels of the images, columns input
/// channels, terms the taps with their output channels, batches the groups, each in all
/// [phases][WindowAxis].
final class ImageGradientSums implements Sums {
    private final ConvolutionShape shape;
    private final WindowAxis down;
    private final WindowAxis across;
    private final Kernel.Call call;
    private final Bindings bindings;
    private final Buffer dy;
    private final Buffer filters;

    ImageGradientSums(ConvolutionShape shape, Kernel.Call call, GpuMemory memory) {
        this.shape = shape;
        this.call = call;
        down = shape.down();
        across = shape.across();
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
        return shape.spec().groups() * phases();
    }

    private int phases() {
        return down.phases() * across.phases();
    }

    @Override
    public int rows() {
        return shape.images().dim(0) * down.places() * across.places();
    }

    @Override
    public int cols() {
        return shape.in();
    }

    @Override
    public int terms() {
        return down.taps() * across.taps() * shape.out();
    }

    @Override
    public void begin(Wgsl to) {
        if (phases() == 1) {
            to.line("let channel_group = batch;");
            return;
        }
        to.line("let channel_group = batch / %d;", phases());
        to.line("let phase_down = batch / %d %% %d;", across.phases(), down.phases());
        to.line("let phase_across = batch %% %d;", across.phases());
        to.line("let taps_down = %s;", down.taps("phase_down"));
        to.line("let taps_across = %s;", across.taps("phase_across"));
    }

    @Override
    public String termsOfBatch() {
        boolean equal =
                shape.filterRows() % down.phases() == 0
                        && shape.filterCols() % across.phases() == 0;
        return equal
                ? Integer.toString(terms())
                : "taps_down * taps_across * %d".formatted(shape.out());
    }

    @Override
    public int open(Wgsl to, int tileRows, int tileCols) {
        for (int p = 0; p < tileRows; p++) pixel(to, "row" + p, Integer.toString(p));
        to.line("for (var r = 0; r < %s; r++) {", tapsDown());
        to.line("for (var c = 0; c < %s; c++) {", tapsAcross());
        to.line(
                "let w = %s * %d + channel_group * %d;",
                tap("r", "c"), shape.in() * shape.outs(), shape.out());
        for (int p = 0; p < tileRows; p++) window(to, "r", "c", Integer.toString(p));
        to.loop("k", shape.out());
        return 3;
    }

    private String tapsDown() {
        return phases() == 1 ? Integer.toString(shape.filterRows()) : "taps_down";
    }

    private String tapsAcross() {
        return phases() == 1 ? Integer.toString(shape.filterCols()) : "taps_across";
    }

    /// The number of a phase's tap `(r, c)` among all of the filter.
    private String tap(String r, String c) {
        if (phases() == 1) return "(%s * %d + %s)".formatted(r, shape.filterCols(), c);
        return "((%s * %d + phase_down) * %d + %s * %d + phase_across)"
                .formatted(r, down.phases(), shape.filterCols(), c, across.phases());
    }

    /// The pixel's place in its phase, and its image's first result of the group.
    private void pixel(Wgsl to, String row, String p) {
        to.line("let down%s = %s;", p, placeDown(row));
        to.line("let across%s = %s;", p, placeAcross(row));
        to.line(
                "let image%s = %s / %d * %d + channel_group * %d;",
                p,
                row,
                down.places() * across.places(),
                shape.resultRows() * shape.resultCols() * shape.outs(),
                shape.out());
    }

    private String placeDown(String row) {
        return "%s / %d %% %d + %d".formatted(row, across.places(), down.places(), down.first());
    }

    private String placeAcross(String row) {
        return "%s %% %d + %d".formatted(row, across.places(), across.first());
    }

    /// Which result has the pixel under tap `(r, c)`, if one does.
    private void window(Wgsl to, String r, String c, String p) {
        var on = down.meet(to, "i" + p, "down" + p, r);
        var in = across.meet(to, "j" + p, "across" + p, c);
        to.line("let inside%s = %s && %s;", p, on, in);
        to.line(
                "let l%s = select(0, image%s + (i%s * %d + j%s) * %d, inside%s);",
                p, p, p, shape.resultCols(), p, shape.outs(), p);
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
        to.line("let r = term / %d / %s;", shape.out(), tapsAcross());
        to.line("let c = term / %d %% %s;", shape.out(), tapsAcross());
        window(to, "r", "c", "");
        to.line("if (!inside) {");
        to.line("return 0f;").end();
        to.line("return %s;", bindings.element(dy, "l + term %% %d".formatted(shape.out())));
    }

    @Override
    public void rightFactor(Wgsl to) {
        to.line("let tap = term / %d;", shape.out());
        var tap = phases() == 1 ? "tap" : tap("(tap / taps_across)", "tap % taps_across");
        to.line(
                "return %s;",
                bindings.element(
                        filters,
                        "(%s * %d + col) * %d + channel_group * %d + term %% %d"
                                .formatted(
                                        tap, shape.in(), shape.outs(), shape.out(), shape.out())));
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
    public String place(Wgsl to, String row, String p) {
        if (phases() == 1) {
            to.line(
                    "let out%s = %s * %d + channel_group * %d;",
                    p, row, shape.channels(), shape.in());
            return "";
        }
        to.line(
                "let y%s = (%s) * %d + phase_down - %d;",
                p, placeDown(row), down.phases(), shape.top());
        to.line(
                "let x%s = (%s) * %d + phase_across - %d;",
                p, placeAcross(row), across.phases(), shape.left());
        to.line(
                "let out%s = ((%s / %d * %d + y%s) * %d + x%s) * %d + channel_group * %d;",
                p,
                row,
                down.places() * across.places(),
                shape.rows(),
                p,
                shape.cols(),
                p,
                shape.channels(),
                shape.in());
        if (down.isWhole() && across.isWhole()) return "";
        return "y%s >= 0 && y%s < %d && x%s >= 0 && x%s < %d"
                .formatted(p, p, shape.rows(), p, p, shape.cols());
    }

    @Override
    public void store(Wgsl to, String p, String col, String sum) {
        to.line("%s", bindings.store(call.out().buffer(), "out%s + %s".formatted(p, col), sum));
    }
}
