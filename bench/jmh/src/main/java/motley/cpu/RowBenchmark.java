package motley.cpu;

import java.util.List;
import java.util.concurrent.TimeUnit;
import motley.program.Executable;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
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

/// Generated loops over `[256, 1024]` on one thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RowBenchmark {
    private static final Shape SHAPE = Shape.of(256, 1024);

    private final CpuEngine engine = CpuEngine.open(new CpuSettings(1));
    private final Executable multiplied = prepare((b, x) -> b.mul(x, b.add(x, x)));
    private final Executable softmax = prepare(RowBenchmark::softmax);

    @TearDown
    public void close() {
        engine.close();
    }

    /// `x·(x + x)`: one pass over memory.
    @Benchmark
    public void elementwise() {
        multiplied.run();
    }

    /// `exp(x - max)/Σ exp(x - max)` of each row.
    @Benchmark
    public void softmaxRows() {
        softmax.run();
    }

    private static Var softmax(ProgramBuilder b, Var x) {
        var powers = b.exp(b.sub(x, b.broadcast(b.maxOver(x, 1), SHAPE, 0)));
        return b.div(powers, b.broadcast(b.sum(powers, 1), SHAPE, 0));
    }

    @FunctionalInterface
    private interface Body {
        Var of(ProgramBuilder b, Var x);
    }

    private Executable prepare(Body body) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(256, 1024));
        var executable = engine.prepare(b.build(List.of(body.of(b, x))), List.of());
        executable.write(0, Tensor.onHeap(TensorType.f32(256, 1024)));
        return executable;
    }
}
