package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.nn.LayerFunction;
import motley.nn.LayerFunctions;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Accuracy;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every function of layers with its gradients on the JVM engine, against the reference: whole
/// patterns of operations, which passes and fusion change most.
final class LayerFunctionsTest {
    static Stream<LayerFunction> functions() {
        return LayerFunctions.all();
    }

    @ParameterizedTest
    @MethodSource("functions")
    void engineStaysWithinTheBound(LayerFunction function) {
        assertWithinBound(function, 1);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void engineStaysWithinTheBoundForLargeOperands(LayerFunction function) {
        assertWithinBound(function, 1e4);
    }

    private static void assertWithinBound(LayerFunction function, double scale) {
        var program = Autodiff.vjp(function.program());
        var params = function.vjpOperands(scale);
        var bounds = ErrorBound.evaluate(program, params, Accuracy.FLOAT32);
        try (var engine = CpuEngine.open(new CpuSettings(1));
                var executable = engine.prepare(program, List.of())) {
            for (int i = 0; i < params.size(); i++) executable.write(i, params.get(i).toTensor());
            executable.run();
            for (int i = 0; i < bounds.size(); i++) {
                var result = Tensor.onHeap(program.resultTypes().get(i));
                executable.read(i, result);
                assertWithin(bounds.get(i), Values.of(result));
            }
        }
    }

    private static void assertWithin(Enclosure bound, Values actual) {
        for (int i = 0; i < actual.count(); i++) {
            double error = Math.abs(actual.get(i) - bound.center().get(i));
            assertThat(actual.get(i)).isFinite();
            assertThat(error).as("element %d", i).isLessThanOrEqualTo(bound.radius().get(i));
        }
    }
}
