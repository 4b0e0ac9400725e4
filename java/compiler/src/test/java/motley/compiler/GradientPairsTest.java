package motley.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class GradientPairsTest {
    private static final Shape IMAGES = Shape.of(2, 5, 5, 3);
    private static final Shape FILTERS = Shape.of(3, 3, 3, 4);

    private final ProgramBuilder b = new ProgramBuilder();
    private final Var x = b.param(TensorType.f32(2, 5, 5, 3));
    private final Var w = b.param(TensorType.f32(3, 3, 3, 4));
    private final Var dy = b.param(TensorType.f32(2, 3, 3, 4));

    @Test
    void gradientsOfOneConvolutionAreOneKernelInEitherOrder() {
        var dw = ofFilters(x);
        var dx = ofImages(ConvolutionSpec.plain());
        assertThat(kernels(dw, dx)).containsExactly(Kernel.Gradients.class);
    }

    @Test
    void gradientInTheFiltersMayComeLast() {
        var dx = ofImages(ConvolutionSpec.plain());
        var dw = ofFilters(x);
        assertThat(kernels(dx, dw)).containsExactly(Kernel.Gradients.class);
    }

    @Test
    void gradientThatNeedsTheOtherOneStaysBehind() {
        var dx = ofImages(ConvolutionSpec.plain());
        var dw = ofFilters(dx);
        assertThat(kernels(dx, dw)).containsExactly(Kernel.Call.class, Kernel.Call.class);
    }

    @Test
    void gradientsOfOtherGeometryStayApart() {
        var wide = new ConvolutionSpec(2, 2, 1, 1, new Padding(1, 1, 1, 1), 1);
        assertThat(kernels(ofFilters(x), ofImages(wide)))
                .containsExactly(Kernel.Call.class, Kernel.Call.class);
    }

    private Var ofImages(ConvolutionSpec spec) {
        return b.apply(new Op.ConvolutionInputGradient(spec, IMAGES), dy, w);
    }

    private Var ofFilters(Var images) {
        var op = new Op.ConvolutionFilterGradient(ConvolutionSpec.plain(), FILTERS);
        return b.apply(op, images, dy);
    }

    private List<Class<?>> kernels(Var... results) {
        return Compiler.compile(b.build(List.of(results)), List.of()).kernels().stream()
                .<Class<?>>map(Kernel::getClass)
                .toList();
    }
}
