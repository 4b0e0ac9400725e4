package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// A convolution and its gradients by every method, large enough that each is used. The bound on
/// programs knows nothing of where tiles lie; the kernels' own tests have a sharper one.
final class ConvolutionMethodTest {
    @Test
    void everyMethodIsWithinItsErrorBound() {
        for (var method : ConvolutionMethod.values()) {
            for (var padding : List.of(Padding.NONE, new Padding(1, 1, 1, 1))) {
                var program = program(padding);
                var params = operands(program, 7);
                var bounds =
                        ErrorBound.evaluate(
                                program,
                                params.stream().map(Values::of).toList(),
                                method.accuracy());
                var results = run(program, params, method, 2);
                for (int r = 0; r < results.size(); r++) {
                    assertWithin(
                            bounds.get(r), Values.of(results.get(r)), method + ", result " + r);
                }
            }
        }
    }

    @Test
    void methodsAreDifferentNumericClasses() {
        var program = program(Padding.NONE);
        var params = operands(program, 7);
        var classes = new ArrayList<String>();
        var results = new ArrayList<float[]>();
        for (var method : ConvolutionMethod.values()) {
            try (var engine = CpuEngine.open(new CpuSettings(1).withConvolution(method))) {
                classes.add(engine.numericClass());
            }
            results.add(run(program, params, method, 1).getFirst().toFloats());
        }
        assertThat(classes).doesNotHaveDuplicates();
        assertThat(results.get(0)).isNotEqualTo(results.get(1));
        assertThat(results.get(1)).isNotEqualTo(results.get(2));
    }

    @Test
    void numberOfThreadsChangesNoBit() {
        var program = program(new Padding(1, 1, 1, 1));
        var params = operands(program, 8);
        for (var method : ConvolutionMethod.values()) {
            var expected = run(program, params, method, 1);
            for (int threads : new int[] {2, 3, 7}) {
                var results = run(program, params, method, threads);
                for (int r = 0; r < results.size(); r++) {
                    assertThat(Runs.sameBits(results.get(r), expected.get(r))).isTrue();
                }
            }
        }
    }

    /// `(x, w, dy) → (y, dx, dw)`.
    private static Program program(Padding padding) {
        var spec = new ConvolutionSpec(1, 1, 1, 1, padding, 1);
        int border = 2 - padding.top() - padding.bottom();
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(6, 11, 10, 16));
        var w = b.param(TensorType.f32(3, 3, 16, 32));
        var dy = b.param(TensorType.f32(6, 11 - border, 10 - border, 32));
        var y = b.apply(new Op.Convolution(spec), x, w);
        var dx = b.apply(new Op.ConvolutionInputGradient(spec, x.type().shape()), dy, w);
        var dw = b.apply(new Op.ConvolutionFilterGradient(spec, w.type().shape()), x, dy);
        return b.build(List.of(y, dx, dw));
    }

    private static List<Tensor> operands(Program program, long seed) {
        var random = new SplittableRandom(seed);
        var tensors = new ArrayList<Tensor>();
        for (var param : program.params()) {
            var tensor = Tensor.onHeap(param.type());
            for (int i = 0; i < tensor.shape().count(); i++) {
                tensor.setFloat(i, (float) random.nextDouble(-1, 1));
            }
            tensors.add(tensor);
        }
        return tensors;
    }

    private static List<Tensor> run(
            Program program, List<Tensor> params, ConvolutionMethod method, int threads) {
        try (var engine = CpuEngine.open(new CpuSettings(threads).withConvolution(method))) {
            return Runs.once(engine, program, params);
        }
    }

    private static void assertWithin(Enclosure bound, Values result, String what) {
        for (int i = 0; i < result.count(); i++) {
            assertThat(bound.contains(i, result.get(i))).as("%s, element %d", what, i).isTrue();
        }
    }
}
