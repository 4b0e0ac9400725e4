package motley.worker;

import java.util.List;
import java.util.OptionalDouble;
import motley.program.Engine;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;

/// A short matrix product that tells how fast an engine is.
final class SpeedProbe {
    private static final int SIZE = 384;
    private static final long BUDGET_NS = 300_000_000;

    private SpeedProbe() {}

    /// GFLOP/s of the fastest of the products that fit into 0.3 s; the first ones warm up.
    static OptionalDouble measure(Engine engine) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(SIZE, SIZE));
        var program = b.build(List.of(b.matmul(x, x)));
        try (var product = engine.prepare(program, List.of())) {
            long bestNs = Long.MAX_VALUE;
            long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < BUDGET_NS) {
                long beforeNs = System.nanoTime();
                product.run();
                bestNs = Math.min(bestNs, System.nanoTime() - beforeNs);
            }
            double flops = 2.0 * SIZE * SIZE * SIZE;
            return OptionalDouble.of(flops / bestNs);
        }
    }
}
