package motley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import motley.compiler.device.SelfTest;
import motley.wasm.WasmCompiler;
import motley.wasm.WasmFeatures;
import motley.webgpu.wgsl.GpuPlans;
import org.junit.jupiter.api.Test;

/// Pages call themselves by their hardware; which bits plans have, the compilers say.
final class NumericClassesTest {
    @Test
    void gpusInPagesHaveTheVersionOfTheNativeEngine() {
        var page = new WebGpuPlans().numericClass("webgpu-google-swiftshader");
        assertThat(page).isEqualTo(GpuPlans.numericClass("google-swiftshader"));
        assertThat(page).matches("webgpu-[0-9]+-google-swiftshader");
    }

    @Test
    void halfFloatsAreAClassOfPlansAndOfBits() {
        var plans = new WebGpuPlans();
        assertThat(plans.numericClass("webgpu-acme-half")).endsWith("-acme-half");
        var usual = Map.of("shader-f16", "true", "tunes", "true");
        var half = Map.of("shader-f16", "true", "tunes", "true", "half", "true");
        assertThat(plans.target(half).name())
                .isNotEqualTo(plans.target(usual).name())
                .as("all tilings of a class have the same bits")
                .doesNotContain("tuned");
        assertThatThrownBy(() -> plans.target(Map.of("half", "true")))
                .hasMessageContaining("half: true without shader-f16");
    }

    @Test
    void webAssemblyHasThatOfItsCompiler() {
        var plans = new WasmPlans();
        assertThat(plans.numericClass("wasm-fused"))
                .isEqualTo(WasmCompiler.numericClass(WasmFeatures.FUSED));
        assertThat(plans.numericClass("wasm-plain"))
                .isEqualTo(WasmCompiler.numericClass(WasmFeatures.PLAIN));
        assertThat(plans.numericClass("jvm-cpu-3-direct"))
                .as("nobody takes another's name")
                .isEqualTo("wasm-unknown-jvm-cpu-3-direct");
    }

    @Test
    void everyPageGetsASelfTest() {
        var test = SelfTest.ofOperations();
        for (var plans : List.of(new WebGpuPlans(), new WasmPlans())) {
            var abilities = Map.of("simd", "true", "tunes", "true");
            var plan = plans.target(abilities).compilation().compile(test.program(), Map.of());
            assertThat(plan.inputs()).hasSize(test.params().size());
            assertThat(plan.outputs()).hasSize(test.results().size());
            assertThat(test.json(plan)).startsWith("{\"plan\":{\"format\":1,").endsWith("\"}]}");
        }
    }
}
