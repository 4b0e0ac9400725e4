package motley.cpu.kernel;

/// What is literal in the code of a [FixedProduct].
///
/// @param tile the register tile, whose steps are those of the product
/// @param length terms of a sum; 0 if each call says
/// @param panel elements from one panel of `b` to the next
/// @param panels panels, side by side in `c`
/// @param cRow elements from one row of `c` to the next; 0 if each call says
/// @param adding whether sums go on from what is in `c`, or begin at 0
record FixedForm(TileForm tile, int length, int panel, int panels, int cRow, boolean adding) {
    private static final int LONG = 256;
    private static final int SEGMENT_MIN = 32;

    /// Sums from 0 over rows of `a`, with packed panels of `b`.
    static FixedForm ofPanels(TileForm tile, int length, int cRow) {
        int columns = tile.columns();
        var steps = tile.withSteps(columns, 1);
        return new FixedForm(steps, length, length * columns, cRow / columns, cRow, false);
    }

    /// Sums that go on over columns of an `a` of `aStep` columns, with a `b` that lies in place and
    /// has the columns of the result.
    static FixedForm ofColumns(TileForm tile, int length, int aStep, int cRow) {
        int columns = tile.columns();
        var steps = tile.withSteps(cRow, aStep);
        return new FixedForm(steps, length, columns, cRow / columns, cRow, true);
    }

    /// Sums from 0 of as many terms as each call says, with one packed panel of `b`.
    static FixedForm ofPanel(TileForm tile, int aStep) {
        return new FixedForm(tile.withSteps(tile.columns(), aStep), 0, 0, 1, 0, false);
    }

    /// Terms of a sum that are gone through in one loop: all, or a divisor of a long sum's, so that
    /// there is a loop around it.
    int segment() {
        if (length <= LONG) return length;
        for (int terms = LONG / 2; terms >= SEGMENT_MIN; terms--) {
            if (length % terms == 0) return terms;
        }
        return length;
    }

    /// The rows that a product of `count` rows computes: whole tiles.
    int wholeTiles(int count) {
        return Math.ceilDiv(count, tile.rows()) * tile.rows();
    }
}
