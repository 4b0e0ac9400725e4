package motley.cpu.kernel;

import java.util.Arrays;
import java.util.SplittableRandom;
import motley.program.Padding;
import motley.program.Window;
import motley.tensor.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PoolingProperties {
    private static final Threads ONE = Threads.open(1);
    private static final Threads THREE = Threads.open(3);

    @AfterAll
    static void close() {
        ONE.close();
        THREE.close();
    }

    @Test
    void everyNumberOfChannelsEqualsTheScalarTwin() {
        for (int channels = 1; channels <= 40; channels++) {
            check(Window.square(2), Shape.of(2, 5, 6, channels), channels);
        }
    }

    @Test
    void randomWindowsEqualTheScalarTwin() {
        for (long seed = 0; seed < 200; seed++) {
            var random = new SplittableRandom(seed);
            int rows = random.nextInt(1, 5);
            int cols = random.nextInt(1, 5);
            var padding =
                    new Padding(
                            random.nextInt(rows),
                            random.nextInt(rows),
                            random.nextInt(cols),
                            random.nextInt(cols));
            var window =
                    new Window(rows, cols, random.nextInt(1, 4), random.nextInt(1, 4), padding);
            int tall = rows + random.nextInt(8);
            int wide = cols + random.nextInt(8);
            int channels = random.nextInt(1, 40);
            check(window, Shape.of(random.nextInt(1, 4), tall, wide, channels), seed);
        }
    }

    private static void check(Window window, Shape images, long seed) {
        var grid = PoolGrid.of(window, images);
        var random = new SplittableRandom(seed);
        var x = fewValues(random, images.count());
        var t = Arena.floats(random, images.count());
        var dy = Arena.floats(random, images.dim(0) * grid.outElements());
        var twin = new PoolTwin(grid);
        for (var threads : new Threads[] {ONE, THREE}) {
            var what = "%s, %s, seed %d".formatted(window, images, seed);
            var max = MaxPooling.of(threads, window, images);
            var average = AveragePooling.of(threads, window, images);
            var y = new Arena(random, x, t, dy.length);
            max.run(y.array, y.first, y.array, y.result);
            Arena.assertEqualBits(y.takeResult(), twin.pick(x, x), "max " + what);
            max.runPick(y.array, y.first, y.array, y.second, y.array, y.result);
            Arena.assertEqualBits(y.takeResult(), twin.pick(x, t), "pick " + what);
            average.run(y.array, y.second, y.array, y.result);
            Arena.assertEqualBits(y.takeResult(), twin.average(t), "average " + what);
            var dx = new Arena(random, x, dy, x.length);
            max.runGradient(dx.array, dx.first, dx.array, dx.second, dx.array, dx.result);
            Arena.assertEqualBits(dx.takeResult(), twin.maxGradient(x, dy), "dmax " + what);
            average.runGradient(dx.array, dx.second, dx.array, dx.result);
            Arena.assertEqualBits(dx.takeResult(), twin.averageGradient(dy), "dmean " + what);
        }
    }

    /// Few different values, so that windows have ties; NaN, infinities and both zeros.
    private static float[] fewValues(SplittableRandom random, int count) {
        float[] values = {-1, 0, -0f, 1, 2, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
        var result = new float[count];
        for (int i = 0; i < count; i++) {
            boolean nan = random.nextInt(20) == 0;
            result[i] = nan ? Float.NaN : values[random.nextInt(values.length)];
        }
        return result;
    }

    /// Pooling in the plainest loops.
    private record PoolTwin(PoolGrid grid) {
        /// Visits every element of the images with every window that holds it.
        private void forEachCovered(Covered visitor) {
            int windows = grid.batch() * grid.outElements();
            for (int o = 0; o < windows; o++) {
                int channel = o % grid.channels();
                int j = o / grid.channels() % grid.outCols();
                int i = o / grid.channels() / grid.outCols() % grid.outRows();
                int image = o / grid.outElements();
                visitWindow(image, i, j, channel, o, visitor);
            }
        }

        private void visitWindow(int image, int i, int j, int channel, int o, Covered visitor) {
            var w = grid.window();
            int top = i * w.strideRows() - w.padding().top();
            int left = j * w.strideCols() - w.padding().left();
            for (int row = Math.max(0, top); row < Math.min(grid.rows(), top + w.rows()); row++) {
                for (int col = left; col < left + w.cols(); col++) {
                    if (col < 0 || col >= grid.cols()) continue;
                    int pixel = (image * grid.rows() + row) * grid.cols() + col;
                    visitor.visit(pixel * grid.channels() + channel, o);
                }
            }
        }

        private int[] winners(float[] x) {
            var winners = new int[grid.batch() * grid.outElements()];
            Arrays.fill(winners, -1);
            forEachCovered(
                    (i, o) -> {
                        if (winners[o] < 0 || beats(x[i], x[winners[o]])) winners[o] = i;
                    });
            return winners;
        }

        private static boolean beats(float later, float earlier) {
            return later > earlier || (Float.isNaN(later) && !Float.isNaN(earlier));
        }

        float[] pick(float[] x, float[] t) {
            var winners = winners(x);
            var y = new float[winners.length];
            for (int o = 0; o < y.length; o++) y[o] = t[winners[o]];
            return y;
        }

        float[] maxGradient(float[] x, float[] dy) {
            var winners = winners(x);
            var dx = new float[x.length];
            for (int o = 0; o < dy.length; o++) dx[winners[o]] += dy[o];
            return dx;
        }

        float[] average(float[] x) {
            var y = new float[grid.batch() * grid.outElements()];
            forEachCovered((i, o) -> y[o] += x[i]);
            for (int o = 0; o < y.length; o++) y[o] /= size();
            return y;
        }

        float[] averageGradient(float[] dy) {
            var dx = new float[grid.batch() * grid.imageElements()];
            forEachCovered((i, o) -> dx[i] += dy[o] / size());
            return dx;
        }

        private float size() {
            return grid.window().rows() * grid.window().cols();
        }

        @FunctionalInterface
        private interface Covered {
            void visit(int element, int window);
        }
    }
}
