package motley.cpu.kernel;

/// What is literal in the code of a [FixedProduct].
///
/// @param lanes floats in a vector: 4, 8 or 16
/// @param rows rows of a register tile
/// @param vectors vectors in a row of a tile
/// @param length terms of a sum
/// @param aStep elements from one term to the next in `a`
/// @param b where `b` lies
/// @param cRow elements from one row of `c` to the next; 0 if each call says
/// @param adding whether sums go on from what is in `c`, or begin at 0
record FixedForm(
        int lanes,
        int rows,
        int vectors,
        int length,
        int aStep,
        Panels b,
        int cRow,
        boolean adding) {
    /// Panels of a tile's width.
    ///
    /// @param step elements from one term to the next
    /// @param panel elements from one panel to the next
    /// @param count panels, side by side in `c`
    record Panels(int step, int panel, int count) {
        /// Panels that lie one after another, each term of a panel after the last.
        static Panels packed(TileForm tile, int length, int columns) {
            int count = Math.ceilDiv(columns, tile.columns());
            return new Panels(tile.columns(), length * tile.columns(), count);
        }

        /// Those of a matrix as it is, `columns` in a row, a multiple of the tile's.
        static Panels inPlace(TileForm tile, int columns) {
            return new Panels(columns, tile.columns(), columns / tile.columns());
        }
    }

    /// The form whose register tiles are those of `tile`.
    static FixedForm of(TileForm tile, int length, int aStep, Panels b, int cRow, boolean adding) {
        return new FixedForm(
                tile.lanes(), tile.rows(), tile.vectors(), length, aStep, b, cRow, adding);
    }

    /// Columns of a panel.
    int columns() {
        return lanes * vectors;
    }

    /// The rows that a product of `count` rows computes: whole tiles.
    int wholeTiles(int count) {
        return Math.ceilDiv(count, rows) * rows;
    }
}
