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
    ///     was found to round once; `threads`, how many share a memory, 1 if left out
    @Override
    public Target target(Map<String, String> abilities) {
        var features =
                new WasmFeatures(
                        is("simd", abilities), is("relaxedSimd", abilities), threads(abilities));
        return Target.untuned(
                WasmCompiler.numericClass(features) + " of " + features.threads(),
                program -> WasmCompiler.compile(program, List.of(), features));
    }

    /// @param reported `wasm-fused` where multiply-adds round once, else `wasm-plain`
    @Override
    public String numericClass(String reported) {
        return switch (reported) {
            case "wasm-fused" -> WasmCompiler.numericClass(WasmFeatures.FUSED);
            case "wasm-plain" -> WasmCompiler.numericClass(WasmFeatures.PLAIN);
            default -> "wasm-unknown-" + reported;
        };
    }

    /// More than plans are made for are as good as those.
    private static int threads(Map<String, String> abilities) {
        var text = abilities.getOrDefault("threads", "1");
        require(
                text.matches("[1-9][0-9]{0,3}"),
                "threads: %s (expected: a number from 1 on)",
                text);
        return Math.min(WasmFeatures.THREADS_MAX, Integer.parseInt(text));
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
