package motley.cpu.kernel;

/// How a matrix product is cut, so that its parts stay in the caches of the processors that a tile
/// is for. It changes no bit: a sum that is cut goes on where it ended.
///
/// @param panelElementsMax elements of a packed panel of `b` that one step may touch
/// @param inPlaceRowsMax rows of op(a) up to which panels of `b` are not worth a copy
/// @param inPlaceRowsOfNarrowMax the same for a `b` of at most [#NARROW] columns
/// @param copiesRows whether a block of `a` is copied where sums take several steps, and not only
///     where `a` is transposed
/// @param chunkTilesOfLarge tiles in a chunk of rows where `b` is larger than the caches, so that
///     its panels come from memory for each chunk
record Blocking(
        int panelElementsMax,
        int inPlaceRowsMax,
        int inPlaceRowsOfNarrowMax,
        boolean copiesRows,
        int chunkTilesOfLarge) {
    /// Elements of `a` that stay in the second-level cache while panels pass by: 384 KiB.
    private static final int CHUNK_ELEMENTS = 96 << 10;

    private static final int CHUNK_TILES_MIN = 6;
    private static final int CHUNK_TILES_MAX = 16;

    /// Elements of a `b` larger than what a core has of the caches: 8 MiB.
    private static final long LARGE_ELEMENTS = 2 << 20;

    /// Columns of a matrix whose rows are near each other.
    private static final int NARROW = 512;

    /// Panels of one product below which a copy of `a` is not worth while.
    private static final int PANELS_MIN = 4;

    /// For 32 registers. Panels of 256 KiB: tiles of twelve rows ask for so little of `b` that the
    /// second-level cache is fast enough, and long sums go over the result once.
    private static final Blocking LARGE = new Blocking(64 << 10, 24, 256, false, 48);

    /// For 16 registers, where a row of `b` is used by half as many rows of `a` before the next one
    /// is due. Unpacked rows are often a power of two apart, so they evict each other from the
    /// caches: nearly every panel is worth a copy. Panels of 64 KiB stay in time beside a block of
    /// `a`.
    private static final Blocking SMALL = new Blocking(16 << 10, 12, 12, true, CHUNK_TILES_MAX);

    static Blocking of(boolean manyRegisters) {
        return manyRegisters ? LARGE : SMALL;
    }

    boolean readsInPlace(MatrixProduct.Size size) {
        int rowsMax = size.n() <= NARROW ? inPlaceRowsOfNarrowMax : inPlaceRowsMax;
        return !size.transposeB() && size.m() <= rowsMax;
    }

    /// Tiles of `form` in a chunk of rows, at most.
    int chunkTiles(MatrixProduct.Size size, TileForm form) {
        if ((long) size.k() * size.n() > LARGE_ELEMENTS) return chunkTilesOfLarge;
        int terms = Math.min(size.k(), panelElementsMax / form.columns());
        int tiles = CHUNK_ELEMENTS / (form.rows() * terms);
        return Math.clamp(tiles, CHUNK_TILES_MIN, CHUNK_TILES_MAX);
    }

    /// Whether blocks of op(a) are copied for sums that take `steps` over each of `panels`.
    boolean packsA(MatrixProduct.Size size, int steps, int panels) {
        return size.transposeA() || (copiesRows && steps > 1 && panels >= PANELS_MIN);
    }
}
