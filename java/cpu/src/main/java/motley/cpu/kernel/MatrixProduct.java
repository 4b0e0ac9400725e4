package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.Arrays;

/// `c[b, i, j] = Σ_k op(a)[b, i, k]·op(b)[b, k, j]`, row-major, each operand as it is or
/// transposed.
///
/// Each element is one chain of fused multiply-adds from 0 over increasing `k`; bitwise
/// reproducible for equal inputs, whatever the processor's vectors and the number of threads.
/// |result - exact| ≤ γₖ·Σ|a·b| with γₖ = ku/(1-ku), u = 2⁻²⁴.
///
/// Panels of `b` are packed unless too few rows of `a` would use them; `a` is read in place unless
/// it is transposed or too wide, and then packed in blocks: a chunk of rows, a stretch of `k`; see
/// [Blocking]. Confined to one caller at a time.
///
/// Source: Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
/// Differs: rows of `a` are not interleaved, since tiles read each of them through a place of its
/// own.
public final class MatrixProduct {
    /// The shapes: op(a) is `[batch, m, k]`, op(b) `[batch, k, n]`, c `[batch, m, n]`.
    ///
    /// @param transposeA `a` is stored as `[batch, k, m]`
    /// @param transposeB `b` is stored as `[batch, n, k]`
    public record Size(int batch, int m, int n, int k, boolean transposeA, boolean transposeB) {
        public Size {
            boolean positive = batch >= 1 && m >= 1 && n >= 1 && k >= 1;
            require(
                    positive,
                    "matrices: batch %d, m %d, n %d, k %d (expected: at least 1)",
                    batch,
                    m,
                    n,
                    k);
        }
    }

    /// Panels that are packed together, so that rows of `b` are read and not columns.
    private static final int PANELS_AT_ONCE = 8;

    /// Rows of panels that a task packs for itself: they stay in the caches until they are used.
    private static final int OWN_ROWS = 256;

    /// Elements of a line of the cache.
    private static final int LINE_ELEMENTS = 16;

    private final Machine machine;
    private final Size size;
    private final TileForm form;
    private final Steps steps;
    private final RowProduct product;

    /// Elements from one packed row of `a` to the next: an odd number of lines, so that the rows of
    /// a tile lie in different sets of the cache.
    private final int aRow;

    /// Columns of `b` that are read in place, a multiple of the panels' width.
    private final int inPlaceColumns;

    private final int packedPanels;

    /// Elements of the panels that a task packs for itself at once.
    private final int ownElements;

    private final int chunkRows;
    private final int chunks;

    /// Panels of one task, and how many such groups there are.
    private final int groupPanels;

    private final int groups;

    /// Whether blocks of `a` are packed, and whether a task packs its panel of `b`, or its chunk of
    /// `a`, for itself.
    private final boolean packsA;

    private final boolean packsOwnB;
    private final boolean packsOwnA;
    private final Operands[] operands;
    private final Threads.Body packB = this::packSharedB;
    private final Threads.Body packA = this::packSharedA;
    private final Threads.Body multiply = this::multiply;

    // Places in the workspace: zeros, blocks of the workers, packed b, transposed a.
    private final int blocks;
    private final int packedB;
    private final int packedA;

    // The operands of the run in progress.
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private int aOffset;
    private int bOffset;
    private int cOffset;

    private MatrixProduct(Machine machine, Size size) {
        this.machine = machine;
        this.size = size;
        form = machine.tiles().formFor(size.n());
        int columns = form.columns();
        int panels = Math.ceilDiv(size.n(), columns);
        var blocking = machine.tiles().blocking();
        inPlaceColumns = blocking.readsInPlace(size) ? size.n() - size.n() % columns : 0;
        packedPanels = panels - inPlaceColumns / columns;
        int workers = machine.threads().size();
        int tasks = workers == 1 ? 1 : 4 * workers;
        int tiles = Math.ceilDiv(size.m(), form.rows());
        int fairTiles = Math.ceilDiv(tiles * size.batch() * panels, tasks);
        chunkRows = Math.clamp(fairTiles, 1, blocking.chunkTiles(size, form)) * form.rows();
        chunks = Math.ceilDiv(size.m(), chunkRows);
        int splits = Math.clamp(Math.ceilDiv(tasks, chunks * size.batch()), 1, panels);
        groupPanels = Math.ceilDiv(panels, splits);
        groups = Math.ceilDiv(panels, groupPanels);
        packsOwnB = chunks == 1;
        steps =
                inPlaceColumns > 0
                        ? new Steps(columns)
                        : new Steps(
                                columns,
                                packsOwnB ? OWN_ROWS * columns : blocking.panelElementsMax());
        steps.add(0, 0, 1, size.k());
        ownElements = PANELS_AT_ONCE * steps.lengthMax() * columns;
        packsA = blocking.packsA(size, steps.count(), panels);
        packsOwnA = packsA && groups == 1;
        aRow = Math.ceilDiv(steps.length(0), LINE_ELEMENTS) / 2 * 2 * LINE_ELEMENTS + LINE_ELEMENTS;
        product = product(columns);
        operands = Operands.forWorkers(workers);
        blocks = columns;
        packedB = blocks + workers * product.scratchElements();
        long elementsOfB =
                packsOwnB
                        ? (long) workers * ownElements
                        : (long) size.batch() * packedPanels * panelElements();
        packedA = Math.toIntExact(packedB + elementsOfB);
        machine.workspace().reserve(packedA + elementsOfA(workers));
    }

    /// Prepares products of `size`.
    public static MatrixProduct of(Machine machine, Size size) {
        return new MatrixProduct(machine, size);
    }

    /// The product of a chunk of rows.
    private RowProduct product(int columns) {
        int row = packsA ? aRow : size.k();
        int bStep = inPlaceColumns > 0 ? size.n() : columns;
        var layout = new RowProduct.Layout(size.m(), row, bStep, size.n());
        return new RowProduct(machine.tiles(), form, steps, chunkRows, layout);
    }

    private int panelElements() {
        return size.k() * form.columns();
    }

    private long elementsOfA(int workers) {
        if (packsOwnA) return (long) workers * blockElements();
        long copies = (long) size.batch() * chunks * steps.count();
        return packsA ? copies * blockElements() : 0;
    }

    /// Elements of a packed block of `a`: a chunk of rows, one step long.
    private int blockElements() {
        return chunkRows * aRow;
    }

    /// Computes all of `c`; its region overlaps neither `a` nor `b`, though all three may lie in
    /// one array.
    public void run(float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
        this.a = a;
        this.aOffset = aOffset;
        this.b = b;
        this.bOffset = bOffset;
        this.c = c;
        this.cOffset = cOffset;
        Arrays.fill(machine.workspace().array(), 0, form.columns(), 0);
        var threads = machine.threads();
        if (!packsOwnB) threads.forEach(size.batch() * packedGroups(), packB);
        if (packsA && !packsOwnA) {
            threads.forEach(size.batch() * chunks * steps.count(), packA);
        }
        threads.forEach(size.batch() * chunks * groups, multiply);
    }

    private int packedGroups() {
        return Math.ceilDiv(packedPanels, PANELS_AT_ONCE);
    }

    private void packSharedB(int index, int worker) {
        int batch = index / packedGroups();
        int panel = index % packedGroups() * PANELS_AT_ONCE;
        int to = packedB + (batch * packedPanels + panel) * panelElements();
        int first = inPlaceColumns + panel * form.columns();
        int last = Math.min(size.n(), first + PANELS_AT_ONCE * form.columns());
        for (int step = 0; step < steps.count(); step++) {
            int place = to + steps.bRow(step) * form.columns();
            packPanels(batch, first, last, step, place, panelElements());
        }
    }

    /// Packs what `step` reads of some columns of `b`, `panel` elements from one panel to the next:
    /// row by row, because a column is slow to read.
    private void packPanels(int batch, int first, int last, int step, int to, int panel) {
        int columns = form.columns();
        int whole = size.transposeB() ? 0 : (last - first) / columns;
        int from = bOffset + (batch * size.k() + steps.bRow(step)) * size.n() + first;
        var array = machine.workspace().array();
        for (int k = 0; k < steps.length(step); k++) {
            int row = from + k * size.n();
            int place = to + k * columns;
            for (int p = 0; p < whole; p++) {
                Packing.stretch(b, row + p * columns, array, place + p * panel, columns);
            }
        }
        for (int p = whole; first + p * columns < last; p++) {
            packPanel(batch, first + p * columns, step, to + p * panel);
        }
    }

    /// Packs what `step` reads of the columns of `b` from `first` on.
    private void packPanel(int batch, int first, int step, int to) {
        int width = Math.min(form.columns(), size.n() - first);
        int kStride = size.transposeB() ? 1 : size.n();
        int jStride = size.transposeB() ? size.k() : 1;
        int from = bOffset + batch * size.k() * size.n() + first * jStride;
        int row = from + steps.bRow(step) * kStride;
        var array = machine.workspace().array();
        int length = steps.length(step);
        Packing.panel(b, row, kStride, jStride, length, width, array, to, form.columns());
    }

    private void packSharedA(int index, int worker) {
        int chunk = index / steps.count();
        int first = chunk % chunks * chunkRows;
        packBlock(chunk / chunks, first, index % steps.count(), packedA + index * blockElements());
    }

    /// Copies what `step` reads of the rows of op(a) from `first` on, row by row.
    private void packBlock(int batch, int first, int step, int to) {
        int rows = Math.min(chunkRows, size.m() - first);
        var array = machine.workspace().array();
        if (!size.transposeA()) {
            int row = aOffset + (batch * size.m() + first) * size.k() + steps.aShift(step);
            for (int i = 0; i < rows; i++) {
                System.arraycopy(a, row + i * size.k(), array, to + i * aRow, steps.length(step));
            }
            return;
        }
        int from = aOffset + (batch * size.k() + steps.aShift(step)) * size.m() + first;
        Transposition.copy(a, from, size.m(), array, to, aRow, steps.length(step), rows);
    }

    /// A chunk of rows by a group of panels.
    ///
    /// All panels take a step before the next step begins, because panels that lie in place share
    /// the rows of `b`, and packed ones the block of `a`.
    private void multiply(int index, int worker) {
        int chunk = index / groups;
        int firstColumn = index % groups * groupPanels * form.columns();
        int lastColumn = Math.min(size.n(), firstColumn + groupPanels * form.columns());
        var x = operands[worker];
        var array = machine.workspace().array();
        x.c = c;
        x.start = array;
        x.scratch = array;
        x.scratchOffset = blocks + worker * product.scratchElements();
        int inPlace = Math.min(inPlaceColumns, lastColumn);
        int firstPacked = Math.max(firstColumn, inPlaceColumns);
        for (int step = 0; step < steps.count(); step++) {
            placeRows(x, chunk, step, worker);
            if (firstColumn < inPlace) unpacked(x, chunk, step, firstColumn, inPlace);
            if (firstPacked < lastColumn) packed(x, chunk, step, firstPacked, lastColumn, worker);
        }
    }

    private void placeRows(Operands x, int chunk, int step, int worker) {
        int batch = chunk / chunks;
        int firstRow = chunk % chunks * chunkRows;
        if (!packsA) {
            x.a = a;
            x.aOffset = aOffset + (batch * size.m() + firstRow) * size.k();
            return;
        }
        x.a = machine.workspace().array();
        int block = packsOwnA ? worker : chunk * steps.count() + step;
        int from = packedA + block * blockElements();
        if (packsOwnA) packBlock(batch, firstRow, step, from);
        x.aOffset = from - steps.aShift(step);
    }

    private void unpacked(Operands x, int chunk, int step, int firstColumn, int lastColumn) {
        x.b = b;
        x.bOffset = bOffset + chunk / chunks * size.k() * size.n() + firstColumn;
        x.bStep = size.n();
        x.bPanel = form.columns();
        columns(x, chunk, step, firstColumn, lastColumn);
    }

    /// The packed columns of a task; it packs them panel by panel if no other task needs them.
    private void packed(
            Operands x, int chunk, int step, int firstColumn, int lastColumn, int worker) {
        int batch = chunk / chunks;
        x.b = machine.workspace().array();
        x.bStep = form.columns();
        x.bPanel = panelElements();
        if (!packsOwnB) {
            int panel = (firstColumn - inPlaceColumns) / form.columns();
            x.bOffset = packedB + (batch * packedPanels + panel) * panelElements();
            columns(x, chunk, step, firstColumn, lastColumn);
            return;
        }
        int place = packedB + worker * ownElements;
        x.bPanel = steps.length(step) * form.columns();
        x.bOffset = place - steps.bRow(step) * form.columns();
        int together = PANELS_AT_ONCE * form.columns();
        for (int first = firstColumn; first < lastColumn; first += together) {
            int last = Math.min(lastColumn, first + together);
            packPanels(batch, first, last, step, place, x.bPanel);
            columns(x, chunk, step, first, last);
        }
    }

    private void columns(Operands x, int chunk, int step, int firstColumn, int lastColumn) {
        int firstRow = chunk % chunks * chunkRows;
        int rows = Math.min(size.m() - firstRow, chunkRows);
        x.cOffset = cOffset + (chunk / chunks * size.m() + firstRow) * size.n() + firstColumn;
        product.runStep(x, step, rows, lastColumn - firstColumn);
    }
}
