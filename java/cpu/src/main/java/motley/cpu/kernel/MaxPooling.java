package motley.cpu.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import motley.program.Window;
import motley.tensor.Shape;

/// The largest element of each window of images `[batch, rows, cols, channel]`; where it came from;
/// and the adjoint.
///
/// The winner of a window is its first NaN if there is one, else its first largest element, first
/// in row-major order; padding never wins. The gradient adds to each element, from 0, in row-major
/// order of the windows. Bitwise reproducible for equal inputs, whatever the processor's vectors
/// and the number of threads.
///
/// Vectors lie over the channels, and a scalar loop that computes the same takes the rest. Tasks
/// are images. Results overlap no operand. Confined to one caller at a time.
public final class MaxPooling {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

    private final Threads threads;
    private final PoolGrid grid;
    private final Threads.Body pick = this::pick;
    private final Threads.Body gradient = this::gradient;

    // The operands of the run in progress: images, what is taken or added, the result.
    private float[] x = new float[0];
    private float[] t = new float[0];
    private float[] y = new float[0];
    private int xOffset;
    private int tOffset;
    private int yOffset;

    private MaxPooling(Threads threads, PoolGrid grid) {
        this.threads = threads;
        this.grid = grid;
    }

    /// Prepares pooling of `images` by `window`.
    public static MaxPooling of(Threads threads, Window window, Shape images) {
        return new MaxPooling(threads, PoolGrid.of(window, images));
    }

    /// The largest element of each window.
    public void run(float[] x, int xOffset, float[] y, int yOffset) {
        runPick(x, xOffset, x, xOffset, y, yOffset);
    }

    /// The element of `t`, of the shape of `x`, at the largest element of each window of `x`.
    public void runPick(float[] x, int xOffset, float[] t, int tOffset, float[] y, int yOffset) {
        bind(x, xOffset, t, tOffset, y, yOffset);
        threads.forEach(grid.batch(), pick);
    }

    /// `dy` added at the largest element of each window of `x`, into `dx` of the shape of `x`.
    public void runGradient(
            float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        bind(x, xOffset, dy, dyOffset, dx, dxOffset);
        threads.forEach(grid.batch(), gradient);
    }

    private void bind(float[] x, int xOffset, float[] t, int tOffset, float[] y, int yOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.t = t;
        this.tOffset = tOffset;
        this.y = y;
        this.yOffset = yOffset;
    }

    private void pick(int image, int worker) {
        int cols = grid.outCols();
        int to = yOffset + image * grid.outElements();
        for (int i = 0; i < grid.outRows(); i++) {
            for (int j = 0; j < cols; j++) {
                pickWindow(image, i, j, to + (i * cols + j) * grid.channels());
            }
        }
    }

    private void pickWindow(int image, int i, int j, int to) {
        int channels = grid.channels();
        int base = image * grid.imageElements();
        int channel = 0;
        for (; channel <= channels - LANES.length(); channel += LANES.length()) {
            pickVector(base + channel, i, j, to + channel);
        }
        for (; channel < channels; channel++) {
            int winner = winner(base + channel, i, j);
            y[to + channel] = t[tOffset + winner];
        }
    }

    /// The winners' elements of `t`, for a vector of channels.
    private void pickVector(int base, int i, int j, int to) {
        int channels = grid.channels();
        int lastRow = grid.lastRow(i);
        int firstCol = grid.firstCol(j);
        int lastCol = grid.lastCol(j);
        int first = base + (grid.firstRow(i) * grid.cols() + firstCol) * channels;
        var best = FloatVector.fromArray(LANES, x, xOffset + first);
        var taken = FloatVector.fromArray(LANES, t, tOffset + first);
        for (int row = grid.firstRow(i); row < lastRow; row++) {
            int at = base + (row * grid.cols() + firstCol) * channels;
            for (int col = firstCol; col < lastCol; col++) {
                var candidate = FloatVector.fromArray(LANES, x, xOffset + at);
                var wins = beats(candidate, best);
                best = best.blend(candidate, wins);
                taken = taken.blend(FloatVector.fromArray(LANES, t, tOffset + at), wins);
                at += channels;
            }
        }
        taken.intoArray(y, to);
    }

    /// Where `candidate` is larger than `best`, or the first NaN.
    private static VectorMask<Float> beats(FloatVector candidate, FloatVector best) {
        var notLess = candidate.compare(VectorOperators.LE, best).not();
        return notLess.and(best.compare(VectorOperators.EQ, best));
    }

    /// The position of the winner for one channel, relative to the start of the images.
    private int winner(int base, int i, int j) {
        int channels = grid.channels();
        int lastRow = grid.lastRow(i);
        int lastCol = grid.lastCol(j);
        int winner = base + (grid.firstRow(i) * grid.cols() + grid.firstCol(j)) * channels;
        for (int row = grid.firstRow(i); row < lastRow; row++) {
            for (int col = grid.firstCol(j); col < lastCol; col++) {
                int at = base + (row * grid.cols() + col) * channels;
                float best = x[xOffset + winner];
                boolean less = x[xOffset + at] <= best;
                if (!less && !Float.isNaN(best)) winner = at;
            }
        }
        return winner;
    }

    private void gradient(int image, int worker) {
        int cols = grid.outCols();
        int from = tOffset + image * grid.outElements();
        int base = image * grid.imageElements();
        if (!grid.isCoveredByQuarters() || grid.channels() % LANES.length() > 0) {
            Arrays.fill(y, yOffset + base, yOffset + base + grid.imageElements(), 0);
        }
        for (int i = 0; i < grid.outRows(); i++) {
            for (int j = 0; j < cols; j++) {
                gradientWindow(base, i, j, from + (i * cols + j) * grid.channels());
            }
        }
    }

    private void gradientWindow(int base, int i, int j, int from) {
        int channels = grid.channels();
        int channel = 0;
        for (; channel <= channels - LANES.length(); channel += LANES.length()) {
            if (grid.isQuarters()) quarterVector(base + channel, i, j, from + channel);
            else gradientVector(base + channel, i, j, from + channel);
        }
        for (; channel < channels; channel++) {
            int winner = winner(base + channel, i, j);
            y[yOffset + winner] += t[from + channel];
        }
    }

    /// Adds `dy` at the winners of a vector of channels.
    private void gradientVector(int base, int i, int j, int from) {
        int channels = grid.channels();
        var winner = winners(base, i, j);
        var dy = FloatVector.fromArray(LANES, t, from);
        int number = 0;
        for (int row = grid.firstRow(i); row < grid.lastRow(i); row++) {
            for (int col = grid.firstCol(j); col < grid.lastCol(j); col++) {
                int at = yOffset + base + (row * grid.cols() + col) * channels;
                var here = winner.compare(VectorOperators.EQ, number);
                var sum = FloatVector.fromArray(LANES, y, at);
                sum.blend(sum.add(dy), here).intoArray(y, at);
                number++;
            }
        }
    }

    /// Which element of the window wins, counted in row-major order, for a vector of channels.
    private FloatVector winners(int base, int i, int j) {
        int channels = grid.channels();
        int first = base + (grid.firstRow(i) * grid.cols() + grid.firstCol(j)) * channels;
        var best = FloatVector.fromArray(LANES, x, xOffset + first);
        var winner = FloatVector.zero(LANES);
        int number = 0;
        for (int row = grid.firstRow(i); row < grid.lastRow(i); row++) {
            for (int col = grid.firstCol(j); col < grid.lastCol(j); col++) {
                int at = xOffset + base + (row * grid.cols() + col) * channels;
                var candidate = FloatVector.fromArray(LANES, x, at);
                var wins = beats(candidate, best);
                best = best.blend(candidate, wins);
                winner = winner.blend(number, wins);
                number++;
            }
        }
        return winner;
    }

    /// [#gradientVector] for windows of 2x2 that share no element: all four are stored once.
    private void quarterVector(int base, int i, int j, int from) {
        int channels = grid.channels();
        int rowElements = grid.cols() * channels;
        int at = base + 2 * (i * rowElements + j * channels);
        int source = xOffset + at;
        var x00 = FloatVector.fromArray(LANES, x, source);
        var x01 = FloatVector.fromArray(LANES, x, source + channels);
        var x10 = FloatVector.fromArray(LANES, x, source + rowElements);
        var x11 = FloatVector.fromArray(LANES, x, source + rowElements + channels);
        var right = beats(x01, x00);
        var top = x00.blend(x01, right);
        var left = beats(x10, top);
        var three = top.blend(x10, left);
        var corner = beats(x11, three);
        var zero = FloatVector.zero(LANES);
        var dy = FloatVector.fromArray(LANES, t, from).add(zero);
        var upper = dy.blend(zero, left.or(corner));
        int target = yOffset + at;
        upper.blend(zero, right).intoArray(y, target);
        zero.blend(upper, right).intoArray(y, target + channels);
        zero.blend(dy, left.andNot(corner)).intoArray(y, target + rowElements);
        zero.blend(dy, corner).intoArray(y, target + rowElements + channels);
    }
}
