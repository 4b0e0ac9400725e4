package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import motley.program.ConvolutionSpec;
import motley.program.Padding;
import motley.tensor.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ConvolutionProperties {
    private static final Threads ONE = Threads.open(1);
    private static final Threads TWO = Threads.open(2);
    private static final Threads THREE = Threads.open(3);

    private static final Map<Integer, Tiles> TILES =
            Map.of(4, Tiles.withLanes(4), 8, Tiles.withLanes(8), 16, Tiles.withLanes(16));

    @AfterAll
    static void close() {
        ONE.close();
        TWO.close();
        THREE.close();
    }

    @Test
    void everyNumberOfChannelsEqualsTheScalarTwinBitForBit() {
        for (int channels = 1; channels <= 40; channels++) {
            int other = 1 + channels * 11 % 37;
            check(plain(2, 5, 6, channels, other), channels);
        }
    }

    @Test
    void randomConvolutionsEqualTheScalarTwinBitForBit() {
        for (long seed = 0; seed < 150; seed++) check(random(new SplittableRandom(seed)), seed);
    }

    /// More images than shares, so that shares hold several.
    @Test
    void largeBatchesEqualTheScalarTwinBitForBit() {
        check(plain(37, 4, 5, 3, 5), 1);
    }

    /// Sums so long that they are continued in further passes over the result.
    @Test
    void longSumsEqualTheScalarTwinBitForBit() {
        check(plain(1, 4, 5, 800, 3), 1);
        check(plain(1, 4, 5, 3, 800), 2);
    }

    @Test
    void biasIsAddedToTheSumsAndReluEndsThem() {
        for (int out = 1; out <= 40; out++) checkBias(plain(3, 5, 6, 4, out), out);
        var spec = new ConvolutionSpec(2, 1, 1, 2, new Padding(1, 0, 2, 1), 3);
        checkBias(new Twins.Shapes(spec, Shape.of(2, 6, 7, 6), Shape.of(3, 2, 2, 15)), 41);
    }

    private static void checkBias(Twins.Shapes s, long seed) {
        var random = new SplittableRandom(seed);
        var x = Arena.floats(random, s.images().count());
        var w = Arena.floats(random, s.filters().count());
        var bias = Arena.floats(random, s.out());
        var expected = Twins.forward(s, x, w).chain;
        for (int i = 0; i < expected.length; i++) expected[i] += bias[i % s.out()];
        for (int lanes : new int[] {4, 8, 16}) {
            var machine = new Machine(TILES.get(lanes), THREE, new Workspace());
            var kernel = DirectConvolution.forward(machine, s.spec(), s.images(), s.filters());
            var y = new float[s.outputs()];
            kernel.runWithBias(x, 0, w, 0, bias, 0, false, y, 0);
            Arena.assertEqualBits(y, expected, "bias " + s);
            kernel.runWithBias(x, 0, w, 0, bias, 0, true, y, 0);
            for (int i = 0; i < y.length; i++) {
                float relu = expected[i] <= 0 ? 0 : expected[i];
                assertThat(y[i]).isEqualTo(relu);
            }
        }
    }

    @Test
    void depthwiseConvolutionsEqualTheScalarTwinBitForBit() {
        for (long seed = 0; seed < 60; seed++) {
            var random = new SplittableRandom(seed);
            int channels = random.nextInt(2, 40);
            var any = random(random);
            var pad = any.spec();
            var spec =
                    new ConvolutionSpec(
                            pad.strideRows(),
                            pad.strideCols(),
                            pad.dilationRows(),
                            pad.dilationCols(),
                            pad.padding(),
                            channels);
            var images = Shape.of(3, any.images().dim(1), any.images().dim(2), channels);
            var filters = Shape.of(any.filters().dim(0), any.filters().dim(1), 1, channels);
            var s = new Twins.Shapes(spec, images, filters);
            var machine = new Machine(TILES.get(8), seed % 2 == 0 ? ONE : THREE, new Workspace());
            checkDepthwise(s, machine, random);
        }
    }

    private static void checkDepthwise(Twins.Shapes s, Machine machine, SplittableRandom random) {
        var kernel = DepthwiseConvolution.of(machine, s.spec(), s.images(), s.filters());
        var x = Arena.floats(random, s.images().count());
        var w = Arena.floats(random, s.filters().count());
        var dy = Arena.floats(random, s.outputs());
        var y = new Arena(random, x, w, s.outputs());
        kernel.run(y.array, y.first, y.array, y.second, y.array, y.result);
        var expectedY = Twins.forward(s, x, w).chain;
        Arena.assertEqualBits(y.takeResult(), expectedY, "forward " + s);
        var bias = Arena.floats(random, s.out());
        var biased = new float[expectedY.length];
        kernel.runWithBias(x, 0, w, 0, bias, 0, true, biased, 0);
        for (int i = 0; i < biased.length; i++) {
            float sum = expectedY[i] + bias[i % s.out()];
            assertThat(biased[i]).isEqualTo(sum <= 0 ? 0 : sum);
        }
        var dx = new Arena(random, dy, w, x.length);
        kernel.runImages(dx.array, dx.first, dx.array, dx.second, dx.array, dx.result);
        Arena.assertEqualBits(dx.takeResult(), Twins.inputGradient(s, dy, w).chain, "dx " + s);
        var dw = new Arena(random, x, dy, w.length);
        kernel.runFilters(dw.array, dw.first, dw.array, dw.second, dw.array, dw.result);
        var expected = Twins.filterGradient(s, x, dy, 1).chain;
        Arena.assertEqualBits(dw.takeResult(), expected, "dw " + s);
    }

    private static Twins.Shapes plain(int batch, int rows, int cols, int in, int out) {
        var images = Shape.of(batch, rows, cols, in);
        return new Twins.Shapes(ConvolutionSpec.plain(), images, Shape.of(3, 3, in, out));
    }

    private static Twins.Shapes random(SplittableRandom random) {
        int groups = random.nextInt(4) == 0 ? random.nextInt(2, 5) : 1;
        int in = random.nextInt(1, 9);
        int out = random.nextInt(1, 20);
        int tapRows = random.nextInt(1, 5);
        int tapCols = random.nextInt(1, 5);
        int dilationRows = random.nextInt(1, 3);
        int dilationCols = random.nextInt(1, 3);
        var padding =
                new Padding(
                        random.nextInt(0, 4),
                        random.nextInt(0, 4),
                        random.nextInt(0, 4),
                        random.nextInt(0, 4));
        var spec =
                new ConvolutionSpec(
                        random.nextInt(1, 4),
                        random.nextInt(1, 4),
                        dilationRows,
                        dilationCols,
                        random.nextInt(3) == 0 ? Padding.NONE : padding,
                        groups);
        int rows = (tapRows - 1) * dilationRows + random.nextInt(1, 9);
        int cols = (tapCols - 1) * dilationCols + random.nextInt(1, 12);
        var images = Shape.of(random.nextInt(1, 4), rows, cols, in * groups);
        return new Twins.Shapes(spec, images, Shape.of(tapRows, tapCols, in, out * groups));
    }

    private static void check(Twins.Shapes s, long seed) {
        int lanes = new int[] {4, 8, 16}[(int) (seed % 3)];
        for (var threads : new Threads[] {ONE, TWO, THREE}) {
            var machine = new Machine(TILES.get(lanes), threads, new Workspace());
            var what = "%s, %d lanes, %d threads".formatted(s, lanes, threads.size());
            checkForward(s, machine, seed, what);
            checkInputGradient(s, machine, seed, what);
            checkFilterGradient(s, machine, seed, what);
        }
    }

    private static void checkForward(Twins.Shapes s, Machine machine, long seed, String what) {
        var random = new SplittableRandom(seed);
        var x = Arena.floats(random, s.images().count());
        var w = Arena.floats(random, s.filters().count());
        var expected = Twins.forward(s, x, w);
        var arena = new Arena(random, x, w, s.outputs());
        var kernel = DirectConvolution.forward(machine, s.spec(), s.images(), s.filters());
        kernel.run(arena.array, arena.first, arena.array, arena.second, arena.array, arena.result);
        Arena.assertEqualBits(arena.takeResult(), expected.chain, "forward " + what);
        Arena.assertWithinBound(expected.chain, expected, "forward " + what);
    }

    private static void checkInputGradient(
            Twins.Shapes s, Machine machine, long seed, String what) {
        var random = new SplittableRandom(seed);
        var dy = Arena.floats(random, s.outputs());
        var w = Arena.floats(random, s.filters().count());
        var expected = Twins.inputGradient(s, dy, w);
        var arena = new Arena(random, dy, w, s.images().count());
        var kernel = DirectConvolution.inputGradient(machine, s.spec(), s.images(), s.filters());
        kernel.run(arena.array, arena.first, arena.array, arena.second, arena.array, arena.result);
        Arena.assertEqualBits(arena.takeResult(), expected.chain, "input gradient " + what);
        Arena.assertWithinBound(expected.chain, expected, "input gradient " + what);
    }

    private static void checkFilterGradient(
            Twins.Shapes s, Machine machine, long seed, String what) {
        var random = new SplittableRandom(seed);
        var x = Arena.floats(random, s.images().count());
        var dy = Arena.floats(random, s.outputs());
        int shareImages = Math.ceilDiv(s.images().dim(0), Math.min(s.images().dim(0), 16));
        var expected = Twins.filterGradient(s, x, dy, shareImages);
        var arena = new Arena(random, x, dy, s.filters().count());
        var kernel = FilterGradient.of(machine, s.spec(), s.images(), s.filters());
        kernel.run(arena.array, arena.first, arena.array, arena.second, arena.array, arena.result);
        Arena.assertEqualBits(arena.takeResult(), expected.chain, "filter gradient " + what);
        Arena.assertWithinBound(expected.chain, expected, "filter gradient " + what);
    }
}
