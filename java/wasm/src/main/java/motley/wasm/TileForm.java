package motley.wasm;

import java.util.List;
import motley.wasm.binary.FunctionType;

/// A block of results that stays in registers: up to [#ROWS_MAX] rows of up to [#COLUMNS_MAX]
/// columns, each a sum over one walk through both operands. All distances are literals of the code,
/// so that one address serves all rows.
///
/// Its arguments are the addresses of the first factor of the first row, of the first row of
/// factors of the columns and of the first result; then the terms of the walk if they are
/// [open][#TERMS_OPEN]; then the address of the bias if there is one.
///
/// @param aRow bytes from one row's factor to the next row's
/// @param walk of the first operand, outermost first; the second is read on and on
/// @param bStep bytes from one row of factors of the columns to the next
/// @param cRow bytes from one row of results to the next
record TileForm(
        int rows,
        int columns,
        int aRow,
        List<Level> walk,
        int bStep,
        int cRow,
        Start start,
        End end) {
    static final int ROWS_MAX = 4;
    static final int COLUMNS_MAX = 8;

    /// The count of a level that is an argument, and may be 0.
    static final int TERMS_OPEN = 0;

    /// One loop of a walk.
    ///
    /// @param step bytes from one factor of a row to the next
    record Level(int count, int step) {}

    /// What sums begin with.
    enum Start {
        ZERO,
        /// What is there, so that a sum may be cut.
        CONTINUE
    }

    /// What becomes of sums.
    enum End {
        PLAIN,
        BIAS,
        BIAS_AND_RELU
    }

    TileForm {
        walk = List.copyOf(walk);
    }

    boolean isOpen() {
        return walk.getLast().count() == TERMS_OPEN;
    }

    FunctionType type() {
        return FunctionType.ofInts(3 + (isOpen() ? 1 : 0) + (end == End.PLAIN ? 0 : 1));
    }

    /// Vectors of a row.
    int vectors() {
        return columns > Lanes.ALL ? 2 : 1;
    }

    /// Columns of a packed panel that holds `columns`.
    static int panelColumns(int columns) {
        return columns > Lanes.ALL ? COLUMNS_MAX : Lanes.ALL;
    }

    TileForm withRows(int newRows) {
        return new TileForm(newRows, columns, aRow, walk, bStep, cRow, start, end);
    }

    TileForm withStart(Start newStart) {
        return new TileForm(rows, columns, aRow, walk, bStep, cRow, newStart, end);
    }
}
