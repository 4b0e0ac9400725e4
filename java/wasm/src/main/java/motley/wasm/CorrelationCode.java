package motley.wasm;

import java.util.List;
import java.util.Optional;
import motley.compiler.kernel.Kernel;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;

/// Writes a [Correlation]: packs the filters in panels of up to eight channels, then slides them
/// over one image after another. An output pixel is a row of a tile; for one filter row the
/// channels of all its columns lie side by side in the image, so nothing is unfolded.
final class CorrelationCode {
    private static final int BYTES = 4;

    /// Bytes of a canvas that should stay in the second-level cache while panels pass.
    private static final int BAND_BYTES = 1 << 18;

    private final Rendering rendering;
    private final Code c;
    private final Correlation form;
    private final Canvas canvas;
    private final Rendering.Scratch packed;

    private CorrelationCode(Rendering rendering, Code c, Correlation form) {
        this.rendering = rendering;
        this.c = c;
        this.form = form;
        long filters =
                (long) form.groups() * groupBytes() + (long) Lanes.ALL * panelRow(form.out());
        long bytes = filters + Canvas.bytes(form.rows(), form.cols(), form.inPixel());
        packed = rendering.scratch(bytes);
        int at = Math.toIntExact(filters);
        canvas = new Canvas(form.rows(), form.cols(), form.inPixel(), packed, at);
    }

    /// Writes a call; operands are images, filters and, if the form has an end, the bias.
    static void call(Rendering rendering, Code c, Correlation form, Kernel.Call call) {
        boolean biased = form.end() != TileForm.End.PLAIN;
        var function =
                rendering.form(
                        form,
                        FunctionType.ofInts(biased ? 4 : 3),
                        body -> new CorrelationCode(rendering, body, form).write());
        c.i32(rendering.address(call.in().get(0).buffer()));
        c.i32(rendering.address(call.in().get(1).buffer()));
        c.i32(rendering.address(call.out().buffer()));
        if (biased) c.i32(rendering.address(call.in().get(2).buffer()));
        c.call(function);
    }

    /// Bytes of a row of a panel of `columns` columns.
    private static int panelRow(int columns) {
        return TileForm.panelColumns(columns) * BYTES;
    }

    private static int wholePanels(int columns) {
        return columns / TileForm.COLUMNS_MAX;
    }

    /// Bytes of a panel of `columns` columns.
    private int panelBytes(int columns) {
        return form.terms() * panelRow(columns);
    }

    private int groupBytes() {
        int rest = form.out() % TileForm.COLUMNS_MAX;
        int whole = wholePanels(form.out()) * panelBytes(TileForm.COLUMNS_MAX);
        return whole + (rest == 0 ? 0 : panelBytes(rest));
    }

    private void write() {
        pack();
        canvas.clear(c);
        var image = copyOf(c.param(0));
        var to = copyOf(c.param(2));
        var place = c.i32Local();
        c.repeat(
                form.batch(),
                () -> {
                    canvas.open(c, image, place);
                    bands(place, to);
                    c.increase(image, canvas.imageBytes());
                    c.increase(to, rowBytes() * form.rows().outputs());
                });
    }

    private int rowBytes() {
        return form.cols().outputs() * form.outPixel() * BYTES;
    }

    private Local copyOf(Local place) {
        var copy = c.i32Local();
        c.get(place).set(copy);
        return copy;
    }

    // ---- Filters ---------------------------------------------------------------------------

    private void pack() {
        var group = copyOf(c.param(1));
        var to = c.i32Local();
        packed.push(c, 0);
        c.set(to);
        int last = (form.taps() - 1) * form.tapStride() * BYTES;
        if (form.reversed()) c.increase(group, last);
        c.repeat(
                form.groups(),
                () -> {
                    var from = copyOf(group);
                    int whole = wholePanels(form.out());
                    int rest = form.out() % TileForm.COLUMNS_MAX;
                    if (whole > 0) {
                        c.repeat(
                                whole,
                                () -> {
                                    packPanel(from, to, TileForm.COLUMNS_MAX);
                                    int columns = TileForm.COLUMNS_MAX * form.columnStride();
                                    c.increase(from, columns * BYTES);
                                });
                    }
                    if (rest > 0) packPanel(from, to, rest);
                    c.increase(group, form.groupStride() * BYTES);
                });
    }

    /// Packs one panel to `to`, which moves behind it.
    private void packPanel(Local from, Local to, int columns) {
        var tap = copyOf(from);
        int row = panelRow(columns);
        c.repeat(
                form.taps(),
                () -> {
                    Packing.call(
                            rendering,
                            c,
                            tap,
                            to,
                            form.in(),
                            columns,
                            form.termStride() * BYTES,
                            form.columnStride() * BYTES);
                    c.increase(tap, (form.reversed() ? -1 : 1) * form.tapStride() * BYTES);
                    c.increase(to, form.in() * row);
                });
    }

    // ---- Images ----------------------------------------------------------------------------

    private void bands(Local place, Local to) {
        int perRow = Math.max(1, form.rows().stride() * canvas.rowBytes());
        int outputs = form.rows().outputs();
        int band = Math.clamp(BAND_BYTES / perRow, 1, outputs);
        var a = copyOf(place);
        var y = copyOf(to);
        c.repeat(
                outputs / band,
                () -> {
                    band(a, y, band);
                    c.increase(a, band * perRow);
                    c.increase(y, band * rowBytes());
                });
        if (outputs % band > 0) band(a, y, outputs % band);
    }

    /// `count` rows of outputs, panel after panel.
    private void band(Local place, Local to, int count) {
        var a = copyOf(place);
        var y = copyOf(to);
        var b = c.i32Local();
        packed.push(c, 0);
        c.set(b);
        boolean biased = form.end() != TileForm.End.PLAIN;
        var bias = biased ? Optional.of(copyOf(c.param(3))) : Optional.<Local>empty();
        c.repeat(
                form.groups(),
                () -> {
                    int whole = wholePanels(form.out());
                    int rest = form.out() % TileForm.COLUMNS_MAX;
                    if (whole > 0) {
                        c.repeat(whole, () -> panel(a, b, y, bias, count, TileForm.COLUMNS_MAX));
                    }
                    if (rest > 0) panel(a, b, y, bias, count, rest);
                    c.increase(a, form.in() * BYTES);
                });
    }

    /// All pixels of `count` rows for one panel; `b`, `to` and `bias` move behind it.
    private void panel(
            Local place, Local b, Local to, Optional<Local> bias, int count, int columns) {
        var a = copyOf(place);
        var y = copyOf(to);
        int aRow = form.cols().stride() * canvas.pixelBytes();
        int toRow = form.outPixel() * BYTES;
        var tile = tile(columns, aRow, toRow);
        c.repeat(
                count,
                () -> {
                    var places = new Rows.Places(a, b, y, aRow, toRow);
                    Rows.call(rendering, c, tile, form.cols().outputs(), places, bias);
                    c.increase(a, form.rows().stride() * canvas.rowBytes());
                    c.increase(y, rowBytes());
                });
        c.increase(b, panelBytes(columns));
        c.increase(to, columns * BYTES);
        bias.ifPresent(p -> c.increase(p, columns * BYTES));
    }

    private TileForm tile(int columns, int aRow, int toRow) {
        var byRow =
                new TileForm.Level(form.rows().taps(), form.rows().dilation() * canvas.rowBytes());
        var byColumn =
                new TileForm.Level(
                        form.cols().taps(), form.cols().dilation() * canvas.pixelBytes());
        boolean together = form.groups() == 1 && form.cols().dilation() == 1;
        var walk =
                together
                        ? List.of(byRow, new TileForm.Level(form.cols().taps() * form.in(), BYTES))
                        : List.of(byRow, byColumn, new TileForm.Level(form.in(), BYTES));
        return new TileForm(
                TileForm.ROWS_MAX,
                columns,
                aRow,
                walk,
                panelRow(columns),
                toRow,
                TileForm.Start.ZERO,
                form.end());
    }
}
