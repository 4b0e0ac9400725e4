package motley.webgpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.webgpu.wgsl.Tiling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A tiling decides how fast sums of products are, and none of their bits. `e2e/webgpu.sh` runs it.
@EnabledIfSystemProperty(
        named = NativeEngineContract.FILE,
        matches = ".+",
        disabledReason = "needs a WebGPU library; e2e/webgpu.sh runs it with one")
final class TilingBitsTest {
    @Test
    void tilingsGiveEqualBits() {
        requireEqualBits(program());
    }

    /// Phases of unequal taps and pixels, padding, taps spread further than the stride, taps fewer
    /// than the stride, groups.
    @Test
    void tilingsGiveEqualBitsOfGradientsInImagesWithStrides() {
        requireEqualBits(
                gradientInImages(new ConvolutionSpec(2, 2, 1, 1, new Padding(1, 1, 1, 1), 1), 3));
        requireEqualBits(gradientInImages(new ConvolutionSpec(3, 2, 1, 1, Padding.NONE, 1), 3));
        requireEqualBits(
                gradientInImages(new ConvolutionSpec(2, 2, 2, 1, new Padding(2, 2, 0, 1), 2), 3));
        requireEqualBits(gradientInImages(new ConvolutionSpec(4, 3, 1, 1, Padding.NONE, 1), 2));
    }

    private static void requireEqualBits(Program program) {
        var params = params(program);
        var expected = results(program, params, Tiling.DIRECT);
        for (var tiling : List.of(Tiling.SHARED, Tiling.SHARED_SMALL)) {
            assertThat(results(program, params, tiling)).as(tiling.name()).isEqualTo(expected);
        }
    }

    private static List<List<Integer>> results(Program program, Tensor[] params, Tiling tiling) {
        var library = Path.of(System.getProperty(NativeEngineContract.FILE));
        var settings = new WebGpuEngine.Settings(library, true, 1L << 30);
        try (var engine = WebGpuEngine.open(settings, tiling)) {
            return bits(engine.run(program, params));
        }
    }

    static List<List<Integer>> bits(List<Tensor> results) {
        var all = new ArrayList<List<Integer>>();
        for (var result : results) {
            var bits = new ArrayList<Integer>();
            for (float value : result.toFloats()) bits.add(Float.floatToRawIntBits(value));
            all.add(bits);
        }
        return all;
    }

    /// A product and a convolution with both gradients, of sizes that fill no tile, each large
    /// enough to be timed.
    static Program program() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(37, 61));
        var y = b.param(TensorType.f32(61, 43));
        var images = b.param(TensorType.f32(2, 9, 9, 9));
        var filters = b.param(TensorType.f32(3, 3, 9, 11));
        var dy = b.param(TensorType.f32(2, 7, 7, 11));
        var spec = ConvolutionSpec.plain();
        var ofImages = new Op.ConvolutionInputGradient(spec, Shape.of(2, 9, 9, 9));
        var ofFilters = new Op.ConvolutionFilterGradient(spec, Shape.of(3, 3, 9, 11));
        return b.build(
                List.of(
                        b.matmul(x, y),
                        b.apply(new Op.Convolution(spec), images, filters),
                        b.apply(ofImages, dy, filters),
                        b.apply(ofFilters, images, dy)));
    }

    private static Program gradientInImages(ConvolutionSpec spec, int taps) {
        var b = new ProgramBuilder();
        var images = b.param(TensorType.f32(2, 19, 20, 10 * spec.groups()));
        var filters = b.param(TensorType.f32(taps, taps, 10, 10 * spec.groups()));
        var results = b.apply(new Op.Convolution(spec), images, filters);
        var ofImages = new Op.ConvolutionInputGradient(spec, images.type().shape());
        return b.build(List.of(b.apply(ofImages, results, filters)));
    }

    static Tensor[] params(Program program) {
        var random = new SplittableRandom(5);
        var params = new ArrayList<Tensor>();
        for (var param : program.params()) {
            var tensor = Tensor.onHeap(param.type());
            for (int i = 0; i < param.type().shape().count(); i++) {
                tensor.setFloat(i, (float) random.nextDouble(-1, 1));
            }
            params.add(tensor);
        }
        return params.toArray(Tensor[]::new);
    }
}
