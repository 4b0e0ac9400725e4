package motley.cpu.kernel;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Contractions on one thread. In the package of the kernels, since tiles are not public.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ContractionBenchmark {
    private static final int ROWS = 24;
    private static final int SIDE = 512;
    private static final Shape IMAGES = Shape.of(8, 26, 26, 32);
    private static final Shape FILTERS = Shape.of(3, 3, 32, 64);
    private static final int SECOND = 1 << 20;
    private static final int RESULT = 2 << 20;

    private final float[] array = new float[3 << 20];
    private final int[] places = IntStream.range(0, ROWS).map(i -> i * 272).toArray();
    private final Threads threads = Threads.open(1);
    private final Machine machine = Machine.on(threads);
    private final TileForm form = machine.tiles().formFor(SIDE);
    private final Tile tile = machine.tiles().tile(form);
    private final MatrixProduct product = product(false);
    private final MatrixProduct transposed = product(true);
    private final DirectConvolution direct =
            DirectConvolution.forward(machine, ConvolutionSpec.plain(), IMAGES, FILTERS);
    private final WinogradConvolution winograd =
            WinogradConvolution.of(
                    machine,
                    WinogradForm.F4,
                    ConvolutionSpec.plain(),
                    IMAGES,
                    FILTERS);

    /// Numbers of mixed signs, far from those that processors are slow with.
    public ContractionBenchmark() {
        for (int i = 0; i < array.length; i++) array[i] = i % 7 - 3;
    }

    @TearDown
    public void close() {
        threads.close();
    }

    /// 24 rows of sums of 32 products each, as in a block of a Winograd convolution.
    @Benchmark
    public void tileOfShortSums() {
        run(32);
    }

    /// 24 rows of sums of 256 products each.
    @Benchmark
    public void tileOfLongSums() {
        run(256);
    }

    /// 2·512³ operations: `[512, 512]·[512, 512]`.
    @Benchmark
    public void product() {
        product.run(array, 0, array, SECOND, array, RESULT);
    }

    /// 2·512³ operations, both operands stored with their rows as columns.
    @Benchmark
    public void transposedProduct() {
        transposed.run(array, 0, array, SECOND, array, RESULT);
    }

    /// 2·8·24²·9·32·64 operations: eight images of 26x26 pixels, 32 channels to 64, by 3x3 filters.
    @Benchmark
    public void directConvolution() {
        direct.run(array, 0, array, SECOND, array, RESULT);
    }

    /// The same convolution in a quarter of the multiplications.
    @Benchmark
    public void winogradConvolution() {
        winograd.run(array, 0, array, SECOND, array, RESULT);
    }

    private MatrixProduct product(boolean transpose) {
        var size = new MatrixProduct.Size(1, SIDE, SIDE, SIDE, transpose, transpose);
        return MatrixProduct.of(machine, size);
    }

    private void run(int length) {
        tile.run(
                array,
                0,
                places,
                0,
                0,
                array,
                SECOND,
                0,
                form.columns(),
                array,
                0,
                0,
                array,
                RESULT,
                form.columns(),
                ROWS,
                1,
                length,
                Float.NEGATIVE_INFINITY);
    }
}
