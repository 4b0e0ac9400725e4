package motley.cpu.kernel;

/// Brings patches of images into transformed form, or back: one [Transform] for each vector of
/// channels, around a copy of patches that reach beyond the border.
///
/// In transformed form, element `[i, j]` of a patch, vector `v`, lies at
/// `place + (i·n + j)·step + v / g·stack + v % g·lanes` in the workspace, with `g` vectors of
/// neighbouring channels together.
final class WinogradWindow {
    private final PixelGrid grid;
    private final int lanes;
    private final int side;
    private final int transformedSide;
    private final Transform transform;
    private final Transform adding;
    private final Layout layout;

    /// Where transformed patches lie.
    ///
    /// @param step elements from one element of a transformed patch to the next
    /// @param width channels that lie together
    /// @param stack elements from channels that lie together to the next ones
    record Layout(int step, int width, int stack) {}

    /// @param toImage whether the transform leads back to images
    WinogradWindow(Tiles tiles, PixelGrid grid, Matrix matrix, boolean toImage, Layout layout) {
        this.grid = grid;
        this.layout = layout;
        lanes = tiles.lanes();
        side = toImage ? matrix.rows() : matrix.columns();
        transformedSide = toImage ? matrix.columns() : matrix.rows();
        int from = toImage ? layout.step : grid.channels();
        int to = toImage ? grid.channels() : layout.step;
        transform = tiles.transform(new TransformForm(matrix, lanes, from, to, false));
        adding = tiles.transform(new TransformForm(matrix, lanes, from, to, true));
    }

    /// Elements of scratch memory: the inner result of a transform, and a patch.
    static int scratchElements(WinogradForm form, int lanes, int channels) {
        return form.products() * (lanes + channels);
    }

    private int patch(int scratch) {
        return scratch + transformedSide * side * lanes;
    }

    /// Transforms the patch at `(row, column)` of the image at `from`.
    void read(float[] image, int from, int row, int column, float[] work, int to, int scratch) {
        boolean inside = grid.holds(row, column, side);
        int patch = patch(scratch);
        if (!inside) grid.copyOut(image, from, row, column, side, work, patch);
        var source = inside ? image : work;
        int first = inside ? from + grid.at(row, column) : patch;
        int rowElements = inside ? grid.rowElements() : side * grid.channels();
        for (int v = 0; v < together(); v++) {
            transform.run(
                    source,
                    first + v * lanes,
                    rowElements,
                    layout.width,
                    work,
                    to + v * lanes,
                    transformedSide * layout.step,
                    layout.stack,
                    work,
                    scratch,
                    vectors(v));
        }
    }

    /// Vectors of channels that lie together, if there are so many.
    private int together() {
        return Math.min(layout.width, grid.channels()) / lanes;
    }

    /// Vectors that come at the same place as `v` among those that lie together.
    private int vectors(int v) {
        return Math.ceilDiv(grid.channels() - v * lanes, layout.width);
    }

    /// Transforms back to the patch at `(row, column)` of the image at `to`, whose other elements
    /// stay.
    void write(float[] work, int from, float[] image, int to, int row, int column, int scratch) {
        int patch = patch(scratch);
        if (grid.holds(row, column, side)) {
            int target = to + grid.at(row, column);
            back(transform, work, from, image, target, grid.rowElements(), scratch);
        } else {
            back(transform, work, from, work, patch, side * grid.channels(), scratch);
            grid.copyIn(work, patch, row, column, side, image, to);
        }
    }

    /// As [#write], but adds to the image.
    void add(float[] work, int from, float[] image, int to, int row, int column, int scratch) {
        int patch = patch(scratch);
        if (grid.holds(row, column, side)) {
            int target = to + grid.at(row, column);
            back(adding, work, from, image, target, grid.rowElements(), scratch);
        } else {
            grid.copyOut(image, to, row, column, side, work, patch);
            back(adding, work, from, work, patch, side * grid.channels(), scratch);
            grid.copyIn(work, patch, row, column, side, image, to);
        }
    }

    private void back(
            Transform transform,
            float[] work,
            int from,
            float[] image,
            int to,
            int rowElements,
            int scratch) {
        for (int v = 0; v < together(); v++) {
            transform.run(
                    work,
                    from + v * lanes,
                    transformedSide * layout.step,
                    layout.stack,
                    image,
                    to + v * lanes,
                    rowElements,
                    layout.width,
                    work,
                    scratch,
                    vectors(v));
        }
    }
}
