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

    /// For whole register tiles, and for the rows that are left.
    private final FixedProduct whole;

    private final FixedProduct rest;
    private final Part part;
    private final int inner;
    private final int tasks;
    private final int rows;
    private final int terms;
    private final int columns;
    private final Strides left;
    private final Strides right;
    private final Strides out;

    private final boolean packsLeft;

    /// Elements from one packed row of the left matrix to the next: an odd number of lines, so that
    /// the rows of a tile lie in different sets of the cache.
    private final int packedRow;

    /// Elements from one row of the left matrix to the next, and from one term, in place or packed.
    private final int aRow;

    private final int aStep;
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
        packedRow = Math.ceilDiv(terms, LINE_ELEMENTS) / 2 * 2 * LINE_ELEMENTS + LINE_ELEMENTS;
        aRow = packsLeft ? packedRow : left.row;
        aStep = packsLeft ? 1 : left.column;
        int last = rows % form.rows();
        whole = product(form.rows());
        rest = last > 0 ? product(last) : whole;
        int panels = Math.ceilDiv(columns, form.columns());
        packedLeft = panels * form.columns() * terms;
        edge = packedLeft + (packsLeft ? rows * packedRow : 0);
        workerElements = edge + form.rows() * form.columns();
        machine.workspace().reserve((long) machine.threads().size() * workerElements);
    }

    /// `height` rows by a packed panel of the right matrix.
    private FixedProduct product(int height) {
        var tile = new TileForm(form.lanes(), height, form.vectors(), form.columns());
        return machine.tiles().product(FixedForm.ofPanel(tile, aStep));
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
        machine.threads().forEach(tasks, multiply);
    }

    private void multiply(int index, int worker) {
        var scratch = machine.workspace().array();
        int own = worker * workerElements;
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
            if (packsLeft) panel(scratch, own + packedLeft, own, j, c);
            else panel(f, a, own, j, c);
        }
    }

    /// The columns from `first` on, as many as a panel has.
    private void panel(float[] a, int aStart, int own, int first, int c) {
        int height = form.rows();
        int last = Math.min(columns, first + form.columns()) - 1;
        for (int i = 0; i < rows; i += height) {
            int valid = Math.min(height, rows - i);
            int bottom = i + valid - 1;
            if (part == Part.COLUMNS_UP_TO_ROW && first > bottom) continue;
            if (part == Part.COLUMNS_FROM_ROW && last < i) return;
            int from = Math.min(terms, firstTerm(i, first));
            int to = Math.max(from, Math.min(terms, endOfTerms(bottom, last)));
            int place = aStart + i * aRow + from * aStep;
            int b = own + first * terms + from * form.columns();
            multiplyRows(a, place, b, own, c + i * out.row + first, first, valid, to - from);
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

    /// `valid` rows of the columns from `first` on; `to` is where the first result belongs.
    private void multiplyRows(
            float[] a, int place, int b, int own, int to, int first, int valid, int length) {
        var scratch = machine.workspace().array();
        var product = valid == form.rows() ? whole : rest;
        int width = form.columns();
        if (columns - first >= width) {
            product.run(a, place, aRow, scratch, b, f, to, out.row, valid, length);
            return;
        }
        int block = own + edge;
        product.run(a, place, aRow, scratch, b, scratch, block, width, valid, length);
        for (int i = 0; i < valid; i++) {
            System.arraycopy(scratch, block + i * width, f, to + i * out.row, columns - first);
        }
    }
}
