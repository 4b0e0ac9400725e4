package motley.cpu.kernel;

/// The product of rows that lie anywhere in an array with one panel of columns.
///
/// `c[i, j] = start[j] + Σ a[place(i) + …]·b[…, j]`, in the order of [Steps]; rows are found
/// through a table of places, so images need no copy with overlapping windows. The last panel of a
/// matrix may be partly empty: it is computed in a block of scratch memory and its valid columns
/// copied.
///
/// Immutable, for any number of threads; memory comes from the caller.
final class PanelProduct {
    /// Terms that make the cost of a call small. Not more, because the compiler counts calls before
    /// it turns to a method, and until then a tile is slower by a factor of hundreds.
    private static final int TERMS_OF_CALL = 256;

    private final TileForm form;
    private final Tile packed;
    private final Tile strided;
    private final Steps steps;
    private final int[] places;
    private final int cRow;

    /// @param places where each row begins, relative to the `aOffset` of a run
    /// @param bStep elements from one row of `b` to the next where panels are not packed
    /// @param cRow elements from one row of the result to the next
    PanelProduct(Tiles tiles, TileForm form, Steps steps, int[] places, int bStep, int cRow) {
        this.form = form;
        packed = tiles.tile(form);
        strided = tiles.tile(tiles.strided(form, bStep));
        this.steps = steps;
        this.places = places.clone();
        this.cRow = cRow;
    }

    /// Elements of scratch memory for one worker.
    int scratchElements() {
        return form.rows() * form.columns();
    }

    /// Computes rows `[firstRow, lastRow)` of `width` columns, which may span several panels. Both
    /// `aOffset` and `cOffset` are those of row 0.
    ///
    /// All panels take a step before the next step begins, because panels that lie in place share
    /// the rows of `b`.
    void run(Operands x, int firstRow, int lastRow, int width) {
        for (int step = 0; step < steps.count(); step++) {
            runStep(x, step, firstRow, lastRow, width);
        }
    }

    /// One step of [#run], for callers that prepare operands step by step, from 0 on.
    void runStep(Operands x, int step, int firstRow, int lastRow, int width) {
        int columns = form.columns();
        for (int panel = 0; panel * columns < width; panel++) {
            int last = Math.min(columns, width - panel * columns);
            stepOfPanel(x, step, panel, firstRow, lastRow, last);
        }
    }

    private void stepOfPanel(
            Operands x, int step, int panel, int firstRow, int lastRow, int width) {
        boolean whole = width == form.columns();
        int terms = steps.outer(step) * steps.length(step);
        int together = whole ? rowsOfCall(form, terms) : form.rows();
        for (int row = firstRow; row < lastRow; row += together) {
            int rows = Math.min(together, lastRow - row);
            if (whole) whole(x, step, panel, row, rows);
            else part(x, step, panel, row, rows, width);
        }
    }

    /// Whole blocks of the tile with about [#TERMS_OF_CALL] terms together.
    static int rowsOfCall(TileForm form, int terms) {
        return form.rows() * Math.max(1, TERMS_OF_CALL / terms);
    }

    private void whole(Operands x, int step, int panel, int row, int rows) {
        int cOffset = x.cOffset + row * cRow + panel * form.columns();
        if (step == 0 && !x.accumulate) {
            sum(x, step, panel, row, rows, x.start, startOffset(x, panel), 0, x.c, cOffset, cRow);
        } else {
            sum(x, step, panel, row, rows, x.c, cOffset, cRow, x.c, cOffset, cRow);
        }
    }

    private void part(Operands x, int step, int panel, int row, int rows, int width) {
        int cOffset = x.cOffset + row * cRow + panel * form.columns();
        var block = x.scratch;
        int blockRow = form.columns();
        int at = x.scratchOffset;
        if (step == 0 && !x.accumulate) {
            sum(x, step, panel, row, rows, x.start, startOffset(x, panel), 0, block, at, blockRow);
        } else {
            for (int i = 0; i < rows; i++) {
                System.arraycopy(x.c, cOffset + i * cRow, block, at + i * blockRow, width);
            }
            sum(x, step, panel, row, rows, block, at, blockRow, block, at, blockRow);
        }
        for (int i = 0; i < rows; i++) {
            System.arraycopy(block, at + i * blockRow, x.c, cOffset + i * cRow, width);
        }
    }

    private static int startOffset(Operands x, int panel) {
        return x.startOffset + panel * x.startPanel;
    }

    private void sum(
            Operands x,
            int step,
            int panel,
            int row,
            int rows,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int blockRow) {
        var tile = x.bStep == form.columns() ? packed : strided;
        tile.run(
                x.a,
                x.aOffset + steps.aShift(step),
                places,
                row,
                steps.aOuter(step),
                x.b,
                x.bOffset + panel * x.bPanel + steps.bRow(step) * x.bStep,
                steps.length(step) * x.bStep,
                x.bStep,
                init,
                initOffset,
                initRow,
                c,
                cOffset,
                blockRow,
                rows,
                steps.outer(step),
                steps.length(step));
    }
}
