package motley.cpu.kernel;

import motley.program.Window;
import motley.tensor.Shape;

/// Where the windows of a pooling lie on images `[batch, rows, cols, channel]`.
record PoolGrid(Window window, int batch, int rows, int cols, int channels) {
    static PoolGrid of(Window window, Shape images) {
        return new PoolGrid(window, images.dim(0), images.dim(1), images.dim(2), images.dim(3));
    }

    int outRows() {
        var pad = window.padding();
        return (rows + pad.top() + pad.bottom() - window.rows()) / window.strideRows() + 1;
    }

    int outCols() {
        var pad = window.padding();
        return (cols + pad.left() + pad.right() - window.cols()) / window.strideCols() + 1;
    }

    /// The first row of the image in windows of row `i`; windows always hold one.
    int firstRow(int i) {
        return Math.max(0, i * window.strideRows() - window.padding().top());
    }

    /// One beyond the last row of the image in windows of row `i`.
    int lastRow(int i) {
        return Math.min(rows, i * window.strideRows() - window.padding().top() + window.rows());
    }

    int firstCol(int j) {
        return Math.max(0, j * window.strideCols() - window.padding().left());
    }

    int lastCol(int j) {
        return Math.min(cols, j * window.strideCols() - window.padding().left() + window.cols());
    }

    int imageElements() {
        return rows * cols * channels;
    }

    int outElements() {
        return outRows() * outCols() * channels;
    }

    /// Whether windows are 2x2, side by side, and never reach beyond the image.
    boolean isQuarters() {
        return window.equals(Window.square(2));
    }

    /// Whether [quarters][#isQuarters] leave out no pixel.
    boolean isCoveredByQuarters() {
        return isQuarters() && rows % 2 == 0 && cols % 2 == 0;
    }
}
