package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import motley.program.Engine;
import motley.program.Engine.Carry;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.reference.ReferenceEngine;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every [Engine] must do.
final class EngineContract {
    enum Kind {
        REFERENCE,
        CPU,
        CPU_INTERPRETED;

        Engine open() {
            return switch (this) {
                case REFERENCE -> new ReferenceEngine();
                case CPU -> CpuEngine.open(new CpuSettings(2));
                case CPU_INTERPRETED -> CpuEngine.interpreting(new CpuSettings(1));
            };
        }
    }

    private static final Shape TWO = Shape.of(2);

    @ParameterizedTest
    @EnumSource
    void anIllTypedProgramIsRefused(Kind kind) {
        var x = new Var(0, TensorType.f32(2));
        var y = new Var(1, TensorType.f32(1 << 28));
        var ill = new Equation(y, new Op.Convert(motley.tensor.DType.F32), List.of(x));
        var program = new Program(List.of(x), List.of(ill), List.of(y));
        try (var engine = kind.open()) {
            assertThatThrownBy(() -> engine.prepare(program, List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCarryThatDoesNotFitIsRefused(Kind kind) {
        try (var engine = kind.open()) {
            for (var carry : List.of(new Carry(1, 0), new Carry(0, 7), new Carry(-1, 0))) {
                assertThatThrownBy(() -> engine.prepare(counter(), List.of(carry)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void carriedValuesStayBetweenRuns(Kind kind) {
        try (var engine = kind.open();
                var executable = engine.prepare(counter(), List.of(new Carry(0, 0)))) {
            executable.write(0, Tensor.ofFloats(TWO, 1, 2));
            executable.write(1, Tensor.ofFloats(TWO, 10, 20));
            executable.run();
            executable.run();
            assertThat(read(executable)).containsExactly(21, 42);
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesWrittenStayUntilTheyAreWrittenAgain(Kind kind) {
        try (var engine = kind.open();
                var executable = engine.prepare(counter(), List.of())) {
            executable.write(0, Tensor.ofFloats(TWO, 1, 2));
            executable.write(1, Tensor.ofFloats(TWO, 10, 20));
            executable.run();
            executable.run();
            executable.write(1, Tensor.ofFloats(TWO, 30, 40));
            executable.run();
            assertThat(read(executable)).containsExactly(31, 42);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResultOfTheLastRunOutlivesAWriteToItsParam(Kind kind) {
        try (var engine = kind.open();
                var executable = engine.prepare(counter(), List.of(new Carry(0, 0)))) {
            executable.write(1, Tensor.ofFloats(TWO, 10, 20));
            executable.run();
            executable.write(0, Tensor.ofFloats(TWO, 5, 5));
            assertThat(read(executable)).containsExactly(10, 20);
            executable.run();
            assertThat(read(executable)).containsExactly(15, 25);
        }
    }

    @ParameterizedTest
    @EnumSource
    void operandsAreLeftUnchanged(Kind kind) {
        var step = Tensor.ofFloats(TWO, 10, 20);
        try (var engine = kind.open();
                var executable = engine.prepare(counter(), List.of(new Carry(0, 0)))) {
            executable.write(1, step);
            executable.run();
            assertThat(step.toFloats()).containsExactly(10, 20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void paramsMayBeResultsAndResultsMayRepeat(Kind kind) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(2));
        var y = b.param(TensorType.f32(2));
        var sum = b.add(x, y);
        var program = b.build(List.of(y, x, sum, sum));
        var carries = List.of(new Carry(0, 0), new Carry(2, 1));
        try (var engine = kind.open();
                var executable = engine.prepare(program, carries)) {
            executable.write(0, Tensor.ofFloats(TWO, 1, 2));
            executable.write(1, Tensor.ofFloats(TWO, 3, 4));
            executable.run();
            executable.run();
            assertThat(read(executable, 0)).containsExactly(4, 6);
            assertThat(read(executable, 1)).containsExactly(3, 4);
            assertThat(read(executable, 3)).containsExactly(7, 10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTensorOfAnotherTypeIsRefused(Kind kind) {
        try (var engine = kind.open();
                var executable = engine.prepare(counter(), List.of())) {
            assertThatThrownBy(() -> executable.write(0, Tensor.ofInts(TWO, 1, 2)))
                    .isInstanceOf(IllegalArgumentException.class);
            var wrong = Tensor.onHeap(TensorType.f32(3));
            assertThatThrownBy(() -> executable.read(0, wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingTheEngineClosesItsExecutables(Kind kind) {
        var engine = kind.open();
        var executable = engine.prepare(counter(), List.of());
        engine.close();
        engine.close();
        assertThatThrownBy(executable::run).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> engine.prepare(counter(), List.of()))
                .isInstanceOf(IllegalStateException.class);
    }

    /// `x + y`.
    private static Program counter() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(2));
        var y = b.param(TensorType.f32(2));
        return b.build(List.of(b.add(x, y)));
    }

    private static float[] read(motley.program.Executable executable) {
        return read(executable, 0);
    }

    private static float[] read(motley.program.Executable executable, int result) {
        var into = Tensor.onHeap(TensorType.f32(2));
        executable.read(result, into);
        return into.toFloats();
    }
}
