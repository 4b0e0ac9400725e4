package motley.wasm;

import static motley.wasm.binary.Instruction.V128_LOAD;
import static motley.wasm.binary.Instruction.V128_STORE;

import motley.wasm.binary.Code;
import motley.wasm.binary.Function;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;

/// Copies that put factors in the order in which tiles read them: rows of four or eight columns.
/// Columns that are not needed hold anything.
final class Packing {
    private static final int BYTES = 4;
    private static final int VECTOR = 16;

    private Packing() {}

    /// Rows whose columns are neighbours.
    ///
    /// @param step bytes from row to row
    private record Rows(int step, int columns) {}

    /// Rows that are neighbours, whose columns are apart.
    ///
    /// @param apart bytes from column to column
    private record Columns(int apart, int columns) {}

    /// Rows of a panel in memory; more than asked for may be written.
    static int rowsFor(int rows) {
        return Math.ceilDiv(rows, Lanes.ALL) * Lanes.ALL;
    }

    /// Writes a call that packs `rows` rows of `columns` columns from `from` to `to`, one of whose
    /// steps, in bytes, is that of neighbours.
    static void call(
            Rendering rendering,
            Code c,
            Local from,
            Local to,
            int rows,
            int columns,
            int rowStep,
            int columnStep) {
        c.get(from).get(to);
        if (columnStep == BYTES || columns == 1) {
            c.i32(rows).call(ofRows(rendering, new Rows(rowStep, columns)));
        } else {
            c.i32(rowsFor(rows) / Lanes.ALL);
            c.call(ofColumns(rendering, new Columns(columnStep, columns)));
        }
    }

    private static Function ofRows(Rendering rendering, Rows form) {
        int vectors = TileForm.panelColumns(form.columns) / Lanes.ALL;
        return rendering.form(
                form,
                FunctionType.ofInts(3),
                c ->
                        c.countDown(
                                c.param(2),
                                () -> {
                                    for (int v = 0; v < vectors; v++) {
                                        c.get(c.param(1)).get(c.param(0));
                                        c.memory(V128_LOAD, v * VECTOR);
                                        c.memory(V128_STORE, v * VECTOR);
                                    }
                                    c.increase(c.param(0), form.step);
                                    c.increase(c.param(1), vectors * VECTOR);
                                }));
    }

    /// Four rows at a time, by transposing squares.
    private static Function ofColumns(Rendering rendering, Columns form) {
        int vectors = TileForm.panelColumns(form.columns) / Lanes.ALL;
        return rendering.form(
                form,
                FunctionType.ofInts(3),
                c ->
                        c.countDown(
                                c.param(2),
                                () -> {
                                    for (int v = 0; v < vectors; v++) square(c, form, v, vectors);
                                    c.increase(c.param(0), VECTOR);
                                    c.increase(c.param(1), Lanes.ALL * vectors * VECTOR);
                                }));
    }

    private static void square(Code c, Columns form, int v, int vectors) {
        var in = new Local[Lanes.ALL];
        for (int i = 0; i < in.length; i++) {
            int column = Math.min(form.columns - 1, v * Lanes.ALL + i);
            in[i] = c.vector();
            c.get(c.param(0)).memory(V128_LOAD, column * form.apart).set(in[i]);
        }
        var low = c.vector();
        var high = c.vector();
        for (int half = 0; half < 2; half++) {
            int first = 2 * half;
            c.get(in[0]).get(in[1]).shuffle(first, first + 4, first + 1, first + 5).set(low);
            c.get(in[2]).get(in[3]).shuffle(first, first + 4, first + 1, first + 5).set(high);
            int row = first * vectors * VECTOR + v * VECTOR;
            c.get(c.param(1)).get(low).get(high).shuffle(0, 1, 4, 5).memory(V128_STORE, row);
            row += vectors * VECTOR;
            c.get(c.param(1)).get(low).get(high).shuffle(2, 3, 6, 7).memory(V128_STORE, row);
        }
    }
}
