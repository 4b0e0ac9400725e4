package motley.cpu.kernel;

/// What is literal in the code of a [Tile].
///
/// @param lanes floats in a vector: 4, 8 or 16
/// @param rows rows of the tile
/// @param vectors vectors in a row of the tile
/// @param bStep elements from one `k` to the next in `b`; 0 if each call says
/// @param aStep elements from one `k` to the next in `a`
record TileForm(int lanes, int rows, int vectors, int bStep, int aStep) {
    /// A form that finds the factors of a row of `a` side by side.
    TileForm(int lanes, int rows, int vectors, int bStep) {
        this(lanes, rows, vectors, bStep, 1);
    }

    TileForm withSteps(int bStep, int aStep) {
        return new TileForm(lanes, rows, vectors, bStep, aStep);
    }

    int columns() {
        return lanes * vectors;
    }
}
