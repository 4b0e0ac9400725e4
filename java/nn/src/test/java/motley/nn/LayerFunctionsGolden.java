package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import motley.program.Equation;
import motley.program.Program;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.programs.GradientCheck;
import motley.programs.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every function of layers and its gradients against PyTorch's numbers, which
/// tools/golden/layers.py writes, and against difference quotients.
///
/// Both sides compute in float64 from equal operands. A number passes through some hundred
/// operations of relative error 2⁻⁵³ each, a projection sums a few hundred of them.
final class LayerFunctionsGolden {
    private static final double TOLERANCE = 1e-12;
    private static final GoldenNumbers GOLDEN = GoldenNumbers.read("layers.txt");

    static Stream<LayerFunction> functions() {
        return LayerFunctions.all();
    }

    @ParameterizedTest
    @MethodSource("functions")
    void resultsArePyTorchs(LayerFunction function) {
        var results = Reference.evaluate(function.program(), function.operands());
        GOLDEN.assertRow(function.name() + ".results", projections(results), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void gradientsArePyTorchs(LayerFunction function) {
        var program = function.program();
        var all = Reference.evaluate(Autodiff.vjp(program), function.vjpOperands(1));
        var gradients = all.subList(program.results().size(), all.size());
        GOLDEN.assertRow(function.name() + ".gradients", projections(gradients), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void gradientsAreSlopes(LayerFunction function) {
        var sample = new Sample(function.program(), function.operands());
        GradientCheck.check(sample, new SplittableRandom(7));
    }

    /// The first operand in [-10⁴, 10⁴): no value on the way to a result or gradient is NaN or
    /// beyond the range of float32.
    @ParameterizedTest
    @MethodSource("functions")
    void largeOperandsOverflowNowhere(LayerFunction function) {
        var vjp = Autodiff.vjp(function.program());
        var everything = vjp.equations().stream().map(Equation::out).toList();
        var traced = new Program(vjp.params(), vjp.equations(), everything);
        for (var value : Reference.evaluate(traced, function.vjpOperands(1e4))) {
            assertThat(Arrays.stream(value.toArray()))
                    .allMatch(element -> Math.abs(element) <= Float.MAX_VALUE);
        }
    }

    /// A row that no function has would never be compared.
    @Test
    void everyRowIsCompared() {
        var names =
                functions()
                        .flatMap(f -> Stream.of(f.name() + ".results", f.name() + ".gradients"))
                        .collect(Collectors.toSet());
        assertThat(GOLDEN.rows().keySet()).isEqualTo(names);
    }

    private static double[] projections(List<Values> all) {
        return all.stream().mapToDouble(Formula::projection).toArray();
    }
}
