package motley.webgpu.wgsl;

/// The class of devices a plan is compiled for.
///
/// @param tiling in half precision always shared, where sums are large enough to share anything
public record GpuTarget(GpuLimits limits, Tiling tiling, Precision precision) {
    /// In float32.
    public GpuTarget(GpuLimits limits, Tiling tiling) {
        this(limits, tiling, Precision.FLOAT);
    }

    /// What a tile of [Precision#HALF] scales depends on the tile, so that tilings may differ in
    /// bits: one of them for all.
    public GpuTarget {
        if (precision == Precision.HALF) tiling = Tiling.SHARED;
    }
}
