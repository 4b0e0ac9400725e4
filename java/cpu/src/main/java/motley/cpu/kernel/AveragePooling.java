package motley.cpu.kernel;

import java.util.Arrays;
import motley.program.Window;
import motley.tensor.Shape;

/// The average of each window of images `[batch, rows, cols, channel]`, padding counted as zeros,
/// and its adjoint.
///
/// An average sums the window's elements from 0 in row-major order and divides by the window's full
/// size. The gradient divides `dy` first and adds to each element, from 0, in row-major order of
/// the windows that hold it. Bitwise reproducible for equal inputs, whatever the number of threads.
///
/// The innermost loops run over the channels and are plain enough for the compiler to turn into
/// vectors. Tasks are images. Results overlap no operand. Confined to one caller at a time.
public final class AveragePooling {
    private final Threads threads;
    private final PoolGrid grid;
    private final float size;
    private final Threads.Body average = this::average;
    private final Threads.Body gradient = this::gradient;

    // The operand and the result of the run in progress.
    private float[] x = new float[0];
    private float[] y = new float[0];
    private int xOffset;
    private int yOffset;

    private AveragePooling(Threads threads, PoolGrid grid) {
        this.threads = threads;
        this.grid = grid;
        size = (float) grid.window().rows() * grid.window().cols();
    }

    /// Prepares pooling of `images` by `window`.
    public static AveragePooling of(Threads threads, Window window, Shape images) {
        return new AveragePooling(threads, PoolGrid.of(window, images));
    }

    /// The average of each window.
    public void run(float[] x, int xOffset, float[] y, int yOffset) {
        bind(x, xOffset, y, yOffset);
        threads.forEach(grid.batch(), average);
    }

    /// `dy`, of the shape of the averages, spread over its windows into `dx`, of that of the
    /// images.
    public void runGradient(float[] dy, int dyOffset, float[] dx, int dxOffset) {
        bind(dy, dyOffset, dx, dxOffset);
        threads.forEach(grid.batch(), gradient);
    }

    private void bind(float[] x, int xOffset, float[] y, int yOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.y = y;
        this.yOffset = yOffset;
    }

    private void average(int image, int worker) {
        int from = xOffset + image * grid.imageElements();
        int to = yOffset + image * grid.outElements();
        for (int i = 0; i < grid.outRows(); i++) {
            for (int j = 0; j < grid.outCols(); j++) {
                averageWindow(from, i, j, to);
                to += grid.channels();
            }
        }
    }

    private void averageWindow(int from, int i, int j, int to) {
        int channels = grid.channels();
        Arrays.fill(y, to, to + channels, 0);
        for (int row = grid.firstRow(i); row < grid.lastRow(i); row++) {
            for (int col = grid.firstCol(j); col < grid.lastCol(j); col++) {
                int at = from + (row * grid.cols() + col) * channels;
                for (int k = 0; k < channels; k++) y[to + k] += x[at + k];
            }
        }
        for (int k = 0; k < channels; k++) y[to + k] /= size;
    }

    private void gradient(int image, int worker) {
        int from = xOffset + image * grid.outElements();
        int to = yOffset + image * grid.imageElements();
        Arrays.fill(y, to, to + grid.imageElements(), 0);
        for (int i = 0; i < grid.outRows(); i++) {
            for (int j = 0; j < grid.outCols(); j++) {
                gradientWindow(from, i, j, to);
                from += grid.channels();
            }
        }
    }

    private void gradientWindow(int from, int i, int j, int to) {
        int channels = grid.channels();
        for (int row = grid.firstRow(i); row < grid.lastRow(i); row++) {
            for (int col = grid.firstCol(j); col < grid.lastCol(j); col++) {
                int at = to + (row * grid.cols() + col) * channels;
                for (int k = 0; k < channels; k++) y[at + k] += x[from + k] / size;
            }
        }
    }
}
