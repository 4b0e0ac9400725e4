package motley.webgpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.compiler.device.DevicePlan;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Window;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.webgpu.wgsl.GpuLimits;
import motley.webgpu.wgsl.GpuPlans;
import motley.webgpu.wgsl.GpuTarget;
import motley.webgpu.wgsl.Tiling;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tensors that are longer than a binding are bound in pieces, and no bit of a result shows it.
/// `e2e/webgpu.sh` runs it.
@EnabledIfSystemProperty(
        named = NativeEngineContract.FILE,
        matches = ".+",
        disabledReason = "needs a WebGPU library; e2e/webgpu.sh runs it with one")
final class LongTensorsTest {
    /// Every tensor of the program but the smallest takes two or three of these.
    private static final int BINDING_BYTES = 3072;

    private static final int ROWS = 40;

    @ParameterizedTest
    @EnumSource
    void piecesOfATensorAreOneTensor(Tiling tiling) {
        var program = program();
        var params = params(program);
        var whole = GpuLimits.DEFAULT;
        var small =
                new GpuLimits(
                        10,
                        BINDING_BYTES,
                        whole.bufferBytes(),
                        whole.workgroupBytes(),
                        whole.invocations(),
                        whole.groups());
        var inPieces = GpuPlans.compile(program, List.of(), new GpuTarget(small, tiling));
        var ofOnePiece = GpuPlans.compile(program, List.of(), new GpuTarget(whole, tiling));

        assertThat(longest(inPieces)).isLessThanOrEqualTo(BINDING_BYTES);
        assertThat(longest(ofOnePiece)).isGreaterThan(2 * BINDING_BYTES);
        assertThat(results(inPieces, params)).isEqualTo(results(ofOnePiece, params));
    }

    private static long longest(DevicePlan plan) {
        return ((DevicePlan.Code.Shaders) plan.code())
                .dispatches().stream()
                        .flatMap(dispatch -> dispatch.bindings().stream())
                        .mapToLong(binding -> binding.place().bytes())
                        .max()
                        .orElseThrow();
    }

    private static List<List<Integer>> results(DevicePlan plan, List<Tensor> params) {
        var library = Path.of(System.getProperty(NativeEngineContract.FILE));
        var device = GpuDevice.open(new WebGpuEngine.Settings(library, true, 1L << 30));
        try (var executable = WebGpuExecutable.of(device, plan, List.of())) {
            for (int i = 0; i < params.size(); i++) executable.write(i, params.get(i));
            executable.run();
            var results = new ArrayList<List<Integer>>();
            for (int i = 0; i < plan.outputs().size(); i++) {
                var result = Tensor.onHeap(plan.outputs().get(i).type());
                executable.read(i, result);
                results.add(bits(result));
            }
            return results;
        } finally {
            device.close();
        }
    }

    private static List<Integer> bits(Tensor tensor) {
        var bits = new ArrayList<Integer>();
        boolean isFloat = tensor.type().dtype() == DType.F32;
        for (int i = 0; i < tensor.shape().count(); i++) {
            bits.add(isFloat ? Float.floatToRawIntBits(tensor.getFloat(i)) : tensor.getInt(i));
        }
        return bits;
    }

    /// Whatever has a shader of its own.
    private static Program program() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(ROWS, ROWS));
        var y = b.param(TensorType.f32(ROWS, ROWS));
        var rows = b.param(TensorType.i32(ROWS));
        var key = b.param(TensorType.i32(2));
        var images = b.param(TensorType.f32(2, 9, 9, 9));
        var filters = b.param(TensorType.f32(3, 3, 9, 16));
        var dy = b.param(TensorType.f32(2, 7, 7, 16));
        var pooled = b.param(TensorType.f32(2, 8, 8, 9));
        var spec = ConvolutionSpec.plain();
        var window = new Window(2, 2, 1, 1, Padding.NONE);
        return b.build(
                List.of(
                        b.add(b.exp(x), y),
                        b.sum(x, 1),
                        b.matmul(x, y),
                        b.apply(new Op.Gather(), x, rows),
                        b.apply(new Op.ScatterAdd(ROWS), rows, y),
                        b.apply(new Op.ArgMax(1), x),
                        b.apply(new Op.RandomUniform(3, List.of(ROWS)), key, rows),
                        b.apply(new Op.Convolution(spec), images, filters),
                        b.apply(
                                new Op.ConvolutionInputGradient(spec, Shape.of(2, 9, 9, 9)),
                                dy,
                                filters),
                        b.apply(
                                new Op.ConvolutionFilterGradient(spec, Shape.of(3, 3, 9, 16)),
                                images,
                                dy),
                        b.apply(new Op.MaxPool(window), images),
                        b.apply(new Op.MaxPoolGradient(window), images, pooled)));
    }

    private static List<Tensor> params(Program program) {
        var random = new SplittableRandom(5);
        var params = new ArrayList<Tensor>();
        for (var param : program.params()) {
            var tensor = Tensor.onHeap(param.type());
            boolean isFloat = param.type().dtype() == DType.F32;
            for (int i = 0; i < param.type().shape().count(); i++) {
                if (isFloat) tensor.setFloat(i, (float) random.nextDouble(-1, 1));
                else tensor.setInt(i, random.nextInt(ROWS));
            }
            params.add(tensor);
        }
        return params;
    }
}
