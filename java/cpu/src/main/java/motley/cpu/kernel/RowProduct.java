package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.stream.IntStream;

/// The product of rows at a constant distance with panels of columns: as a [PanelProduct], and with
/// its bits, but faster, since what repeats is literal in its code.
///
/// A sum starts with 0. The last panel of a matrix may be partly empty, and is left to a
/// [PanelProduct]. Immutable, for any number of threads; memory comes from the caller.
final class RowProduct {
    private final TileForm form;
    private final Steps steps;
    private final int aRow;
    private final int cRow;
    private final PanelProduct edge;

    /// By step: for whole register tiles, and for the rows that are left.
    private final FixedProduct[] whole;

    private final FixedProduct[] rest;

    /// Where the operands of a product lie.
    ///
    /// @param rows rows of all runs together
    /// @param aRow elements from one row of `a` to the next
    /// @param bStep elements from one row of `b` to the next where a panel is whole
    /// @param cRow elements from one row of the result to the next
    record Layout(int rows, int aRow, int bStep, int cRow) {}

    /// @param steps stretches that are contiguous in `a`
    /// @param rowsMax most rows of a run
    RowProduct(Tiles tiles, TileForm form, Steps steps, int rowsMax, Layout layout) {
        this.form = form;
        this.steps = steps;
        aRow = layout.aRow;
        cRow = layout.cRow;
        int[] places = IntStream.range(0, rowsMax).map(i -> i * aRow).toArray();
        edge = new PanelProduct(tiles, form, steps, places, layout.bStep, cRow);
        int left = layout.rows % form.rows();
        whole = products(tiles, form.rows(), layout.bStep);
        rest = left > 0 ? products(tiles, left, layout.bStep) : whole;
    }

    private FixedProduct[] products(Tiles tiles, int rows, int bStep) {
        var tile = new TileForm(form.lanes(), rows, form.vectors(), bStep);
        var made = new FixedProduct[steps.count()];
        for (int step = 0; step < made.length; step++) {
            require(steps.outer(step) == 1, "steps: %d stretches (expected: 1)", steps.outer(step));
            int length = steps.length(step);
            made[step] = tiles.product(new FixedForm(tile, length, 0, 1, 0, step > 0));
        }
        return made;
    }

    /// Elements of scratch memory for one worker.
    int scratchElements() {
        return edge.scratchElements();
    }

    /// One step of `rows` rows, which are whole register tiles but for the last rows of all, with
    /// `width` columns, which may span several panels. Callers take all steps, from 0 on.
    void runStep(Operands x, int step, int rows, int width) {
        int columns = form.columns();
        int panels = width / columns;
        for (int panel = 0; panel < panels; panel++) wholePanel(x, step, rows, panel);
        int left = width - panels * columns;
        if (left == 0) return;
        x.bOffset += panels * x.bPanel;
        x.cOffset += panels * columns;
        edge.runStep(x, step, 0, rows, left);
        x.bOffset -= panels * x.bPanel;
        x.cOffset -= panels * columns;
    }

    private void wholePanel(Operands x, int step, int rows, int panel) {
        int together = PanelProduct.rowsOfCall(form, steps.length(step));
        int tiles = rows - rows % form.rows();
        for (int row = 0; row < tiles; row += together) {
            run(whole[step], x, step, row, Math.min(together, tiles - row), panel);
        }
        if (tiles < rows) run(rest[step], x, step, tiles, rows - tiles, panel);
    }

    private void run(FixedProduct product, Operands x, int step, int row, int rows, int panel) {
        product.run(
                x.a,
                x.aOffset + steps.aShift(step) + row * aRow,
                aRow,
                x.b,
                x.bOffset + panel * x.bPanel + steps.bRow(step) * x.bStep,
                x.c,
                x.cOffset + row * cRow + panel * form.columns(),
                cRow,
                rows,
                steps.length(step));
    }
}
