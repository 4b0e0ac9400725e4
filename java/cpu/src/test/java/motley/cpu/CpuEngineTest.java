package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
