package motley.webgpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import motley.compiler.device.DevicePlan;
import motley.compiler.device.DevicePlan.Code.Shaders;
import motley.compiler.device.DevicePlan.Variant;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;
import motley.webgpu.wgsl.GpuLimits;
import motley.webgpu.wgsl.GpuPlans;
import motley.webgpu.wgsl.GpuTarget;
import motley.webgpu.wgsl.Precision;
import motley.webgpu.wgsl.Tiling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The native engine times tilings. `e2e/webgpu.sh` runs it.
@EnabledIfSystemProperty(
        named = NativeEngineContract.FILE,
        matches = ".+",
        disabledReason = "needs a WebGPU library; e2e/webgpu.sh runs it with one")
final class NativeTuningTest {
    private static final String PRODUCT = "product 1x40x48x40";

    private final List<TimedKernel> found = new ArrayList<>();

    @Test
    void tunedResultsHaveTheSameBits() {
        var program = TilingBitsTest.program();
        var params = TilingBitsTest.params(program);
        try (var plain = WebGpuEngine.open(settings(Precision.FLOAT));
                var tuned = WebGpuEngine.open(settings(Precision.FLOAT), timing(lastIsFastest()))) {
            var expected = TilingBitsTest.bits(plain.run(program, params));
            assertThat(TilingBitsTest.bits(tuned.run(program, params))).isEqualTo(expected);
            assertThat(tuned.numericClass()).isEqualTo(plain.numericClass());
        }
        assertThat(found).hasSize(4).allMatch(kernel -> kernel.fastest() == Tiling.SHARED_SMALL);
        assertThat(found).extracting(kernel -> kernel.trials().size()).containsOnly(3);
    }

    @Test
    void kernelsThatAreKnownAreNotTimedAgain() {
        try (var engine = WebGpuEngine.open(settings(Precision.FLOAT), timing(System::nanoTime))) {
            engine.prepare(product(false), List.of()).close();
            assertThat(found).extracting(TimedKernel::name).containsExactly(PRODUCT);
            engine.prepare(product(true), List.of()).close();
            assertThat(found)
                    .extracting(TimedKernel::name)
                    .containsExactly(PRODUCT, "product 1x40x40x48");
        }
    }

    @Test
    void softwareIsTimedOnlyWhereItIsAskedFor() {
        var timing = new Timing(false, System::nanoTime, found::add);
        try (var engine = WebGpuEngine.open(settings(Precision.FLOAT), timing)) {
            engine.prepare(product(false), List.of()).close();
            assertThat(found.isEmpty()).isEqualTo(engine.adapter().isSoftware());
        }
    }

    @Test
    void halfFloatsAreNotTimed() {
        try (var engine = WebGpuEngine.open(settings(Precision.HALF), timing(System::nanoTime))) {
            engine.prepare(product(false), List.of()).close();
        } catch (EngineUnavailableException e) {
            assertThat(e).hasMessageContaining("shader-f16");
        }
        assertThat(found).isEmpty();
    }

    @Test
    void otherBitsAreNotTaken() {
        assertThat(fastestOf(plan -> plan)).isEqualTo(Tiling.SHARED_SMALL);
        assertThat(fastestOf(plan -> changed(plan, "= fma(", "= -fma("))).isEqualTo(Tiling.SHARED);
    }

    @Test
    void whoWritesNothingIsNotTaken() {
        assertThat(
                        fastestOf(
                                plan ->
                                        changed(
                                                plan,
                                                "let lane =",
                                                "if (tile >= 0) { return; }\nlet lane =")))
                .isEqualTo(Tiling.SHARED);
    }

    @Test
    void shadersThatTheDriverRefusesAreNotTaken() {
        assertThat(fastestOf(plan -> changed(plan, "fn main", "fn"))).isEqualTo(Tiling.SHARED);
    }

    @Test
    void plansWhoseOwnShadersAreRefusedFail() {
        try (var device = GpuDevice.open(settings(Precision.FLOAT))) {
            var tuner = new Tuner(device, timing(System::nanoTime));
            var code = (Shaders) plan(tuner).code();
            var broken = with(plan(tuner), code.shaders().stream().map(_ -> "fn").toList());
            assertThatThrownBy(() -> tuner.learn(broken)).isInstanceOf(IllegalStateException.class);
            assertThat(tuner.tuning(true).chosen()).isEmpty();
        }
    }

    /// What the product comes to, whose last variant would be the fastest.
    private Tiling fastestOf(Function<DevicePlan, DevicePlan> change) {
        try (var device = GpuDevice.open(settings(Precision.FLOAT))) {
            var tuner = new Tuner(device, timing(lastIsFastest()));
            assertThat(tuner.learn(change.apply(plan(tuner)))).isTrue();
            var kernel = found.getLast();
            assertThat(tuner.tuning(true).chosen()).containsEntry(PRODUCT, kernel.fastest());
            return kernel.fastest();
        }
    }

    private static DevicePlan plan(Tuner tuner) {
        var target = new GpuTarget(GpuLimits.DEFAULT, Tiling.DIRECT);
        return GpuPlans.compile(product(false), List.of(), target, tuner.tuning(true));
    }

    /// With something else in the shader of the last variant.
    private static DevicePlan changed(DevicePlan plan, String from, String to) {
        var code = (Shaders) plan.code();
        var shaders = new ArrayList<>(code.shaders());
        int last = code.variants().stream().mapToInt(Variant::shader).max().orElseThrow();
        assertThat(shaders.get(last)).contains(from);
        shaders.set(last, shaders.get(last).replace(from, to));
        return with(plan, shaders);
    }

    private static DevicePlan with(DevicePlan plan, List<String> shaders) {
        var code = (Shaders) plan.code();
        return new DevicePlan(
                plan.program(),
                plan.buffers(),
                plan.inputs(),
                plan.outputs(),
                plan.constants(),
                new Shaders(shaders, code.dispatches(), code.variants()));
    }

    private Timing timing(LongSupplier nanoTime) {
        return new Timing(true, nanoTime, found::add);
    }

    /// A clock on which everything takes less time than what came before.
    private static LongSupplier lastIsFastest() {
        var nowNs = new long[] {0};
        var stepNs = new long[] {1 << 20};
        return () -> nowNs[0] += stepNs[0]--;
    }

    private static WebGpuEngine.Settings settings(Precision precision) {
        var library = Path.of(System.getProperty(NativeEngineContract.FILE));
        return new WebGpuEngine.Settings(library, true, 1L << 30, precision);
    }

    /// A kernel that is large enough to be timed; with another one after it or without.
    private static Program product(boolean more) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(40, 48));
        var y = b.param(TensorType.f32(48, 40));
        var product = b.matmul(x, y);
        return b.build(more ? List.of(product, b.matmul(product, x)) : List.of(product));
    }
}
