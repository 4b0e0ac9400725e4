package motley.webgpu.wgsl;

/// The class of devices a plan is compiled for.
public record GpuTarget(GpuLimits limits, Tiling tiling) {}
