package motley.cpu.kernel;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Kernel.Part;

/// `c[o, b, i, j] = Σ_k left[o, b, i, k]·right[o, b, k, j]` for many small matrices that lie in
/// larger ones, such as the heads of an attention.
///
/// Each element is one chain of fused multiply-adds from 0 over increasing `k`; the bits are those
/// of [MatrixProduct], whatever the processor's vectors and the number of threads. Where a [Part]
/// allows it, terms with a factor 0 and results that nobody looks at are left out, a register
/// tile at a time; the former changes a sum only if the other factor is not finite.
/// |result - exact| ≤ γₖ·Σ|a·b| with γₖ = ku/(1-ku), u = 2⁻²⁴.
///
/// A task is one product: it packs its right matrix into memory of its worker, and its left one
/// where the terms of a row lie so far apart that they evict each other from the cache. Confined to
/// one caller at a time.
public final class BlockProduct {
    /// Elements of a line of the cache.
    private static final int LINE_ELEMENTS = 16;

    /// Elements this far apart, or a multiple, share a set of a first-level cache: 4 KiB.
    private static final int ALIAS_ELEMENTS = 1 << 10;

    /// Most elements of a matrix that stays in the second-level cache: 256 KiB.
    private static final int ELEMENTS_MAX = 1 << 16;

    private final Machine machine;
    private final TileForm form;
    private final Tile tile;
    private final Part part;
    private final int inner;
    private final int tasks;
    private final int rows;
    private final int terms;
    private final int columns;
    private final Strides left;
    private final Strides right;
    private final Strides out;

    /// Where each row of the left matrix begins, in place or packed.
    private final int[] places;

    private final boolean packsLeft;

    /// Elements from one packed row of the left matrix to the next: an odd number of lines, so that
    /// the rows of a tile lie in different sets of the cache.
    private final int packedRow;

    private final int packedLeft;
    private final int edge;
    private final int workerElements;
    private final Threads.Body multiply = this::multiply;

    // The operands of the run in progress.
    private float[] f = new float[0];
    private int aOffset;
    private int bOffset;
    private int cOffset;

    /// Elements from one index to the next.
    private record Strides(int outer, int batch, int row, int column) {
        static Strides of(List<Integer> s) {
            return new Strides(s.get(0), s.get(1), s.get(2), s.get(3));
        }

        int start(int index, int inner) {
            return index / inner * outer + index % inner * batch;
        }
    }

    private BlockProduct(Machine machine, Kernel.Product p) {
        this.machine = machine;
        part = p.part();
        inner = p.extents().get(1);
        tasks = p.batch();
        rows = p.extents().get(2);
        terms = p.extents().get(3);
        columns = p.extents().get(4);
        left = Strides.of(p.left().strides());
        right = Strides.of(p.right().strides());
        out = Strides.of(p.out().strides());
        form = machine.tiles().formFor(columns);
        packsLeft = left.column != 1 && left.column % ALIAS_ELEMENTS == 0;
        tile = machine.tiles().tile(tileForm());
        packedRow = Math.ceilDiv(terms, LINE_ELEMENTS) / 2 * 2 * LINE_ELEMENTS + LINE_ELEMENTS;
        int row = packsLeft ? packedRow : left.row;
        // The last tile reads entries beyond the last row, though not what they point to.
        places = new int[rows + form.rows()];
        for (int i = 0; i < rows; i++) places[i] = i * row;
        int panels = Math.ceilDiv(columns, form.columns());
        packedLeft = panels * form.columns() * terms;
        edge = packedLeft + (packsLeft ? rows * packedRow : 0);
        workerElements = edge + form.rows() * form.columns();
        long all = form.columns() + (long) machine.threads().size() * workerElements;
        machine.workspace().reserve(all);
    }

    /// A packed panel of the right matrix, and the terms of a row as far apart as they lie.
    private TileForm tileForm() {
        var packed = machine.tiles().strided(form, form.columns());
        int aStep = packsLeft ? 1 : left.column;
        return new TileForm(packed.lanes(), packed.rows(), packed.vectors(), packed.bStep(), aStep);
    }

    /// Whether products like `p` are for this kernel: many, with matrices that fit in a cache.
    public static boolean serves(Kernel.Product p) {
        if (!p.isDense() || p.part() != Part.ALL) return true;
        long terms = p.extents().get(3);
        boolean small =
                terms * p.extents().get(2) <= ELEMENTS_MAX
                        && terms * p.extents().get(4) <= ELEMENTS_MAX;
        return small && p.batch() > 1;
    }

    /// Prepares products like `p`.
    public static BlockProduct of(Machine machine, Kernel.Product p) {
        return new BlockProduct(machine, p);
    }

    /// Computes all results of `c`, which overlaps neither operand; all lie in `array`.
    public void run(float[] array, int a, int b, int c) {
        f = array;
        aOffset = a;
        bOffset = b;
        cOffset = c;
        java.util.Arrays.fill(machine.workspace().array(), 0, form.columns(), 0);
        machine.threads().forEach(tasks, multiply);
    }

    private void multiply(int index, int worker) {
        var scratch = machine.workspace().array();
        int own = form.columns() + worker * workerElements;
        int width = form.columns();
        int b = bOffset + right.start(index, inner);
        for (int j = 0; j < columns; j += width) {
            int valid = Math.min(width, columns - j);
            int from = b + j * right.column;
            int to = own + j * terms;
            Packing.panel(f, from, right.row, right.column, terms, valid, scratch, to, width);
        }
        int a = aOffset + left.start(index, inner);
        if (packsLeft) {
            int to = own + packedLeft;
            Transposition.copy(f, a, left.column, scratch, to, packedRow, terms, rows);
        }
        int c = cOffset + out.start(index, inner);
        for (int j = 0; j < columns; j += width) {
            if (packsLeft) panel(scratch, own + packedLeft, 1, own, j, c);
            else panel(f, a, left.column, own, j, c);
        }
    }

    /// The columns from `first` on, as many as a panel has.
    private void panel(float[] a, int aStart, int aStep, int own, int first, int c) {
        int height = form.rows();
        int last = Math.min(columns, first + form.columns()) - 1;
        for (int i = 0; i < rows; i += height) {
            int valid = Math.min(height, rows - i);
            int bottom = i + valid - 1;
            if (part == Part.COLUMNS_UP_TO_ROW && first > bottom) continue;
            if (part == Part.COLUMNS_FROM_ROW && last < i) return;
            int from = Math.min(terms, firstTerm(i, first));
            int to = Math.min(terms, endOfTerms(bottom, last));
            tile(a, aStart + from * aStep, i, own, first, from, Math.max(0, to - from), c, valid);
        }
    }

    /// The first term that may count in rows from `row` and columns from `column` on.
    private int firstTerm(int row, int column) {
        return switch (part) {
            case TERMS_FROM_ROW -> row;
            case TERMS_FROM_COLUMN -> column;
            case ALL, TERMS_UP_TO_ROW, TERMS_UP_TO_COLUMN -> 0;
            case COLUMNS_UP_TO_ROW, COLUMNS_FROM_ROW -> 0;
        };
    }

    /// The end of the terms that may count in rows up to `row` and columns up to `column`.
    private int endOfTerms(int row, int column) {
        return switch (part) {
            case TERMS_UP_TO_ROW -> row + 1;
            case TERMS_UP_TO_COLUMN -> column + 1;
            case ALL, TERMS_FROM_ROW, TERMS_FROM_COLUMN -> terms;
            case COLUMNS_UP_TO_ROW, COLUMNS_FROM_ROW -> terms;
        };
    }

    private void tile(
            float[] a,
            int aStart,
            int row,
            int own,
            int first,
            int k,
            int length,
            int c,
            int valid) {
        var scratch = machine.workspace().array();
        int width = form.columns();
        int b = own + first * terms + k * width;
        int to = c + row * out.row + first;
        if (columns - first >= width) {
            tile.run(
                    a,
                    aStart,
                    places,
                    row,
                    0,
                    scratch,
                    b,
                    0,
                    width,
                    scratch,
                    0,
                    0,
                    f,
                    to,
                    out.row,
                    valid,
                    1,
                    length,
                    Float.NEGATIVE_INFINITY);
            return;
        }
        int block = own + edge;
        tile.run(
                a,
                aStart,
                places,
                row,
                0,
                scratch,
                b,
                0,
                width,
                scratch,
                0,
                0,
                scratch,
                block,
                width,
                valid,
                1,
                length,
                Float.NEGATIVE_INFINITY);
        for (int i = 0; i < valid; i++) {
            System.arraycopy(scratch, block + i * width, f, to + i * out.row, columns - first);
        }
    }
}
