package motley.program;

import static motley.tensor.Require.require;

/// A window that slides over rows and columns.
///
/// @param rows height of the window, at least 1
/// @param cols width of the window, at least 1
/// @param strideRows rows from one window to the next, at least 1
/// @param strideCols columns from one window to the next, at least 1
/// @param padding rows and columns beyond the edges, each less than the window
public record Window(int rows, int cols, int strideRows, int strideCols, Padding padding) {
    public Window {
        require(rows >= 1 && cols >= 1, "window: %dx%d (expected: at least 1x1)", rows, cols);
        require(
                strideRows >= 1 && strideCols >= 1,
                "strides: %dx%d (expected: at least 1x1)",
                strideRows,
                strideCols);
        require(
                padding.top() < rows
                        && padding.bottom() < rows
                        && padding.left() < cols
                        && padding.right() < cols,
                "padding: %s (expected: less than the window %dx%d)",
                padding,
                rows,
                cols);
    }

    /// A square window that moves by its own size, without padding.
    public static Window square(int size) {
        return new Window(size, size, size, size, Padding.NONE);
    }
}
