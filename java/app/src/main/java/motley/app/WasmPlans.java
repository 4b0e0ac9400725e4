package motley.app;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.Map;
import motley.coordinator.plans.PlanCompiler;
import motley.wasm.WasmCompiler;
import motley.wasm.WasmFeatures;

/// Plans for browsers without a GPU that may be used.
final class WasmPlans implements PlanCompiler {
    @Override
    public String engine() {
        return "wasm";
    }

    /// @param abilities `simd` and `relaxedSimd`, true or false; the latter where a multiply-add
    /// was
    ///     found to round once
    @Override
    public Target target(Map<String, String> abilities) {
        var features = new WasmFeatures(is("simd", abilities), is("relaxedSimd", abilities), false);
        return new Target(
                WasmCompiler.numericClass(features),
                program -> WasmCompiler.compile(program, List.of(), features));
    }

    private static boolean is(String name, Map<String, String> abilities) {
        var value = abilities.getOrDefault(name, "false");
        require(
                value.equals("true") || value.equals("false"),
                "%s: %s (expected: true or false)",
                name,
                value);
        return value.equals("true");
    }
}
