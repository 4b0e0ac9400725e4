package motley.wasm;

import java.util.ArrayList;
import java.util.List;
import motley.program.Window;
import motley.tensor.Shape;

/// Where the windows of a pooling lie on images `[batch, rows, cols, channel]`.
record PoolForm(Window window, int batch, int rows, int cols, int channels) {
    /// Neighbouring windows along one axis that reach equally far beyond the image.
    ///
    /// @param first element of the image in the first of these windows
    /// @param windows how many there are
    /// @param taps elements of the image in each
    record Run(int first, int windows, int taps) {}

    static PoolForm of(Window window, Shape images) {
        return new PoolForm(window, images.dim(0), images.dim(1), images.dim(2), images.dim(3));
    }

    List<Run> rowRuns() {
        return runs(rows, window.rows(), window.strideRows(), window.padding().top(), outRows());
    }

    List<Run> colRuns() {
        return runs(cols, window.cols(), window.strideCols(), window.padding().left(), outCols());
    }

    private static List<Run> runs(int size, int taps, int stride, int before, int outputs) {
        var runs = new ArrayList<Run>();
        int cutBefore = -1;
        for (int i = 0; i < outputs; i++) {
            int start = i * stride - before;
            int first = Math.max(0, start);
            int count = Math.min(size, start + taps) - first;
            boolean same = !runs.isEmpty() && runs.getLast().taps == count;
            if (same && cutBefore == first - start) {
                var last = runs.removeLast();
                runs.add(new Run(last.first, last.windows + 1, count));
            } else {
                runs.add(new Run(first, 1, count));
            }
            cutBefore = first - start;
        }
        return runs;
    }

    int outRows() {
        var pad = window.padding();
        return (rows + pad.top() + pad.bottom() - window.rows()) / window.strideRows() + 1;
    }

    int outCols() {
        var pad = window.padding();
        return (cols + pad.left() + pad.right() - window.cols()) / window.strideCols() + 1;
    }

    int imageElements() {
        return rows * cols * channels;
    }

    /// Whether no element lies in two windows.
    boolean isApart() {
        return window.strideRows() >= window.rows() && window.strideCols() >= window.cols();
    }

    /// Whether every element lies in exactly one window.
    boolean isTiling() {
        boolean gapless =
                window.strideRows() == window.rows() && window.strideCols() == window.cols();
        boolean whole = rows % window.rows() == 0 && cols % window.cols() == 0;
        return gapless && whole && window.padding().equals(motley.program.Padding.NONE);
    }
}
