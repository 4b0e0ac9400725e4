package motley.webgpu.wgsl;

import java.util.Map;

/// Which tilings devices of a class have found best, by [names of kernels][GpuPlans#compile].
///
/// @param offers whether a plan is to have variants of its largest kernels that are not chosen yet,
///     for a device that times them
public record Tuning(Map<String, Tiling> chosen, boolean offers) {
    /// Nothing is known, and nobody wants to know.
    public static final Tuning NONE = new Tuning(Map.of(), false);

    public Tuning {
        chosen = Map.copyOf(chosen);
    }
}
