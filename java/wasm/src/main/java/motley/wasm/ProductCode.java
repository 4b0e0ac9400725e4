package motley.wasm;

import static motley.tensor.Require.require;
import static motley.wasm.binary.Instruction.I32_ADD;
import static motley.wasm.binary.Instruction.I32_GE_S;
import static motley.wasm.binary.Instruction.I32_GT_S;
import static motley.wasm.binary.Instruction.I32_LT_S;
import static motley.wasm.binary.Instruction.I32_MUL;
import static motley.wasm.binary.Instruction.I32_SUB;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Kernel.Part;
import motley.wasm.binary.Code;
import motley.wasm.binary.Function;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;

/// Writes batched matrix products: panels of up to eight columns of the right matrix, packed, by
/// tiles of up to four rows of the left one, which is read where it lies.
final class ProductCode {
    /// Terms of one step, so that a panel stays in the first-level cache: 16 KiB.
    private static final int TERMS_MAX = 512;

    /// Rows of the left matrix up to which a panel is not worth a copy.
    private static final int IN_PLACE_ROWS_MAX = 8;

    private static final int BYTES = 4;

    private final Rendering rendering;
    private final Code c;
    private final Form form;
    private final Rendering.Scratch panel;
    private final boolean inPlace;

    /// A product without its places.
    private record Form(
            List<Integer> extents,
            List<Integer> left,
            List<Integer> right,
            List<Integer> out,
            Part part) {
        int rows() {
            return extents.get(2);
        }

        int terms() {
            return extents.get(3);
        }

        int columns() {
            return extents.get(4);
        }

        /// Bytes from one row, or whatever `axis` is, to the next.
        static int bytes(List<Integer> strides, int axis, int size) {
            return size == 1 ? BYTES : strides.get(axis) * BYTES;
        }
    }

    private ProductCode(Rendering rendering, Code c, Form form) {
        this.rendering = rendering;
        this.c = c;
        this.form = form;
        boolean neighbours = rightColumn() == BYTES;
        boolean wholePanels = form.columns() % TileForm.COLUMNS_MAX == 0;
        inPlace = neighbours && (form.rows() <= IN_PLACE_ROWS_MAX && wholePanels);
        int rows = form.part() == Part.ALL ? Math.min(TERMS_MAX, form.terms()) : form.terms();
        long elements = (long) Packing.rowsFor(rows) * TileForm.COLUMNS_MAX;
        panel = rendering.scratch(inPlace ? 0 : elements * BYTES);
    }

    /// Writes a call of `product`.
    static void call(Rendering rendering, Code c, Kernel.Product product) {
        var form =
                new Form(
                        product.extents(),
                        product.left().strides(),
                        product.right().strides(),
                        product.out().strides(),
                        product.part());
        requireForward(form.left);
        requireForward(form.right);
        Function function =
                rendering.form(
                        form,
                        FunctionType.ofInts(3),
                        body -> new ProductCode(rendering, body, form).write());
        c.i32(rendering.address(product.left()));
        c.i32(rendering.address(product.right()));
        c.i32(rendering.address(product.out()));
        c.call(function);
    }

    private static void requireForward(List<Integer> strides) {
        boolean forward = strides.stream().allMatch(s -> s >= 0);
        require(forward, "strides of a product: %s (expected: none below 0)", strides);
    }

    private int leftRow() {
        return Form.bytes(form.left, 2, form.rows());
    }

    private int leftTerm() {
        return Form.bytes(form.left, 3, form.terms());
    }

    private int rightTerm() {
        return Form.bytes(form.right, 2, form.terms());
    }

    private int rightColumn() {
        return Form.bytes(form.right, 3, form.columns());
    }

    private int outRow() {
        return Form.bytes(form.out, 2, form.rows());
    }

    private void write() {
        matrices(0, c.param(0), c.param(1), c.param(2));
    }

    private void matrices(int axis, Local a, Local b, Local to) {
        if (axis == 2) {
            columns(a, b, to);
            return;
        }
        int count = form.extents().get(axis);
        if (count == 1) {
            matrices(axis + 1, a, b, to);
            return;
        }
        var ownA = copyOf(a);
        var ownB = copyOf(b);
        var ownTo = copyOf(to);
        c.repeat(
                count,
                () -> {
                    matrices(axis + 1, ownA, ownB, ownTo);
                    c.increase(ownA, form.left().get(axis) * BYTES);
                    c.increase(ownB, form.right().get(axis) * BYTES);
                    c.increase(ownTo, form.out().get(axis) * BYTES);
                });
    }

    private Local copyOf(Local place) {
        var copy = c.i32Local();
        c.get(place).set(copy);
        return copy;
    }

    // ---- Columns ---------------------------------------------------------------------------

    private void columns(Local a, Local b, Local to) {
        int whole = form.columns() / TileForm.COLUMNS_MAX;
        int rest = form.columns() % TileForm.COLUMNS_MAX;
        var ownB = copyOf(b);
        var ownTo = copyOf(to);
        var first = c.i32Local();
        c.i32(0).set(first);
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        panel(a, ownB, ownTo, first, TileForm.COLUMNS_MAX);
                        c.increase(ownB, TileForm.COLUMNS_MAX * rightColumn());
                        c.increase(ownTo, TileForm.COLUMNS_MAX * BYTES);
                        c.increase(first, TileForm.COLUMNS_MAX);
                    });
        }
        if (rest > 0) panel(a, ownB, ownTo, first, rest);
    }

    /// @param first the number of the panel's first column
    private void panel(Local a, Local b, Local to, Local first, int columns) {
        if (form.part() != Part.ALL) {
            partOfPanel(a, b, to, first, columns);
            return;
        }
        int steps = Math.ceilDiv(form.terms(), TERMS_MAX);
        int length = Math.ceilDiv(form.terms(), steps);
        step(a, b, to, length, columns, TileForm.Start.ZERO);
        if (steps == 1) return;
        var ownA = copyOf(a);
        var ownB = copyOf(b);
        Runnable next =
                () -> {
                    c.increase(ownA, length * leftTerm());
                    c.increase(ownB, length * rightTerm());
                };
        int last = form.terms() - (steps - 1) * length;
        if (steps > 2) {
            c.repeat(
                    steps - 2,
                    () -> {
                        next.run();
                        step(ownA, ownB, to, length, columns, TileForm.Start.CONTINUE);
                    });
        }
        next.run();
        step(ownA, ownB, to, last, columns, TileForm.Start.CONTINUE);
    }

    private void step(Local a, Local b, Local to, int terms, int columns, TileForm.Start start) {
        var right = inPlace ? b : packed(b, terms, columns);
        var tile = tile(terms, columns, start);
        Rows.call(
                rendering,
                c,
                tile,
                form.rows(),
                new Rows.Places(a, right, to, leftRow(), outRow()));
    }

    private Local packed(Local b, int terms, int columns) {
        var at = c.i32Local();
        panel.push(c, 0);
        c.set(at);
        Packing.call(rendering, c, b, at, terms, columns, rightTerm(), rightColumn());
        return at;
    }

    private TileForm tile(int terms, int columns, TileForm.Start start) {
        int bStep = inPlace ? rightTerm() : TileForm.panelColumns(columns) * BYTES;
        return new TileForm(
                TileForm.ROWS_MAX,
                columns,
                leftRow(),
                List.of(new TileForm.Level(terms, leftTerm())),
                bStep,
                outRow(),
                start,
                TileForm.End.PLAIN);
    }

    // ---- Parts -----------------------------------------------------------------------------

    private void partOfPanel(Local a, Local b, Local to, Local first, int columns) {
        var from = inPlace ? b : packed(b, form.terms(), columns);
        var tile = tile(TileForm.TERMS_OPEN, columns, TileForm.Start.ZERO);
        var ownA = copyOf(a);
        var ownTo = copyOf(to);
        var row = c.i32Local();
        c.i32(0).set(row);
        int whole = form.rows() / TileForm.ROWS_MAX;
        int rest = form.rows() % TileForm.ROWS_MAX;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        partOfTile(tile, ownA, from, ownTo, row, first);
                        c.increase(ownA, TileForm.ROWS_MAX * leftRow());
                        c.increase(ownTo, TileForm.ROWS_MAX * outRow());
                        c.increase(row, TileForm.ROWS_MAX);
                    });
        }
        if (rest > 0) partOfTile(tile.withRows(rest), ownA, from, ownTo, row, first);
    }

    /// A tile over the terms that count; none, if nobody looks at its results.
    private void partOfTile(TileForm tile, Local a, Local b, Local to, Local row, Local first) {
        int bottom = tile.rows() - 1;
        int right = tile.columns() - 1;
        Runnable all = () -> someTerms(tile, a, b, to, () -> c.i32(0), () -> c.i32(form.terms()));
        switch (form.part()) {
            case ALL -> all.run();
            case TERMS_UP_TO_ROW ->
                    someTerms(tile, a, b, to, () -> c.i32(0), () -> after(row, bottom));
            case TERMS_FROM_ROW ->
                    someTerms(tile, a, b, to, () -> c.get(row), () -> c.i32(form.terms()));
            case TERMS_UP_TO_COLUMN ->
                    someTerms(tile, a, b, to, () -> c.i32(0), () -> after(first, right));
            case TERMS_FROM_COLUMN ->
                    someTerms(tile, a, b, to, () -> c.get(first), () -> c.i32(form.terms()));
            case COLUMNS_UP_TO_ROW -> {
                after(row, bottom);
                c.get(first).op(I32_GT_S).when(all);
            }
            case COLUMNS_FROM_ROW -> {
                after(first, right);
                c.get(row).op(I32_GT_S).when(all);
            }
        }
    }

    private void after(Local index, int last) {
        c.get(index).i32(last + 1).op(I32_ADD);
    }

    private void someTerms(
            TileForm tile, Local a, Local b, Local to, Runnable pushFrom, Runnable pushEnd) {
        var from = c.i32Local();
        var end = c.i32Local();
        pushFrom.run();
        c.set(from);
        pushEnd.run();
        c.set(end);
        atMost(end, form.terms());
        c.get(end).get(from).op(I32_LT_S).when(() -> c.get(end).set(from));
        c.get(a).get(from).i32(leftTerm()).op(I32_MUL).op(I32_ADD);
        c.get(b).get(from).i32(tile.bStep()).op(I32_MUL).op(I32_ADD);
        c.get(to).get(end).get(from).op(I32_SUB);
        c.call(TileCode.function(rendering, tile));
    }

    private void atMost(Local value, int limit) {
        c.get(value).i32(limit).op(I32_GE_S).when(() -> c.i32(limit).set(value));
    }
}
