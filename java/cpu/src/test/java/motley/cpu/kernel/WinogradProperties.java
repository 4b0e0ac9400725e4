package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import motley.program.ConvolutionSpec;
import motley.program.Padding;
import motley.tensor.Shape;
import org.junit.jupiter.api.Test;

class WinogradProperties {
    private static final int[] LANES = {4, 8, 16};
    private static final int[] THREADS = {1, 2, 3, 7};

    @Test
    void randomShapesEqualTheScalarTwinBitForBitAndLieWithinTheBound() {
        for (long seed = 0; seed < 24; seed++) {
            var random = new SplittableRandom(seed);
            for (var form : WinogradForm.values()) {
                check(form, shapes(random), LANES[(int) (seed % 3)], threads(seed), seed);
            }
        }
    }

    /// Several shares and blocks, the last of them not full.
    @Test
    void largeBatchesEqualTheScalarTwinBitForBit() {
        for (var form : WinogradForm.values()) {
            var shapes =
                    new Twins.Shapes(
                            ConvolutionSpec.plain(),
                            Shape.of(19, 15, 14, 16),
                            Shape.of(3, 3, 16, 16));
            for (int lanes : LANES) check(form, shapes, lanes, threads(lanes), 5);
        }
    }

    @Test
    void numberOfThreadsChangesNoBit() {
        var shapes = shapes(new SplittableRandom(3));
        for (int threads : THREADS) check(WinogradForm.F4, shapes, 8, threads, 11);
    }

    @Test
    void biasIsAddedToTheResultsAndReluEndsThem() {
        for (var form : WinogradForm.values()) {
            var s = shapes(new SplittableRandom(9));
            var random = new SplittableRandom(4);
            var x = Arena.floats(random, s.images().count());
            var w = Arena.floats(random, s.filters().count());
            var bias = Arena.floats(random, s.out());
            var expected = new WinogradTwin(form, s).forward(x, w).values;
            for (int i = 0; i < expected.length; i++) {
                float sum = expected[i] + bias[i % s.out()];
                expected[i] = sum <= 0 ? 0 : sum;
            }
            try (var threads = Threads.open(2)) {
                var machine = new Machine(Tiles.withLanes(8), threads, new Workspace());
                var y = new float[expected.length];
                WinogradConvolution.of(machine, form, s.spec(), s.images(), s.filters())
                        .runWithBias(x, 0, w, 0, bias, 0, true, y, 0);
                Arena.assertEqualBits(y, expected, form + " of " + s);
            }
        }
    }

    /// A NaN reaches the outputs of its patches, and no others.
    @Test
    void notANumberSpoilsItsTilesOnly() {
        var shapes =
                new Twins.Shapes(
                        ConvolutionSpec.plain(), Shape.of(1, 14, 14, 16), Shape.of(3, 3, 16, 16));
        var x = new float[shapes.images().count()];
        x[0] = Float.NaN;
        var w = Arena.floats(new SplittableRandom(1), shapes.filters().count());
        var y = new float[shapes.outputs()];
        try (var threads = Threads.open(1)) {
            var machine = new Machine(Tiles.withLanes(16), threads, new Workspace());
            WinogradConvolution.of(
                            machine,
                            WinogradForm.F4,
                            shapes.spec(),
                            shapes.images(),
                            shapes.filters())
                    .run(x, 0, w, 0, y, 0);
        }
        for (int i = 0; i < y.length; i++) {
            boolean firstTile = i / 16 % 12 < 4 && i / 16 / 12 < 4;
            if (Float.isNaN(y[i])) assertThat(firstTile).as("element %d", i).isTrue();
            else assertThat(y[i]).isZero();
        }
        assertThat(y[0]).isNaN();
    }

    @Test
    void matricesCancelToAConvolution() {
        for (var form : WinogradForm.values()) {
            for (int at = 0; at < form.outputs() * form.pixels() * 3; at++) {
                int i = at / 3 / form.pixels();
                int q = at / 3 % form.pixels();
                int r = at % 3;
                double sum = 0;
                for (int k = 0; k < form.pixels(); k++) {
                    double product = (double) form.result().at(i, k) * form.patch().at(k, q);
                    sum += product * form.filter().at(k, r);
                }
                // G holds sixths, each within half a unit in the last place of a float.
                double rounding = form.pixels() * 0x1p-24 * Math.sqrt(form.amplification());
                assertThat(Math.abs(sum - (q == i + r ? 1 : 0))).isLessThanOrEqualTo(rounding);
            }
        }
    }

    @Test
    void formIsChosenByShapeAlone() {
        var plain = ConvolutionSpec.plain();
        var wanted = Optional.of(WinogradForm.F4);
        var filters = Shape.of(3, 3, 32, 64);
        assertThat(WinogradConvolution.choose(wanted, plain, Shape.of(32, 26, 26, 32), filters))
                .isEqualTo(wanted);
        assertThat(WinogradConvolution.choose(wanted, plain, Shape.of(1, 9, 9, 32), filters))
                .as("too few tiles")
                .isEmpty();
        assertThat(WinogradConvolution.choose(wanted, plain, Shape.of(99, 4, 4, 32), filters))
                .as("tiles mostly empty")
                .isEmpty();
        var strided = new ConvolutionSpec(2, 1, 1, 1, Padding.NONE, 1);
        assertThat(WinogradConvolution.choose(wanted, strided, Shape.of(32, 26, 26, 32), filters))
                .isEmpty();
        assertThat(
                        WinogradConvolution.choose(
                                Optional.empty(), plain, Shape.of(32, 26, 26, 32), filters))
                .isEmpty();
    }

    @Test
    void shapesThatNoFormServesAreRefused() {
        try (var threads = Threads.open(1)) {
            var machine = Machine.on(threads);
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    WinogradConvolution.of(
                                            machine,
                                            WinogradForm.F2,
                                            ConvolutionSpec.plain(),
                                            Shape.of(1, 9, 9, 3),
                                            Shape.of(3, 3, 3, 16)))
                    .withMessageContaining("channels in multiples of 16");
        }
    }

    @Test
    void transformTooLargeForTheCompilerIsRefused() {
        var elements = new double[40 * 40];
        Arrays.fill(elements, 3);
        var form = new TransformForm(Matrix.of(40, elements), 16, 1, 1, false);
        assertThatIllegalStateException()
                .isThrownBy(() -> TransformCode.make(form))
                .withMessageContaining("bytes of code (expected: at most 8000)");
    }

    private static int threads(long seed) {
        return THREADS[(int) (seed / 3 % 4)];
    }

    private static Twins.Shapes shapes(SplittableRandom random) {
        var padding =
                new Padding(
                        random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3));
        int in = 16 * random.nextInt(1, 4);
        int out = 16 * random.nextInt(1, 4);
        var images =
                Shape.of(random.nextInt(1, 5), random.nextInt(3, 15), random.nextInt(3, 15), in);
        var spec = new ConvolutionSpec(1, 1, 1, 1, padding, 1);
        return new Twins.Shapes(spec, images, Shape.of(3, 3, in, out));
    }

    private static void check(
            WinogradForm form, Twins.Shapes s, int lanes, int threadCount, long seed) {
        try (var threads = Threads.open(threadCount)) {
            var machine = new Machine(Tiles.withLanes(lanes), threads, new Workspace());
            var what =
                    "%s of %s, %d lanes, %d threads, seed %d"
                            .formatted(form, s, lanes, threadCount, seed);
            var random = new SplittableRandom(seed);
            var x = Arena.floats(random, s.images().count());
            var w = Arena.floats(random, s.filters().count());
            var dy = Arena.floats(random, s.outputs());
            var twin = new WinogradTwin(form, s);
            var spec = s.spec();

            var forward = WinogradConvolution.of(machine, form, spec, s.images(), s.filters());
            var y = arena(machine, random, x, w, s.outputs());
            forward.run(y.array, y.first, y.array, y.second, y.array, y.result);
            assertSame(y, twin.forward(x, w), Twins.forward(s, x, w).exact, "y " + what);

            var ofImages = WinogradGradients.ofImages(machine, form, spec, s.images(), s.filters());
            var dx = arena(machine, random, dy, w, x.length);
            ofImages.runImages(dx.array, dx.first, dx.array, dx.second, dx.array, dx.result);
            var dxExact = Twins.inputGradient(s, dy, w).exact;
            assertSame(dx, twin.inputGradient(dy, w), dxExact, "dx " + what);

            var ofFilters =
                    WinogradGradients.ofFilters(machine, form, spec, s.images(), s.filters());
            var dw = arena(machine, random, x, dy, w.length);
            ofFilters.runFilters(dw.array, dw.first, dw.array, dw.second, dw.array, dw.result);
            var dwExact = Twins.filterGradient(s, x, dy, s.images().dim(0)).exact;
            assertSame(dw, twin.filterGradient(x, dy), dwExact, "dw " + what);

            var ofBoth = WinogradGradients.ofBoth(machine, form, spec, s.images(), s.filters());
            Arrays.fill(machine.workspace().array(), Float.NaN);
            var dxOfBoth = new float[x.length];
            var dwOfBoth = new float[w.length];
            ofBoth.runBoth(x, 0, w, 0, dy, 0, dxOfBoth, 0, dwOfBoth, 0);
            Arena.assertEqualBits(dxOfBoth, dx.takeResult(), "dx of both, " + what);
            Arena.assertEqualBits(dwOfBoth, dw.takeResult(), "dw of both, " + what);
        }
    }

    /// Operands and a place for the result; what earlier kernels left in the workspace is NaN.
    private static Arena arena(
            Machine machine, SplittableRandom random, float[] first, float[] second, int count) {
        Arrays.fill(machine.workspace().array(), Float.NaN);
        return new Arena(random, first, second, count);
    }

    private static void assertSame(
            Arena arena, WinogradTwin.Sums expected, double[] exact, String what) {
        Arena.assertEqualBits(arena.takeResult(), expected.values, what);
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(expected.values[i] - exact[i]);
            assertThat(error).as("%s, element %d", what, i).isLessThanOrEqualTo(expected.bound(i));
        }
    }
}
