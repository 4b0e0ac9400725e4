package motley.webgpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.reference.ReferenceEngine;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.webgpu.wgsl.Precision;
import motley.webgpu.wgsl.Tiling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Operands rounded to half floats, on an adapter that has them: Mesa's llvmpipe, for one.
@EnabledIfSystemProperty(
        named = NativeEngineContract.FILE,
        matches = ".+",
        disabledReason = "needs a WebGPU library")
final class HalfProductsTest {
    /// Two roundings of 2^-11, and what float32 adds.
    private static final double BOUND = 0x1p-10 + 1e-5;

    /// Elements far below the largest of a tile are rounded to a part of that.
    private static final double FLOOR = 0x1p-20;

    @Test
    void resultsAreWithinTwoRoundings() {
        var program = TilingBitsTest.program();
        for (float scale : new float[] {1, 1e-6f, 1e6f}) {
            var params = params(program, scale);
            var absolutes = new Tensor[params.length];
            for (int i = 0; i < params.length; i++) absolutes[i] = absolute(params[i]);
            try (var reference = new ReferenceEngine()) {
                var exact = reference.run(program, params);
                var sizes = reference.run(program, absolutes);
                var results = half(program, params);
                boolean differs = false;
                for (int result = 0; result < results.size(); result++) {
                    double most = 0;
                    var size = sizes.get(result).toFloats();
                    for (float value : size) most = Math.max(most, value);
                    var got = results.get(result).toFloats();
                    var expected = exact.get(result).toFloats();
                    for (int i = 0; i < got.length; i++) {
                        double error = Math.abs((double) got[i] - expected[i]);
                        assertThat(error)
                                .as("result %d[%d] at scale %g", result, i, scale)
                                .isLessThanOrEqualTo(BOUND * size[i] + FLOOR * most);
                        differs |= error > 1e-5 * size[i];
                    }
                }
                assertThat(differs).as("rounded to half floats").isTrue();
            }
        }
    }

    @Test
    void whatIsNotFiniteStaysSoAndNothingElseBecomesIt() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(16, 20));
        var y = b.param(TensorType.f32(20, 16));
        var program = b.build(List.of(b.matmul(x, y)));
        var left = new float[320];
        var right = new float[320];
        for (int i = 0; i < 320; i++) {
            left[i] = 1 + i % 7;
            right[i] = 1 + i % 5;
        }
        left[0] = Float.NaN;
        left[20] = Float.POSITIVE_INFINITY;
        left[40] = Float.NEGATIVE_INFINITY;
        left[60] = 3e38f;
        right[0] = 1e-3f;
        var result =
                half(
                                program,
                                new Tensor[] {
                                    Tensor.ofFloats(Shape.of(16, 20), left),
                                    Tensor.ofFloats(Shape.of(20, 16), right)
                                })
                        .getFirst()
                        .toFloats();
        assertThat(result[0]).isNaN();
        assertThat(result[16]).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(result[32]).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(result[48]).isBetween(2.99e35f, 3.01e35f);
        for (int i = 64; i < 256; i++) assertThat(result[i]).isFinite();
    }

    @Test
    void classesOfFloatsAndHalfFloatsDiffer() {
        try (var full = WebGpuEngine.open(settings(Precision.FLOAT), Tiling.DIRECT)) {
            if (full.hasHalfFloats()) {
                try (var half = WebGpuEngine.open(settings(Precision.HALF))) {
                    assertThat(half.numericClass()).isEqualTo(full.numericClass() + "-half");
                }
            } else {
                assertThatThrownBy(() -> WebGpuEngine.open(settings(Precision.HALF)))
                        .isInstanceOf(EngineUnavailableException.class)
                        .hasMessageContaining("shader-f16");
            }
        }
    }

    private static WebGpuEngine.Settings settings(Precision precision) {
        var library = Path.of(System.getProperty(NativeEngineContract.FILE));
        return new WebGpuEngine.Settings(library, true, 1L << 30, precision);
    }

    private static List<Tensor> half(Program program, Tensor[] params) {
        try (var any = WebGpuEngine.open(settings(Precision.FLOAT), Tiling.DIRECT)) {
            assumeThat(any.hasHalfFloats()).as("adapter with half floats").isTrue();
        }
        try (var engine = WebGpuEngine.open(settings(Precision.HALF))) {
            return engine.run(program, params);
        }
    }

    private static Tensor[] params(Program program, float scale) {
        var random = new SplittableRandom(5);
        var params = new ArrayList<Tensor>();
        for (var param : program.params()) {
            var tensor = Tensor.onHeap(param.type());
            for (int i = 0; i < param.type().shape().count(); i++) {
                tensor.setFloat(i, scale * (float) random.nextDouble(-1, 1));
            }
            params.add(tensor);
        }
        return params.toArray(Tensor[]::new);
    }

    private static Tensor absolute(Tensor of) {
        var values = of.toFloats();
        for (int i = 0; i < values.length; i++) values[i] = Math.abs(values[i]);
        return Tensor.ofFloats(of.type().shape(), values);
    }
}
