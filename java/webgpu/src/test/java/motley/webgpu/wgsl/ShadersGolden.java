package motley.webgpu.wgsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import motley.compiler.device.DevicePlan;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.Window;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Texts of shaders as they were read and found good.
final class ShadersGolden {
    @Test
    void anElementwiseLoop() throws IOException {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(3, 50));
        var y = b.param(TensorType.f32(3, 50));
        requireText("loop", Tiling.DIRECT, b, b.max(b.add(x, y), x));
    }

    /// Rounds by a function, and not by a sum that a compiler may take for nothing.
    @Test
    void anExponential() throws IOException {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(64));
        requireText("exponential", Tiling.DIRECT, b, b.exp(x));
    }

    @Test
    void aProductWithoutBarriers() throws IOException {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(33, 20));
        var y = b.param(TensorType.f32(20, 18));
        requireText("product-direct", Tiling.DIRECT, b, b.matmul(x, y));
    }

    @Test
    void aProductInSharedTiles() throws IOException {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(33, 20));
        var y = b.param(TensorType.f32(20, 18));
        requireText("product-shared", Tiling.SHARED, b, b.matmul(x, y));
    }

    @Test
    void aSumByLanes() throws IOException {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(9, 100));
        requireText("sum", Tiling.DIRECT, b, b.sum(x, 1));
    }

    @Test
    void aConvolution() throws IOException {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(2, 9, 9, 3));
        var w = b.param(TensorType.f32(3, 3, 3, 8));
        var y = b.apply(new Op.Convolution(ConvolutionSpec.plain()), x, w);
        requireText("convolution", Tiling.DIRECT, b, y);
    }

    /// Pixels in four phases, of which the filter has four, two, two taps and one.
    @Test
    void aGradientInImagesWithStride() throws IOException {
        var b = new ProgramBuilder();
        var dy = b.param(TensorType.f32(2, 5, 5, 8));
        var w = b.param(TensorType.f32(3, 3, 9, 8));
        var spec = new ConvolutionSpec(2, 2, 1, 1, new Padding(1, 1, 1, 1), 1);
        var dx = b.apply(new Op.ConvolutionInputGradient(spec, Shape.of(2, 9, 9, 9)), dy, w);
        requireText("image-gradient", Tiling.SHARED_SMALL, b, dx);
    }

    @Test
    void largestOfWindows() throws IOException {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(2, 8, 8, 3));
        requireText("max-pool", Tiling.DIRECT, b, b.apply(new Op.MaxPool(Window.square(2)), x));
    }

    private static void requireText(String name, Tiling tiling, ProgramBuilder b, Var result)
            throws IOException {
        var target = new GpuTarget(GpuLimits.DEFAULT, tiling);
        var plan = GpuPlans.compile(b.build(List.of(result)), List.of(), target);
        var shaders = ((DevicePlan.Code.Shaders) plan.code()).shaders();
        assertThat(shaders).hasSize(1);
        assertThat(shaders.getFirst()).isEqualTo(golden(name));
    }

    private static String golden(String name) throws IOException {
        try (var text = ShadersGolden.class.getResourceAsStream(name + ".wgsl")) {
            if (text == null) throw new IOException(name + ".wgsl is missing");
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
