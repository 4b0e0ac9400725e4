package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.ReduceKind;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Loops whose operands are not contiguous, for extents with and without a tail.
final class StridedLoadsTest {
    /// Which elements of a matrix are read.
    enum Reading {
        TRANSPOSED((b, x) -> b.transpose(x, 1, 0)),
        REVERSED((b, x) -> b.apply(new Op.Reverse(List.of(1)), x)),
        EVERY_OTHER((b, x) -> b.apply(everyOther(x.type().shape()), x)),
        TRANSPOSED_AND_SUMMED(
                (b, x) -> {
                    var sum = new Op.Reduce(ReduceKind.SUM, List.of(0));
                    var both = b.add(x, b.reshape(b.transpose(x, 1, 0), x.type().shape()));
                    return b.apply(sum, both);
                });

        private final BiFunction<ProgramBuilder, Var, Var> of;

        Reading(BiFunction<ProgramBuilder, Var, Var> of) {
            this.of = of;
        }

        private static Op everyOther(Shape shape) {
            return new Op.Slice(List.of(0, 0), shape.dims(), List.of(1, 2));
        }
    }

    static Stream<Arguments> readings() {
        return Stream.of(Reading.values())
                .flatMap(
                        r ->
                                Stream.of(
                                        Arguments.of(r, 32, 64),
                                        Arguments.of(r, 48, 30),
                                        Arguments.of(r, 7, 32)));
    }

    @ParameterizedTest
    @MethodSource("readings")
    void generatedCodeGivesTheBitsOfTheInterpreter(Reading reading, int rows, int cols) {
        var random = new SplittableRandom(rows);
        var floats = Tensor.onHeap(TensorType.f32(rows, cols));
        var ints = Tensor.onHeap(TensorType.i32(rows, cols));
        for (int i = 0; i < rows * cols; i++) {
            floats.setFloat(i, (float) random.nextDouble(-1, 1));
            ints.setInt(i, random.nextInt(-5, 5));
        }
        var program = program(reading, rows, cols);
        try (var generated = CpuEngine.open(new CpuSettings(3));
                var interpreted = CpuEngine.interpreting(new CpuSettings(1))) {
            var results = Runs.once(generated, program, List.of(floats, ints));
            var expected = Runs.once(interpreted, program, List.of(floats, ints));
            for (int r = 0; r < results.size(); r++) {
                assertThat(Runs.sameBits(results.get(r), expected.get(r))).isTrue();
            }
        }
    }

    /// A float, an int and a bool operand read so, the bool from memory.
    private static Program program(Reading reading, int rows, int cols) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(rows, cols));
        var n = b.param(TensorType.i32(rows, cols));
        var floats = reading.of.apply(b, x);
        if (reading == Reading.TRANSPOSED_AND_SUMMED) return b.build(List.of(floats));
        var positive = b.compare(CompareKind.GT, n, b.fill(n.type(), 0));
        var ints = reading.of.apply(b, n);
        var chosen = reading.of.apply(b, positive);
        var sum = b.add(floats, b.convert(ints, DType.F32));
        var result = b.select(chosen, sum, b.neg(sum));
        return b.build(List.of(result, positive, b.sum(result, 1)));
    }
}
