package motley.cpu.kernel;

import java.util.Arrays;

/// Images as rows and columns of pixels with contiguous channels, and square patches of them that
/// may reach beyond the border: what lies outside is read as zeros, and not written.
///
/// A patch of side `s` is stored as `[s, s, channels]`.
record PixelGrid(int rows, int columns, int channels) {
    private static final int LINE_ELEMENTS = 16;

    int elements() {
        return rows * columns * channels;
    }

    int rowElements() {
        return columns * channels;
    }

    /// Where a pixel lies in its image; meaningful for pixels outside too, as a sum.
    int at(int row, int column) {
        return (row * columns + column) * channels;
    }

    boolean holds(int row, int column, int side) {
        boolean below = row >= 0 && row + side <= rows;
        return below && column >= 0 && column + side <= columns;
    }

    /// Copies the patch at `(row, column)` of the image at `from`.
    void copyOut(float[] image, int from, int row, int column, int side, float[] patch, int to) {
        int first = Math.max(0, -column);
        int last = Math.min(side, columns - column);
        Arrays.fill(patch, to, to + side * side * channels, 0);
        for (int i = Math.max(0, -row); i < Math.min(side, rows - row) && first < last; i++) {
            int source = from + at(row + i, column + first);
            int target = to + (i * side + first) * channels;
            System.arraycopy(image, source, patch, target, (last - first) * channels);
        }
    }

    /// Writes what of a patch lies inside, over what the image holds.
    void copyIn(float[] patch, int from, int row, int column, int side, float[] image, int to) {
        int first = Math.max(0, -column);
        int last = Math.min(side, columns - column);
        for (int i = Math.max(0, -row); i < Math.min(side, rows - row) && first < last; i++) {
            int source = from + (i * side + first) * channels;
            int target = to + at(row + i, column + first);
            System.arraycopy(patch, source, image, target, (last - first) * channels);
        }
    }

    /// Reads a float of each line of the cache of rows `[first, last)` of an image, in order.
    ///
    /// @param last may lie below the image
    /// @return their sum
    float fetch(float[] images, int offset, int image, int first, int last) {
        int begin = offset + image * elements() + Math.max(0, first) * rowElements();
        int end = offset + image * elements() + Math.min(rows, last) * rowElements();
        float sum = 0;
        for (int i = begin; i < end; i += LINE_ELEMENTS) sum += images[i];
        return sum;
    }
}
