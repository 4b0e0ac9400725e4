package motley.cpu.kernel;

/// Brings patches of images into transformed form, or back: one [Transform] for each vector of
/// channels, around a copy of patches that reach beyond the border.
///
/// In transformed form, the channels of element `[i, j]` of a patch lie at
/// `place + (i·n + j)·step` in the workspace.
final class WinogradWindow {
    private final PixelGrid grid;
    private final int lanes;
    private final int side;
    private final int transformedSide;
    private final Transform transform;
    private final Transform adding;
    private final int step;

    /// @param step elements from one element of a transformed patch to the next
    /// @param toImage whether the transform leads back to images
    WinogradWindow(Tiles tiles, PixelGrid grid, Matrix matrix, boolean toImage, int step) {
        this.grid = grid;
        this.step = step;
        lanes = tiles.lanes();
        side = toImage ? matrix.rows() : matrix.columns();
        transformedSide = toImage ? matrix.columns() : matrix.rows();
        int from = toImage ? step : grid.channels();
        int to = toImage ? grid.channels() : step;
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
        transform.run(
                source,
                first,
                rowElements,
                lanes,
                work,
                to,
                transformedSide * step,
                lanes,
                work,
                scratch,
                grid.channels() / lanes);
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
        transform.run(
                work,
                from,
                transformedSide * step,
                lanes,
                image,
                to,
                rowElements,
                lanes,
                work,
                scratch,
                grid.channels() / lanes);
    }
}
