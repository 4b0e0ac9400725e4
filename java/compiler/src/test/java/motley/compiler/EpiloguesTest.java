package motley.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.program.CompareKind;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class EpiloguesTest {
    private final ProgramBuilder b = new ProgramBuilder();
    private final Var dy = b.param(TensorType.f32(2, 3, 3, 4));
    private final Var sum = convolutionWithBias();

    @Test
    void biasAndReluBelongToTheConvolution() {
        var relu = relu();
        assertThat(epilogues(b.build(List.of(relu))))
                .containsExactly(Kernel.Epilogue.BIAS_AND_RELU);
    }

    @Test
    void maskOfTheGradientIsTakenFromTheResult() {
        var zero = b.fillLike(sum, 0);
        var mask = b.compare(CompareKind.LE, sum, zero);
        var relu = b.select(mask, zero, sum);
        var plan = b.build(List.of(relu, b.select(mask, zero, dy)));
        assertThat(epilogues(plan)).containsExactly(Kernel.Epilogue.BIAS_AND_RELU);
        var bools = Compiler.compile(plan, List.of()).layout().ints();
        assertThat(bools).as("bools that need memory").isZero();
    }

    @Test
    void sumThatIsNeededItselfKeepsReluOut() {
        var program = b.build(List.of(relu(), sum));
        assertThat(epilogues(program)).containsExactly(Kernel.Epilogue.BIAS);
    }

    private Var relu() {
        var zero = b.fillLike(sum, 0);
        return b.select(b.compare(CompareKind.LE, sum, zero), zero, sum);
    }

    private Var convolutionWithBias() {
        var x = b.param(TensorType.f32(2, 5, 5, 3));
        var w = b.param(TensorType.f32(3, 3, 3, 4));
        var bias = b.param(TensorType.f32(4));
        var y = b.apply(new Op.Convolution(ConvolutionSpec.plain()), x, w);
        var shape = Shape.of(2, 3, 3, 4);
        return b.add(y, b.apply(new Op.Broadcast(shape, List.of(3)), bias));
    }

    private static List<Kernel.Epilogue> epilogues(Program program) {
        return Compiler.compile(program, List.of()).kernels().stream()
                .filter(Kernel.Call.class::isInstance)
                .map(k -> ((Kernel.Call) k).epilogue())
                .toList();
    }
}
