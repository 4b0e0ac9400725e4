package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.Arrays;
import java.util.stream.IntStream;

/// `c[b, i, j] = Σ_k op(a)[b, i, k]·op(b)[b, k, j]`, row-major, each operand as it is or
/// transposed.
///
/// Each element is one chain of fused multiply-adds from 0 over increasing `k`; bitwise
/// reproducible
/// for equal inputs, whatever the processor's vectors and the number of threads.
/// |result - exact| ≤ γₖ·Σ|a·b| with γₖ = ku/(1-ku), u = 2⁻²⁴.
///
/// Panels of `b` are packed, `a` is read in place unless transposed. Confined to one caller at a
/// time.
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
    }

    /// Tiles in a task: enough work to be worth handing out, little enough to share evenly.
    private static final int TASK_TILES = 16;

    private static final int IN_PLACE_STEP_MAX = 512;

    private final Machine machine;
    private final Size size;
    private final TileForm form;
    private final PanelProduct product;
    private final boolean inPlace;
    private final int panels;
    private final int packedPanels;
    private final int taskRows;
    private final int chunks;
    private final Operands[] operands;
    private final Threads.Body pack = this::pack;
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
        var steps = new Steps(form.columns());
        steps.add(0, 0, 1, size.k());
        var places = IntStream.range(0, size.m()).map(i -> i * size.k()).toArray();
        inPlace = readsInPlace(size);
        int bStep = inPlace ? size.n() : form.columns();
        product = new PanelProduct(machine.tiles(), form, steps, places, bStep, size.n());
        panels = Math.ceilDiv(size.n(), form.columns());
        packedPanels = inPlace ? panels - size.n() / form.columns() : panels;
        int workers = machine.threads().size();
        taskRows = taskRows(workers);
        chunks = Math.ceilDiv(size.m(), taskRows);
        operands = Operands.forWorkers(workers);
        blocks = form.columns();
        packedB = blocks + workers * product.scratchElements();
        long bElements = (long) size.batch() * packedPanels * size.k() * form.columns();
        packedA = Math.toIntExact(packedB + bElements);
        long aElements = size.transposeA() ? (long) size.batch() * size.m() * size.k() : 0;
        machine.workspace().reserve(packedA + aElements);
    }

    /// Prepares products of `size`.
    public static MatrixProduct of(Machine machine, Size size) {
        return new MatrixProduct(machine, size);
    }

    /// Whether panels of `b` are not worth a copy: few rows pass by, and the rows of `b` are not so
    /// far apart that they evict each other from the cache.
    private static boolean readsInPlace(Size size) {
        if (size.transposeB()) return false;
        return size.m() <= (size.n() <= IN_PLACE_STEP_MAX ? 256 : 24);
    }

    private int taskRows(int workers) {
        int tiles = Math.ceilDiv(size.m(), form.rows());
        int share = Math.ceilDiv(tiles * size.batch() * panels, 4 * workers);
        return Math.clamp(share, 1, TASK_TILES) * form.rows();
    }

    /// Computes all of `c`; its region overlaps neither `a` nor `b`, though all three may lie in
    /// one
    /// array.
    public void run(float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
        this.a = a;
        this.aOffset = aOffset;
        this.b = b;
        this.bOffset = bOffset;
        this.c = c;
        this.cOffset = cOffset;
        Arrays.fill(machine.workspace().array(), 0, form.columns(), 0);
        int packs = size.batch() * (packedPanels + (size.transposeA() ? chunks : 0));
        machine.threads().forEach(packs, pack);
        machine.threads().forEach(size.batch() * panels * chunks, multiply);
    }

    private void pack(int index, int worker) {
        int bPanels = size.batch() * packedPanels;
        int whole = panels - packedPanels;
        if (index < bPanels) packB(index / packedPanels, whole + index % packedPanels);
        else packA((index - bPanels) / chunks, (index - bPanels) % chunks);
    }

    private void packB(int batch, int panel) {
        int first = panel * form.columns();
        int width = Math.min(form.columns(), size.n() - first);
        int kStride = size.transposeB() ? 1 : size.n();
        int jStride = size.transposeB() ? size.k() : 1;
        int from = bOffset + batch * size.k() * size.n() + first * jStride;
        int to = packedPanel(batch, panel);
        var array = machine.workspace().array();
        Packing.panel(b, from, kStride, jStride, size.k(), width, array, to, form.columns());
    }

    private void packA(int batch, int chunk) {
        int first = chunk * taskRows;
        int rows = Math.min(taskRows, size.m() - first);
        int matrix = batch * size.m() * size.k();
        int to = packedA + matrix + first * size.k();
        var array = machine.workspace().array();
        int from = aOffset + matrix + first;
        Transposition.copy(a, from, size.m(), array, to, size.k(), size.k(), rows);
    }

    private void multiply(int index, int worker) {
        int batch = index / (panels * chunks);
        int panel = index / chunks % panels;
        int first = index % chunks * taskRows;
        int matrix = batch * size.m() * size.k();
        var array = machine.workspace().array();
        var x = operands[worker];
        x.a = size.transposeA() ? array : a;
        x.aOffset = (size.transposeA() ? packedA : aOffset) + matrix;
        placePanel(x, batch, panel);
        x.c = c;
        x.cOffset = cOffset + batch * size.m() * size.n() + panel * form.columns();
        x.start = array;
        x.startOffset = 0;
        x.scratch = array;
        x.scratchOffset = blocks + worker * product.scratchElements();
        int width = Math.min(form.columns(), size.n() - panel * form.columns());
        product.run(x, first, Math.min(size.m(), first + taskRows), width);
    }

    private void placePanel(Operands x, int batch, int panel) {
        if (panel < panels - packedPanels) {
            x.b = b;
            x.bOffset = bOffset + batch * size.k() * size.n() + panel * form.columns();
            x.bStep = size.n();
        } else {
            x.b = machine.workspace().array();
            x.bOffset = packedPanel(batch, panel);
            x.bStep = form.columns();
        }
    }

    private int packedPanel(int batch, int panel) {
        int number = batch * packedPanels + panel - (panels - packedPanels);
        return packedB + number * size.k() * form.columns();
    }
}
