package motley.worker;

import java.util.List;
import java.util.OptionalDouble;
import motley.program.Engine;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;

/// A short matrix product that tells how fast an engine is.
public final class SpeedProbe {
    private static final int SIZE = 128;
    private static final int RUNS_MAX = 2000;
    private static final long BUDGET_NS = 1_000_000_000;

    private SpeedProbe() {}

    /// GFLOP/s of the fastest of 2000 products, or of as many as fit into 1 s; at least one. Most
    /// of them warm up: until it is compiled, vector code runs a thousand times slower.
    public static OptionalDouble measure(Engine engine) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(SIZE, SIZE));
        var program = b.build(List.of(b.matmul(x, x)));
        try (var product = engine.prepare(program, List.of())) {
            long bestNs = Long.MAX_VALUE;
            long startNs = System.nanoTime();
            for (int run = 0; run < RUNS_MAX; run++) {
                if (run > 0 && System.nanoTime() - startNs > BUDGET_NS) break;
                long beforeNs = System.nanoTime();
                product.run();
                bestNs = Math.min(bestNs, System.nanoTime() - beforeNs);
            }
            double flops = 2.0 * SIZE * SIZE * SIZE;
            return OptionalDouble.of(flops / bestNs);
        }
    }
}
