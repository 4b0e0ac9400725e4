package motley.cpu.kernel;

import java.util.List;
import java.util.SplittableRandom;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Kernel.Part;
import motley.tensor.DType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class BlockProductProperties {
    private static final int SEEDS = 60;

    private static final Threads ONE = Threads.open(1);
    private static final Threads THREE = Threads.open(3);

    @AfterAll
    static void close() {
        ONE.close();
        THREE.close();
    }

    @Test
    void everyPartEqualsTheScalarTwinBitForBit() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (var part : Part.values()) {
                var random = new SplittableRandom(seed);
                check(random, Blocks.random(random), part);
            }
        }
    }

    /// Terms so far apart that they share a set of the cache are packed.
    @Test
    void packedRowsEqualTheScalarTwinBitForBit() {
        for (var part : Part.values()) {
            check(new SplittableRandom(1), new Blocks(1, 32, 32, 5, 20, true, false), part);
        }
    }

    /// Sizes and strides of one product: heads lie beside each other in rows of their batch.
    private record Blocks(
            int outer, int batch, int rows, int terms, int cols, boolean tallA, boolean tallB) {
        static Blocks random(SplittableRandom random) {
            return new Blocks(
                    random.nextInt(1, 4),
                    random.nextInt(1, 4),
                    random.nextInt(1, 40),
                    random.nextInt(1, 40),
                    random.nextInt(1, 40),
                    random.nextBoolean(),
                    random.nextBoolean());
        }

        /// Strides of `[outer, batch, first, second]` where batches lie side by side in rows.
        List<Integer> strides(int first, int second, boolean tall) {
            int width = tall ? first : second;
            int row = width * batch;
            int outerStride = row * (tall ? second : first);
            return tall ? List.of(outerStride, width, 1, row) : List.of(outerStride, width, row, 1);
        }

        Kernel.Product kernel(Part part) {
            return new Kernel.Product(
                    List.of(outer, batch, rows, terms, cols),
                    access(rows, terms, tallA),
                    access(terms, cols, tallB),
                    access(rows, cols, false),
                    part);
        }

        private Access access(int first, int second, boolean tall) {
            var buffer = new Buffer(0, DType.F32, outer * batch * first * second);
            return new Access(buffer, 0, strides(first, second, tall));
        }
    }

    private static void check(SplittableRandom random, Blocks size, Part part) {
        var kernel = size.kernel(part);
        var a = Arena.floats(random, kernel.left().buffer().elements());
        var b = Arena.floats(random, kernel.right().buffer().elements());
        clear(size, part, a, b);
        var expected = twin(size, kernel, a, b);
        for (int lanes : new int[] {4, 8, 16}) {
            for (var threads : new Threads[] {ONE, THREE}) {
                var machine = new Machine(Tiles.withLanes(lanes), threads, new Workspace());
                var arena = new Arena(random, a, b, expected.length);
                BlockProduct.of(machine, kernel)
                        .run(arena.array, arena.first, arena.second, arena.result);
                var actual = arena.takeResult();
                hide(size, part, kernel, actual, expected);
                var what = "%s, %s, %d lanes".formatted(size, part, lanes);
                Arena.assertEqualBits(actual, expected, what);
            }
        }
    }

    /// Sets to 0 what `part` says is 0.
    private static void clear(Blocks size, Part part, float[] a, float[] b) {
        var left = size.strides(size.rows, size.terms, size.tallA);
        var right = size.strides(size.terms, size.cols, size.tallB);
        switch (part) {
            case TERMS_UP_TO_ROW, TERMS_FROM_ROW ->
                    each(
                            size,
                            size.rows,
                            size.terms,
                            (at, i, k) -> {
                                boolean zero = part == Part.TERMS_UP_TO_ROW ? k > i : k < i;
                                if (zero) a[at.in(left)] = 0;
                            });
            case TERMS_UP_TO_COLUMN, TERMS_FROM_COLUMN ->
                    each(
                            size,
                            size.terms,
                            size.cols,
                            (at, k, j) -> {
                                boolean zero = part == Part.TERMS_UP_TO_COLUMN ? k > j : k < j;
                                if (zero) b[at.in(right)] = 0;
                            });
            case ALL, COLUMNS_UP_TO_ROW, COLUMNS_FROM_ROW -> {}
        }
    }

    /// Sets to 0 what nobody looks at.
    private static void hide(
            Blocks size, Part part, Kernel.Product kernel, float[] actual, float[] expected) {
        each(
                size,
                size.rows,
                size.cols,
                (at, i, j) -> {
                    boolean hidden =
                            (part == Part.COLUMNS_UP_TO_ROW && j > i)
                                    || (part == Part.COLUMNS_FROM_ROW && j < i);
                    if (!hidden) return;
                    actual[at.in(kernel.out().strides())] = 0;
                    expected[at.in(kernel.out().strides())] = 0;
                });
    }

    /// Indices `[outer, batch, first, second]` of an element.
    private record Index(int outer, int batch, int first, int second) {
        int in(List<Integer> s) {
            return outer * s.get(0) + batch * s.get(1) + first * s.get(2) + second * s.get(3);
        }
    }

    private interface Visit {
        void at(Index index, int first, int second);
    }

    private static void each(Blocks size, int first, int second, Visit visit) {
        for (int n = 0; n < size.outer * size.batch * first * second; n++) {
            int i = n / second % first;
            int j = n % second;
            int matrix = n / second / first;
            visit.at(new Index(matrix / size.batch, matrix % size.batch, i, j), i, j);
        }
    }

    private static float[] twin(Blocks size, Kernel.Product kernel, float[] a, float[] b) {
        var c = new float[kernel.out().buffer().elements()];
        each(
                size,
                size.rows,
                size.cols,
                (at, i, j) -> {
                    float sum = 0;
                    for (int k = 0; k < size.terms; k++) {
                        var left = new Index(at.outer, at.batch, i, k);
                        var right = new Index(at.outer, at.batch, k, j);
                        float x = a[left.in(kernel.left().strides())];
                        float y = b[right.in(kernel.right().strides())];
                        sum = Math.fma(x, y, sum);
                    }
                    c[at.in(kernel.out().strides())] = sum;
                });
        return c;
    }
}
