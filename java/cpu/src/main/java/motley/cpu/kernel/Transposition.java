package motley.cpu.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies matrices with their rows as columns.
///
/// Squares of 8x8 go through registers: three rounds that interleave row `i` with row `i + 4` leave
/// the columns in place of the rows. Processors whose vectors are shorter than 8 floats copy
/// element by element, as do all of them at the edges.
final class Transposition {
    private static final int SIDE = 8;
    private static final boolean WIDE = FloatVector.SPECIES_PREFERRED.length() >= SIDE;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
    private static final IntVector LOW = indices(0, 8, 1, 9, 2, 10, 3, 11);
    private static final IntVector HIGH = indices(4, 12, 5, 13, 6, 14, 7, 15);

    private Transposition() {}

    /// `to[toOffset + j·toRow + i] = from[fromOffset + i·fromRow + j]` for `i` in `[0, rows)` and
    /// `j` in `[0, columns)`. The regions do not overlap.
    static void copy(
            float[] from,
            int fromOffset,
            int fromRow,
            float[] to,
            int toOffset,
            int toRow,
            int rows,
            int columns) {
        int wholeRows = WIDE ? rows - rows % SIDE : 0;
        int wholeColumns = WIDE ? columns - columns % SIDE : 0;
        for (int i = 0; i < wholeRows; i += SIDE) {
            for (int j = 0; j < wholeColumns; j += SIDE) {
                int source = fromOffset + i * fromRow + j;
                square(from, source, fromRow, to, toOffset + j * toRow + i, toRow);
            }
        }
        rectangle(
                from,
                fromOffset + wholeColumns,
                fromRow,
                to,
                toOffset + wholeColumns * toRow,
                toRow,
                wholeRows,
                columns - wholeColumns);
        rectangle(
                from,
                fromOffset + wholeRows * fromRow,
                fromRow,
                to,
                toOffset + wholeRows,
                toRow,
                rows - wholeRows,
                columns);
    }

    private static void rectangle(
            float[] from,
            int fromOffset,
            int fromRow,
            float[] to,
            int toOffset,
            int toRow,
            int rows,
            int columns) {
        for (int i0 = 0; i0 < rows; i0 += 2 * SIDE) {
            int end = Math.min(rows, i0 + 2 * SIDE);
            for (int j = 0; j < columns; j++) {
                int source = fromOffset + j;
                int target = toOffset + j * toRow;
                for (int i = i0; i < end; i++) to[target + i] = from[source + i * fromRow];
            }
        }
    }

    private static void square(
            float[] from, int source, int fromRow, float[] to, int target, int toRow) {
        var a0 = load(from, source);
        var a1 = load(from, source + fromRow);
        var a2 = load(from, source + 2 * fromRow);
        var a3 = load(from, source + 3 * fromRow);
        var a4 = load(from, source + 4 * fromRow);
        var a5 = load(from, source + 5 * fromRow);
        var a6 = load(from, source + 6 * fromRow);
        var a7 = load(from, source + 7 * fromRow);
        var b0 = LOW.selectFrom(a0, a4);
        var b1 = HIGH.selectFrom(a0, a4);
        var b2 = LOW.selectFrom(a1, a5);
        var b3 = HIGH.selectFrom(a1, a5);
        var b4 = LOW.selectFrom(a2, a6);
        var b5 = HIGH.selectFrom(a2, a6);
        var b6 = LOW.selectFrom(a3, a7);
        var b7 = HIGH.selectFrom(a3, a7);
        a0 = LOW.selectFrom(b0, b4);
        a1 = HIGH.selectFrom(b0, b4);
        a2 = LOW.selectFrom(b1, b5);
        a3 = HIGH.selectFrom(b1, b5);
        a4 = LOW.selectFrom(b2, b6);
        a5 = HIGH.selectFrom(b2, b6);
        a6 = LOW.selectFrom(b3, b7);
        a7 = HIGH.selectFrom(b3, b7);
        store(LOW.selectFrom(a0, a4), to, target);
        store(HIGH.selectFrom(a0, a4), to, target + toRow);
        store(LOW.selectFrom(a1, a5), to, target + 2 * toRow);
        store(HIGH.selectFrom(a1, a5), to, target + 3 * toRow);
        store(LOW.selectFrom(a2, a6), to, target + 4 * toRow);
        store(HIGH.selectFrom(a2, a6), to, target + 5 * toRow);
        store(LOW.selectFrom(a3, a7), to, target + 6 * toRow);
        store(HIGH.selectFrom(a3, a7), to, target + 7 * toRow);
    }

    private static IntVector load(float[] from, int offset) {
        return FloatVector.fromArray(FLOATS, from, offset).reinterpretAsInts();
    }

    private static void store(IntVector vector, float[] to, int offset) {
        vector.reinterpretAsFloats().intoArray(to, offset);
    }

    private static IntVector indices(int... indices) {
        return IntVector.fromArray(IntVector.SPECIES_256, indices, 0);
    }
}
