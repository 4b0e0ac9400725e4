package motley.cpu.kernel;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MatrixProductProperties {
    private static final Threads ONE = Threads.open(1);
    private static final Threads TWO = Threads.open(2);
    private static final Threads THREE = Threads.open(3);
    private static final Threads SEVEN = Threads.open(7);

    private static final Map<Integer, Tiles> TILES =
            Map.of(4, Tiles.withLanes(4), 8, Tiles.withLanes(8), 16, Tiles.withLanes(16));

    @AfterAll
    static void close() {
        ONE.close();
        TWO.close();
        THREE.close();
        SEVEN.close();
    }

    /// Every tail of rows and columns, all transposes.
    @Test
    void smallProductsEqualTheScalarTwinBitForBit() {
        for (int n = 1; n <= 70; n++) {
            check(new MatrixProduct.Size(1, 1 + n * 7 % 40, n, 1 + n % 13, n % 2 == 0, n % 3 == 0));
        }
    }

    @Test
    void randomProductsEqualTheScalarTwinBitForBit() {
        for (long seed = 0; seed < 60; seed++) {
            var random = new SplittableRandom(seed);
            check(
                    new MatrixProduct.Size(
                            random.nextInt(1, 4),
                            random.nextInt(1, 60),
                            random.nextInt(1, 140),
                            random.nextInt(1, 90),
                            random.nextBoolean(),
                            random.nextBoolean()));
        }
    }

    /// Sums so long that they are continued in a second pass over the result.
    @Test
    void longSumsEqualTheScalarTwinBitForBit() {
        check(new MatrixProduct.Size(1, 5, 33, 9001, false, false));
        check(new MatrixProduct.Size(1, 13, 7, 5000, true, true));
    }

    /// Several chunks of rows, each in several steps, packed by their own task or for all tasks.
    @Test
    void packedBlocksEqualTheScalarTwinBitForBit() {
        check(new MatrixProduct.Size(1, 211, 37, 2503, true, true));
        check(new MatrixProduct.Size(2, 199, 17, 4211, true, false));
        check(new MatrixProduct.Size(1, 401, 97, 61, true, false));
    }

    /// Rows of `a` that are copied although they are not transposed: many panels in several steps.
    @Test
    void copiedRowsEqualTheScalarTwinBitForBit() {
        check(new MatrixProduct.Size(1, 131, 70, 700, false, false));
        check(new MatrixProduct.Size(2, 14, 75, 661, false, true));
    }

    private static void check(MatrixProduct.Size size) {
        var random = new SplittableRandom(size.hashCode());
        var a = Arena.floats(random, size.batch() * size.m() * size.k());
        var b = Arena.floats(random, size.batch() * size.k() * size.n());
        var expected = Twins.product(size, a, b);
        for (int lanes : new int[] {4, 8, 16}) {
            for (var threads : new Threads[] {ONE, TWO, THREE, SEVEN}) {
                var machine = new Machine(TILES.get(lanes), threads, new Workspace());
                var arena = new Arena(random, a, b, expected.chain.length);
                MatrixProduct.of(machine, size)
                        .run(
                                arena.array,
                                arena.first,
                                arena.array,
                                arena.second,
                                arena.array,
                                arena.result);
                var what = "%s, %d lanes, %d threads".formatted(size, lanes, threads.size());
                Arena.assertEqualBits(arena.takeResult(), expected.chain, what);
                Arena.assertWithinBound(expected.chain, expected, what);
            }
        }
    }
}
