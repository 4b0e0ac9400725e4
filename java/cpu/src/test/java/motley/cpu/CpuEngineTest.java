package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import motley.program.Engine.Carry;
import motley.program.Executable;
import motley.program.Limits;
import motley.program.Parser;
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

    /// The part of an image that no window reaches lies beyond what windows are cut from.
    @Test
    void windowsThatSeePaddingAloneGiveZeros() {
        var program =
                Parser.parse(
                        """
                        param v0: f32[1, 4, 7, 4]
                        param v1: f32[1, 3, 1, 36]
                        v2: f32[1, 3, 1, 36] = convolution(v0, v1, \
                        strides=[2, 194], dilations=[1, 1], \
                        padding=[0, 2, 8, 2], groups=4)
                        return v2
                        """,
                        Limits.DEFAULT);
        try (var engine = CpuEngine.open(new CpuSettings(2))) {
            var ones = program.paramTypes().stream().map(CpuEngineTest::ones).toList();
            var result = engine.run(program, ones.get(0), ones.get(1)).getFirst();
            assertThat(result.toFloats()).containsOnly(0);
        }
    }

    private static Tensor ones(TensorType type) {
        var values = new float[type.shape().count()];
        Arrays.fill(values, 1);
        return Tensor.ofFloats(type.shape(), values);
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
