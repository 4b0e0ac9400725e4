package motley.wasm;

import static motley.wasm.binary.Instruction.F32X4_ADD;
import static motley.wasm.binary.Instruction.V128_LOAD;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;

/// Writes the gradient of a convolution in its filters: weights that are neighbours are the rows of
/// a tile, output channels its columns, and the walk goes over the pixels of an image.
final class FilterGradientCode {
    private static final int BYTES = 4;
    private static final int VECTOR = 16;

    private final Rendering rendering;
    private final Code c;
    private final FilterForm form;
    private final int images;
    private final boolean depthwise;
    private final Canvas canvas;
    private final Rendering.Scratch scratch;

    /// @param images how many of them are walked over: all, or those of some shares
    private record Form(FilterForm form, int images, boolean depthwise) {}

    /// Adds what shares have come to.
    private record Addition(int shares, int elements) {}

    private FilterGradientCode(Rendering rendering, Code c, Form all) {
        this.rendering = rendering;
        this.c = c;
        form = all.form;
        images = all.images;
        depthwise = all.depthwise;
        long panels = (long) Packing.rowsFor(form.pixels()) * TileForm.COLUMNS_MAX * BYTES;
        long canvasBytes = Canvas.bytes(form.rows(), form.cols(), form.inPixel());
        scratch = rendering.scratch(partialBytes(form), panels + canvasBytes);
        int at = Math.toIntExact(panels);
        canvas = new Canvas(form.rows(), form.cols(), form.inPixel(), scratch, at);
    }

    /// Of the sums of all shares, where there are several.
    private static long partialBytes(FilterForm form) {
        long share = (long) form.filterElements() * BYTES;
        return form.shares() == 1 ? 0 : form.shares() * share + VECTOR;
    }

    /// Some shares of the batch, which a thread of its own may walk over.
    ///
    /// @param first the number of the first, counted from 0
    record Shares(FilterForm form, boolean depthwise, int first, int count) {
        Shares of(Division.Range range) {
            return new Shares(form, depthwise, range.first(), range.count());
        }

        int firstImage() {
            return first * form.shareImages();
        }

        int images() {
            return Math.min(form.batch(), (first + count) * form.shareImages()) - firstImage();
        }
    }

    /// Writes a call that leaves the sums of some shares where [#addition] finds them; the result
    /// itself, if there is one share.
    static void shares(Rendering rendering, Code c, Shares shares, Kernel.Call call) {
        var form = shares.form();
        var own = new Form(form, shares.images(), shares.depthwise());
        var function =
                rendering.form(
                        own,
                        FunctionType.ofInts(3),
                        body -> new FilterGradientCode(rendering, body, own).write());
        int image = form.rows().size() * form.cols().size() * form.inPixel();
        int result = form.pixels() * form.outPixel();
        int share = form.filterElements();
        int to =
                form.shares() == 1
                        ? rendering.address(call.out().buffer())
                        : rendering.scratch(partialBytes(form), 0).shared();
        c.i32(rendering.address(call.in().get(0).buffer()) + shares.firstImage() * image * BYTES);
        c.i32(rendering.address(call.in().get(1).buffer()) + shares.firstImage() * result * BYTES);
        c.i32(to + shares.first() * share * BYTES);
        c.call(function);
    }

    /// Writes a call that adds the sums of all shares in order; nothing, if there is one share.
    static void addition(Rendering rendering, Code c, FilterForm form, Kernel.Call call) {
        if (form.shares() == 1) return;
        var addition = new Addition(form.shares(), form.filterElements());
        var function =
                rendering.form(addition, FunctionType.ofInts(2), body -> addShares(body, addition));
        c.i32(rendering.scratch(partialBytes(form), 0).shared());
        c.i32(rendering.address(call.out().buffer()));
        c.call(function);
    }

    private int shareBytes() {
        return form.filterElements() * BYTES;
    }

    private void write() {
        canvas.clear(c);
        var x = copyOf(c.param(0));
        var dy = copyOf(c.param(1));
        var to = copyOf(c.param(2));
        int each = form.shareImages();
        int whole = images / each;
        int rest = images % each;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        share(x, dy, to, each);
                        c.increase(to, shareBytes());
                    });
        }
        if (rest > 0) share(x, dy, to, rest);
    }

    private Local copyOf(Local place) {
        var copy = c.i32Local();
        c.get(place).set(copy);
        return copy;
    }

    private void share(Local x, Local dy, Local to, int images) {
        image(x, dy, to, TileForm.Start.ZERO);
        if (images > 1) {
            c.repeat(images - 1, () -> image(x, dy, to, TileForm.Start.CONTINUE));
        }
    }

    private void image(Local x, Local dy, Local to, TileForm.Start start) {
        var place = c.i32Local();
        canvas.open(c, x, place);
        if (depthwise) channels(place, dy, to, start);
        else groups(place, dy, to, start);
        c.increase(x, canvas.imageBytes());
        c.increase(dy, form.pixels() * outBytes());
    }

    private int outBytes() {
        return form.outPixel() * BYTES;
    }

    // ---- Tiles -----------------------------------------------------------------------------

    private void groups(Local place, Local dy, Local to, TileForm.Start start) {
        var a = copyOf(place);
        var from = copyOf(dy);
        var target = copyOf(to);
        int whole = form.out() / TileForm.COLUMNS_MAX;
        int rest = form.out() % TileForm.COLUMNS_MAX;
        c.repeat(
                form.groups(),
                () -> {
                    if (whole > 0) {
                        c.repeat(whole, () -> panel(a, from, target, TileForm.COLUMNS_MAX, start));
                    }
                    if (rest > 0) panel(a, from, target, rest, start);
                    c.increase(a, form.in() * BYTES);
                });
    }

    /// All weights for some output channels; `dy` and `to` move behind them.
    private void panel(Local place, Local dy, Local to, int columns, TileForm.Start start) {
        boolean inPlace = columns * BYTES == outBytes() && columns % Lanes.ALL == 0;
        int bStep = inPlace ? outBytes() : TileForm.panelColumns(columns) * BYTES;
        var b = copyOf(dy);
        if (!inPlace) {
            scratch.push(c, 0);
            c.set(b);
            Packing.call(rendering, c, dy, b, form.pixels(), columns, outBytes(), BYTES);
        }
        boolean together = form.groups() == 1 && form.cols().dilation() == 1;
        int stretches = together ? 1 : form.cols().taps();
        int weights = together ? form.cols().taps() * form.in() : form.in();
        var tile = tile(columns, bStep, start);
        var row = copyOf(place);
        var target = copyOf(to);
        c.repeat(
                form.rows().taps(),
                () -> {
                    var a = copyOf(row);
                    c.repeat(
                            stretches,
                            () -> {
                                var places = new Rows.Places(a, b, target, BYTES, outBytes());
                                Rows.call(rendering, c, tile, weights, places);
                                c.increase(a, form.cols().dilation() * canvas.pixelBytes());
                                c.increase(target, weights * outBytes());
                            });
                    c.increase(row, form.rows().dilation() * canvas.rowBytes());
                });
        c.increase(dy, columns * BYTES);
        c.increase(to, columns * BYTES);
    }

    private TileForm tile(int columns, int bStep, TileForm.Start start) {
        var byRow =
                new TileForm.Level(form.rows().outputs(), form.rows().stride() * canvas.rowBytes());
        var byColumn =
                new TileForm.Level(
                        form.cols().outputs(), form.cols().stride() * canvas.pixelBytes());
        return new TileForm(
                TileForm.ROWS_MAX,
                columns,
                BYTES,
                List.of(byRow, byColumn),
                bStep,
                outBytes(),
                start,
                TileForm.End.PLAIN);
    }

    // ---- Channels apart --------------------------------------------------------------------

    private void channels(Local place, Local dy, Local to, TileForm.Start start) {
        var row = copyOf(place);
        var target = copyOf(to);
        c.repeat(
                form.rows().taps(),
                () -> {
                    var tap = copyOf(row);
                    c.repeat(
                            form.cols().taps(),
                            () -> {
                                tap(tap, dy, target, start);
                                c.increase(tap, form.cols().dilation() * canvas.pixelBytes());
                                c.increase(target, outBytes());
                            });
                    c.increase(row, form.rows().dilation() * canvas.rowBytes());
                });
    }

    private void tap(Local place, Local dy, Local to, TileForm.Start start) {
        var a = copyOf(place);
        var b = copyOf(dy);
        var target = copyOf(to);
        int whole = form.groups() / Lanes.ALL;
        int rest = form.groups() % Lanes.ALL;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        pixels(a, b, target, Lanes.ALL, start);
                        c.increase(a, VECTOR);
                        c.increase(b, VECTOR);
                        c.increase(target, VECTOR);
                    });
        }
        if (rest > 0) pixels(a, b, target, rest, start);
    }

    /// One weight of some channels over the pixels of an image.
    private void pixels(Local place, Local dy, Local to, int lanes, TileForm.Start start) {
        var row = copyOf(place);
        var b = copyOf(dy);
        var a = c.i32Local();
        var sum = c.vector();
        var factor = c.vector();
        if (start == TileForm.Start.ZERO) c.splat(0).set(sum);
        else c.get(to).memory(V128_LOAD, 0).set(sum);
        c.repeat(
                form.rows().outputs(),
                () -> {
                    c.get(row).set(a);
                    c.repeat(
                            form.cols().outputs(),
                            () -> {
                                c.get(b).memory(V128_LOAD, 0).set(factor);
                                Runnable left = () -> c.get(a).memory(V128_LOAD, 0);
                                rendering.accumulate(c, sum, left, factor);
                                c.increase(a, form.cols().stride() * canvas.pixelBytes());
                                c.increase(b, outBytes());
                            });
                    c.increase(row, form.rows().stride() * canvas.rowBytes());
                });
        Lanes.store(c, sum, to, 0, 1, lanes);
    }

    // ---- Shares ----------------------------------------------------------------------------

    private static void addShares(Code c, Addition addition) {
        var from = c.i32Local();
        var to = c.i32Local();
        c.get(c.param(0)).set(from).get(c.param(1)).set(to);
        int whole = addition.elements() / Lanes.ALL;
        int rest = addition.elements() % Lanes.ALL;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        addShares(c, addition, from, to, Lanes.ALL);
                        c.increase(from, VECTOR);
                        c.increase(to, VECTOR);
                    });
        }
        if (rest > 0) addShares(c, addition, from, to, rest);
    }

    private static void addShares(Code c, Addition addition, Local from, Local to, int lanes) {
        var sum = c.vector();
        c.get(from).memory(V128_LOAD, 0);
        for (int share = 1; share < addition.shares(); share++) {
            c.get(from).memory(V128_LOAD, share * addition.elements() * BYTES).op(F32X4_ADD);
        }
        c.set(sum);
        Lanes.store(c, sum, to, 0, 1, lanes);
    }
}
