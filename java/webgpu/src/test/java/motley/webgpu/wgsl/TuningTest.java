package motley.webgpu.wgsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import motley.compiler.device.DevicePlan;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Variants of the largest kernels, and plans of those that were chosen.
final class TuningTest {
    private static final GpuTarget TARGET = new GpuTarget(GpuLimits.DEFAULT, Tiling.DIRECT);
    private static final String NAME = "product 1x100x64x80";

    @Test
    void whoWantsToTuneGetsVariants() {
        var variants = code(product(100), new Tuning(Map.of(), true)).variants();
        assertThat(variants).extracting(DevicePlan.Variant::kernel).containsOnly(NAME);
        assertThat(variants)
                .extracting(DevicePlan.Variant::name)
                .containsExactly("DIRECT", "SHARED", "SHARED_SMALL");
    }

    @Test
    void nobodyElseDoes() {
        assertThat(code(product(100), Tuning.NONE).variants()).isEmpty();
    }

    @Test
    void smallKernelsHaveNone() {
        assertThat(code(product(4), new Tuning(Map.of(), true)).variants()).isEmpty();
    }

    @Test
    void whatWasChosenIsInThePlan() {
        var tuned = code(product(100), new Tuning(Map.of(NAME, Tiling.SHARED), true));
        assertThat(tuned.variants()).isEmpty();
        var shared = new GpuTarget(GpuLimits.DEFAULT, Tiling.SHARED);
        var expected = GpuPlans.compile(product(100), List.of(), shared).code();
        assertThat(tuned).isEqualTo(expected);
    }

    @Test
    void halfFloatsAreOnlyInPlansForThemAndNeverTuned() {
        var tuning = new Tuning(Map.of(NAME, Tiling.DIRECT), true);
        for (var shader : code(product(100), tuning).shaders()) {
            assertThat(shader).doesNotContain("f16");
        }
        var target = new GpuTarget(GpuLimits.DEFAULT, Tiling.DIRECT, Precision.HALF);
        var plan = GpuPlans.compile(product(100), List.of(), target, tuning);
        var half = (DevicePlan.Code.Shaders) plan.code();
        assertThat(half.variants()).isEmpty();
        assertThat(half.shaders()).singleElement().asString().startsWith("enable f16;");
    }

    private static DevicePlan.Code.Shaders code(Program program, Tuning tuning) {
        var plan = GpuPlans.compile(program, List.of(), TARGET, tuning);
        return (DevicePlan.Code.Shaders) plan.code();
    }

    private static Program product(int rows) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(rows, 64));
        var y = b.param(TensorType.f32(64, 80));
        return b.build(List.of(b.matmul(x, y)));
    }
}
