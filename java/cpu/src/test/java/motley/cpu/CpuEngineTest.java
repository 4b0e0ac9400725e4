package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import motley.program.Engine.Carry;
import motley.program.Executable;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class CpuEngineTest {
    private static final int ROUND_RUNS = 1_000;

    /// Rounds until the compiler is surely done: until then vectors are objects.
    private static final int ROUNDS_MAX = 2_000;

    @Test
    void aResultOfTheLastRunOutlivesAWriteToItsParam() {
        try (var engine = CpuEngine.open(new CpuSettings(1));
                var executable = engine.prepare(sum(2), List.of(new Carry(0, 0)))) {
            executable.write(1, Tensor.ofFloats(Shape.of(2), 10, 20));
            executable.run();
            executable.write(0, Tensor.ofFloats(Shape.of(2), 5, 5));
            assertThat(read(executable)).containsExactly(10, 20);
            executable.run();
            assertThat(read(executable)).containsExactly(15, 25);
        }
    }

    @Test
    void anExchangeOfTwoParamsIsNotTornByItsOrder() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(2));
        var y = b.param(TensorType.f32(2));
        var carries = List.of(new Carry(0, 0), new Carry(1, 1));
        try (var engine = CpuEngine.open(new CpuSettings(1));
                var executable = engine.prepare(b.build(List.of(y, x)), carries)) {
            executable.write(0, Tensor.ofFloats(Shape.of(2), 1, 2));
            executable.write(1, Tensor.ofFloats(Shape.of(2), 3, 4));
            executable.run();
            executable.run();
            assertThat(read(executable)).containsExactly(1, 2);
        }
    }

    @Test
    void closingTheEngineClosesItsExecutables() {
        var engine = CpuEngine.open(new CpuSettings(2));
        var executable = engine.prepare(sum(2), List.of());
        engine.close();
        engine.close();
        assertThatThrownBy(executable::run).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> engine.prepare(sum(2), List.of()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRunAllocatesNothing() {
        try (var engine = CpuEngine.open(new CpuSettings(1));
                var executable = engine.prepare(mixed(), List.of(new Carry(0, 0)))) {
            long allocated = allocatedBytes(executable);
            for (int round = 1; round < ROUNDS_MAX && allocated > 0; round++) {
                allocated = allocatedBytes(executable);
            }
            assertThat(allocated).isZero();
        }
    }

    private static long allocatedBytes(Executable executable) {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = bean.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUND_RUNS; i++) executable.run();
        return bean.getCurrentThreadAllocatedBytes() - before;
    }

    /// An element-wise loop with a tail, folds of both kinds, a matrix product.
    private static Program mixed() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(13, 21));
        var w = b.param(TensorType.f32(21, 21));
        var y = b.exp(b.neg(b.mul(b.matmul(x, w), x)));
        var mean = b.scale(b.sum(y, 1), 1.0 / 21);
        var centered = b.sub(y, b.alongOutermost(mean, y.type().shape()));
        return b.build(List.of(centered, b.sum(centered, 0)));
    }

    private static Program sum(int n) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(n));
        var y = b.param(TensorType.f32(n));
        return b.build(List.of(b.add(x, y)));
    }

    private static float[] read(Executable executable) {
        var into = Tensor.onHeap(TensorType.f32(2));
        executable.read(0, into);
        return into.toFloats();
    }
}
