package motley.app;

import static motley.tensor.Require.require;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import motley.coordinator.plans.PlanCompiler;
import motley.webgpu.wgsl.GpuLimits;
import motley.webgpu.wgsl.GpuPlans;
import motley.webgpu.wgsl.GpuTarget;
import motley.webgpu.wgsl.Precision;
import motley.webgpu.wgsl.Tiling;
import motley.webgpu.wgsl.Tuning;

/// Plans for browsers with a GPU.
final class WebGpuPlans implements PlanCompiler {
    @Override
    public String engine() {
        return "webgpu";
    }

    /// @param abilities limits under the names of the WebGPU specification, and `software`, true
    ///     where a processor computes what a GPU should; those left out are what every device has;
    ///     `adapter`, which GPU it is, `tunes`, true where the device times variants, and `half`,
    ///     true where its tiles are to hold half floats, which takes the feature `shader-f16`
    @Override
    public Target target(Map<String, String> abilities) {
        var usual = GpuLimits.DEFAULT;
        var limits =
                new GpuLimits(
                        count("maxStorageBuffersPerShaderStage", usual.storageBuffers(), abilities),
                        bytes("maxStorageBufferBindingSize", usual.bindingBytes(), abilities),
                        bytes("maxBufferSize", usual.bufferBytes(), abilities),
                        count("maxComputeWorkgroupStorageSize", usual.workgroupBytes(), abilities),
                        count("maxComputeInvocationsPerWorkgroup", usual.invocations(), abilities),
                        count("maxComputeWorkgroupsPerDimension", usual.groups(), abilities));
        boolean isHalf = is("half", abilities);
        boolean fits = !isHalf || is("shader-f16", abilities);
        require(fits, "half: true without shader-f16 (expected: with shader-f16: true)");
        var target =
                new GpuTarget(
                        limits,
                        is("software", abilities) ? Tiling.DIRECT : Tiling.SHARED,
                        isHalf ? Precision.HALF : Precision.FLOAT);
        // Only a device that wants to time them pays for the texts of variants.
        boolean offers = is("tunes", abilities) && !isHalf;
        var name = "%s, %s".formatted(target, abilities.getOrDefault("adapter", "any"));
        return new Target(
                name + (offers ? ", tuned" : ""),
                (program, tuned) -> {
                    var chosen = new HashMap<String, Tiling>();
                    tuned.forEach((kernel, tiling) -> chosen.put(kernel, Tiling.valueOf(tiling)));
                    var tuning = new Tuning(chosen, offers);
                    return GpuPlans.compile(program, List.of(), target, tuning);
                });
    }

    /// @param reported `webgpu-` and the GPU's maker and architecture, then `-half` where tiles
    ///     hold half floats
    @Override
    public String numericClass(String reported) {
        var label = reported.startsWith("webgpu-") ? reported.substring(7) : reported;
        return GpuPlans.numericClass(label);
    }

    @Override
    public List<String> variants() {
        return Stream.of(Tiling.values()).map(Tiling::name).toList();
    }

    private static boolean is(String name, Map<String, String> abilities) {
        return abilities.getOrDefault(name, "false").equals("true");
    }

    private static int count(String name, int usual, Map<String, String> abilities) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, bytes(name, usual, abilities)));
    }

    private static long bytes(String name, long usual, Map<String, String> abilities) {
        var text = abilities.get(name);
        if (text == null) return usual;
        boolean isNumber = text.matches("[0-9]{1,18}");
        require(isNumber, "%s: %s (expected: a whole number)", name, text);
        return Long.parseLong(text);
    }
}
