package motley.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import motley.cpu.FmaPeak;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.ProgramBuilder;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// The product of two square matrices of random numbers.
final class ProductWorkload implements Workload {
    private static final double GIGA = 1e9;

    private final int size;
    private final Executable product;
    /// GFLOP/s of one thread that only multiplies and adds.
    private double peak;

    private ProductWorkload(int size, Executable product) {
        this.size = size;
        this.product = product;
    }

    /// @param size rows and columns of either matrix
    static ProductWorkload open(Engine engine, int size) {
        var b = new ProgramBuilder();
        var left = b.param(TensorType.f32(size, size));
        var right = b.param(TensorType.f32(size, size));
        var program = b.build(List.of(b.matmul(left, right)));
        var workload = new ProductWorkload(size, engine.prepare(program, List.of()));
        workload.reset();
        var random = new SplittableRandom(1);
        for (int param = 0; param < 2; param++) workload.product.write(param, drawn(size, random));
        return workload;
    }

    private static Tensor drawn(int size, SplittableRandom random) {
        var matrix = Tensor.onHeap(TensorType.f32(size, size));
        for (int i = 0; i < size * size; i++) matrix.setFloat(i, random.nextFloat() - 0.5f);
        return matrix;
    }

    @Override
    public String description() {
        return "product of two matrices %s, FMA peak of a thread %.0f GFLOP/s"
                .formatted(Shape.of(size, size), peak);
    }

    @Override
    public SequencedMap<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("product", size);
        fields.put("peakGflopsPerSecond", peak);
        return fields;
    }

    @Override
    public Rate rate() {
        return new Rate(2.0 * size * size * size / GIGA, "GFLOP", "gflopsPerSecond");
    }

    /// The product leaves its operands as they are. The clock of a processor does not stay, so the
    /// peak is measured beside each measurement.
    @Override
    public void reset() {
        peak = FmaPeak.measure(System::nanoTime);
    }

    @Override
    public void run() {
        product.run();
    }

    @Override
    public void close() {
        product.close();
    }
}
