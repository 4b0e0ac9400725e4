package motley.webgpu;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.compiler.device.DevicePlan;
import motley.compiler.device.DevicePlan.Code.Shaders;
import motley.compiler.device.DevicePlan.Variant;
import motley.webgpu.wgsl.Tiling;
import motley.webgpu.wgsl.Tuning;

/// The tilings that were found fastest on one GPU, by names of kernels, as long as it is open.
///
/// They are found as in browsers (`webgpu-engine.ts`), by [TrialRuns]. Confined to one caller at a
/// time.
final class Tuner {
    private final GpuDevice device;
    private final Timing timing;
    private final Map<String, Tiling> chosen = new LinkedHashMap<>();

    Tuner(GpuDevice device, Timing timing) {
        this.device = device;
        this.timing = timing;
    }

    /// What plans are compiled with.
    ///
    /// @param offers whether they are to have variants of what was not timed yet
    Tuning tuning(boolean offers) {
        return new Tuning(chosen, offers);
    }

    /// Times the variants of `plan`, in memory of its own that is gone afterwards.
    ///
    /// @return whether there were any
    /// @throws IllegalStateException if the GPU refuses the plan's own shaders or is lost
    boolean learn(DevicePlan plan) {
        if (!(plan.code() instanceof Shaders code) || code.variants().isEmpty()) return false;
        var kernels = new LinkedHashMap<String, List<Variant>>();
        for (var variant : code.variants()) {
            kernels.computeIfAbsent(variant.kernel(), _ -> new ArrayList<>()).add(variant);
        }
        var buffers = new ArrayList<MemorySegment>();
        try {
            for (long bytes : plan.buffers()) buffers.add(device.storage(bytes));
            kernels.forEach((name, variants) -> learn(name, variants, code, buffers));
        } finally {
            buffers.forEach(device::destroy);
        }
        return true;
    }

    private void learn(
            String kernel, List<Variant> variants, Shaders code, List<MemorySegment> buffers) {
        var own = code.dispatches().get(variants.getFirst().dispatch());
        var trials = new ArrayList<TimedKernel.Trial>();
        var unchanged = Tiling.valueOf(variants.getFirst().name());
        try (var runs = new TrialRuns(device, own.bindings(), buffers)) {
            var expected = runs.bits(code.shaders().get(own.shader()), own.groups());
            for (var variant : variants) {
                var tiling = Tiling.valueOf(variant.name());
                if (variant.shader() == own.shader()) unchanged = tiling;
                var text = code.shaders().get(variant.shader());
                runs.msIfEqual(text, variant.groups(), expected, timing.nanoTime())
                        .ifPresent(ms -> trials.add(new TimedKernel.Trial(tiling, ms)));
            }
        }
        if (trials.isEmpty()) {
            // A GPU whose bits change from run to run. Nobody need find that out again.
            chosen.put(kernel, unchanged);
            return;
        }
        var timed = new TimedKernel(kernel, trials);
        chosen.put(kernel, timed.fastest());
        timing.found().accept(timed);
    }
}
