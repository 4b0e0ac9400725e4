package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.Arrays;
import java.util.stream.IntStream;

/// `c[b, i, j] = Σ_k op(a)[b, i, k]·op(b)[b, k, j]`, row-major, each operand as it is or
/// transposed.
///
/// Each element is one chain of fused multiply-adds from 0 over increasing `k`; bitwise
/// reproducible for equal inputs, whatever the processor's vectors and the number of threads.
/// |result - exact| ≤ γₖ·Σ|a·b| with γₖ = ku/(1-ku), u = 2⁻²⁴.
///
/// Panels of `b` are packed unless too few rows of `a` would use them; `a` is read in place unless
/// transposed. Confined to one caller at a time.
///
/// Source: Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
/// Differs: rows of `a` are not packed, since tiles read each of them through a place of its own.
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

        /// Whether panels of `b` are not worth a copy: few rows pass by, and the rows of `b` are
        /// not so far apart that they evict each other from the cache.
        private boolean readsInPlace() {
            return !transposeB && m <= (n <= 512 ? 256 : 24);
        }
    }

    /// Tiles in a chunk of rows, which should stay in the second-level cache while panels pass by.
    private static final int CHUNK_TILES = 16;

    private final Machine machine;
    private final Size size;
    private final TileForm form;
    private final PanelProduct product;

    /// Columns of `b` that are read in place, a multiple of the panels' width.
    private final int inPlaceColumns;

    private final int packedPanels;
    private final int chunkRows;
    private final int chunks;

    /// Panels of one task, and how many such groups there are.
    private final int groupPanels;

    private final int groups;

    /// Whether a task packs its panel of `b`, or its chunk of `a`, for itself.
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
        inPlaceColumns = size.readsInPlace() ? size.n() - size.n() % columns : 0;
        packedPanels = panels - inPlaceColumns / columns;
        int workers = machine.threads().size();
        int tasks = workers == 1 ? 1 : 4 * workers;
        int tiles = Math.ceilDiv(size.m(), form.rows());
        int fairTiles = Math.ceilDiv(tiles * size.batch() * panels, tasks);
        chunkRows = Math.clamp(fairTiles, 1, CHUNK_TILES) * form.rows();
        chunks = Math.ceilDiv(size.m(), chunkRows);
        int splits = Math.clamp(Math.ceilDiv(tasks, chunks * size.batch()), 1, panels);
        groupPanels = Math.ceilDiv(panels, splits);
        groups = Math.ceilDiv(panels, groupPanels);
        packsOwnB = chunks == 1;
        packsOwnA = size.transposeA() && groups == 1;
        product = product(columns);
        operands = Operands.forWorkers(workers);
        blocks = columns;
        packedB = blocks + workers * product.scratchElements();
        long copiesOfB = packsOwnB ? workers : (long) size.batch() * packedPanels;
        packedA = Math.toIntExact(packedB + copiesOfB * panelElements());
        machine.workspace().reserve(packedA + elementsOfA(workers));
    }

    /// Prepares products of `size`.
    public static MatrixProduct of(Machine machine, Size size) {
        return new MatrixProduct(machine, size);
    }

    private PanelProduct product(int columns) {
        var steps = new Steps(columns);
        steps.add(0, 0, 1, size.k());
        var places = IntStream.range(0, size.m()).map(i -> i * size.k()).toArray();
        int bStep = inPlaceColumns > 0 ? size.n() : columns;
        return new PanelProduct(machine.tiles(), form, steps, places, bStep, size.n());
    }

    private int panelElements() {
        return size.k() * form.columns();
    }

    private long elementsOfA(int workers) {
        if (packsOwnA) return (long) workers * chunkRows * size.k();
        return size.transposeA() ? (long) size.batch() * size.m() * size.k() : 0;
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
        if (!packsOwnB) threads.forEach(size.batch() * packedPanels, packB);
        if (size.transposeA() && !packsOwnA) threads.forEach(size.batch() * chunks, packA);
        threads.forEach(size.batch() * chunks * groups, multiply);
    }

    private void packSharedB(int index, int worker) {
        int first = inPlaceColumns + index % packedPanels * form.columns();
        packPanel(index / packedPanels, first, packedB + index * panelElements());
    }

    /// Packs the columns of `b` from `first` on.
    private void packPanel(int batch, int first, int to) {
        int width = Math.min(form.columns(), size.n() - first);
        int kStride = size.transposeB() ? 1 : size.n();
        int jStride = size.transposeB() ? size.k() : 1;
        int from = bOffset + batch * size.k() * size.n() + first * jStride;
        var array = machine.workspace().array();
        Packing.panel(b, from, kStride, jStride, size.k(), width, array, to, form.columns());
    }

    private void packSharedA(int index, int worker) {
        int batch = index / chunks;
        int first = index % chunks * chunkRows;
        packChunk(batch, first, packedA + (batch * size.m() + first) * size.k());
    }

    /// Transposes the rows of op(a) from `first` on.
    private void packChunk(int batch, int first, int to) {
        int rows = Math.min(chunkRows, size.m() - first);
        int from = aOffset + batch * size.m() * size.k() + first;
        var array = machine.workspace().array();
        Transposition.copy(a, from, size.m(), array, to, size.k(), size.k(), rows);
    }

    /// A chunk of rows by a group of panels.
    private void multiply(int index, int worker) {
        int batch = index / groups / chunks;
        int firstRow = index / groups % chunks * chunkRows;
        int firstColumn = index % groups * groupPanels * form.columns();
        int lastColumn = Math.min(size.n(), firstColumn + groupPanels * form.columns());
        var array = machine.workspace().array();
        var x = operands[worker];
        placeRows(x, batch, firstRow, worker);
        x.c = c;
        x.start = array;
        x.scratch = array;
        x.scratchOffset = blocks + worker * product.scratchElements();
        int inPlace = Math.min(inPlaceColumns, lastColumn);
        if (firstColumn < inPlace) {
            x.b = b;
            x.bOffset = bOffset + batch * size.k() * size.n() + firstColumn;
            x.bStep = size.n();
            x.bPanel = form.columns();
            columns(x, batch, firstRow, firstColumn, inPlace);
        }
        int firstPacked = Math.max(firstColumn, inPlaceColumns);
        if (firstPacked < lastColumn) packed(x, batch, firstRow, firstPacked, lastColumn, worker);
    }

    private void placeRows(Operands x, int batch, int firstRow, int worker) {
        int matrix = batch * size.m() * size.k();
        x.a = size.transposeA() ? machine.workspace().array() : a;
        if (packsOwnA) {
            int to = packedA + worker * chunkRows * size.k();
            packChunk(batch, firstRow, to);
            x.aOffset = to - firstRow * size.k();
        } else {
            x.aOffset = (size.transposeA() ? packedA : aOffset) + matrix;
        }
    }

    /// The packed columns of a task; it packs them panel by panel if no other task needs them.
    private void packed(
            Operands x, int batch, int firstRow, int firstColumn, int lastColumn, int worker) {
        x.b = machine.workspace().array();
        x.bStep = form.columns();
        x.bPanel = panelElements();
        if (!packsOwnB) {
            int panel = (firstColumn - inPlaceColumns) / form.columns();
            x.bOffset = packedB + (batch * packedPanels + panel) * panelElements();
            columns(x, batch, firstRow, firstColumn, lastColumn);
            return;
        }
        x.bOffset = packedB + worker * panelElements();
        for (int first = firstColumn; first < lastColumn; first += form.columns()) {
            packPanel(batch, first, x.bOffset);
            int last = Math.min(lastColumn, first + form.columns());
            columns(x, batch, firstRow, first, last);
        }
    }

    private void columns(Operands x, int batch, int firstRow, int firstColumn, int lastColumn) {
        x.cOffset = cOffset + batch * size.m() * size.n() + firstColumn;
        int lastRow = Math.min(size.m(), firstRow + chunkRows);
        product.run(x, firstRow, lastRow, lastColumn - firstColumn);
    }
}
