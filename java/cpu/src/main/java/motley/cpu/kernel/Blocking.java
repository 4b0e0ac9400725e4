package motley.cpu.kernel;

/// How a matrix product is cut, so that its parts stay in the caches of the processors that a tile
/// is for. It changes no bit: a sum that is cut goes on where it ended.
///
/// @param panelElementsMax elements of a packed panel of `b` that one step may touch
/// @param inPlaceRowsMax rows of op(a) up to which panels of `b` are not worth a copy
/// @param inPlaceRowsOfNarrowMax the same for a `b` of at most [#NARROW] columns
/// @param copiesRows whether a block of `a` is copied where sums take several steps, and not only
///     where `a` is transposed
record Blocking(
        int panelElementsMax, int inPlaceRowsMax, int inPlaceRowsOfNarrowMax, boolean copiesRows) {
    /// Columns of a matrix whose rows are near each other.
    private static final int NARROW = 512;

    /// Panels of one product below which a copy of `a` is not worth while.
    private static final int PANELS_MIN = 4;

    /// Panels of 64 KiB, which the second-level cache delivers in time beside a block of `a`.
    /// Shorter steps go over the result more often, which costs more.
    private static final int PANEL_ELEMENTS_MAX = 16 << 10;

    /// For 32 registers.
    private static final Blocking LARGE = new Blocking(PANEL_ELEMENTS_MAX, 24, 256, false);

    /// For 16 registers, where a row of `b` is used by half as many rows of `a` before the next one
    /// is due. Unpacked rows are often a power of two apart, so they evict each other from the
    /// caches: nearly every panel is worth a copy.
    private static final Blocking SMALL = new Blocking(PANEL_ELEMENTS_MAX, 12, 12, true);

    static Blocking of(boolean manyRegisters) {
        return manyRegisters ? LARGE : SMALL;
    }

    boolean readsInPlace(MatrixProduct.Size size) {
        int rowsMax = size.n() <= NARROW ? inPlaceRowsOfNarrowMax : inPlaceRowsMax;
        return !size.transposeB() && size.m() <= rowsMax;
    }

    /// Whether blocks of op(a) are copied for sums that take `steps` over each of `panels`.
    boolean packsA(MatrixProduct.Size size, int steps, int panels) {
        return size.transposeA() || (copiesRows && steps > 1 && panels >= PANELS_MIN);
    }
}
