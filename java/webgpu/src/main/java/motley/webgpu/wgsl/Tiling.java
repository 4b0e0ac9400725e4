package motley.webgpu.wgsl;

/// How sums of products and long sums are divided among the invocations of a shader. Each element
/// is added in the same order either way.
public enum Tiling {
    /// An invocation computes up to 4x4 results from memory, 4x8 where this is the device's usual
    /// tiling, without barriers: for software adapters, where a barrier costs more than it saves.
    DIRECT(0),
    /// A workgroup of 16x16 invocations shares tiles of both operands, up to 64x64 results, in
    /// workgroup memory: for hardware.
    SHARED(16),
    /// The same of 8x8 invocations, up to 32x32 results: for few results, and for GPUs that have
    /// many small cores.
    SHARED_SMALL(8);

    private final int side;

    Tiling(int side) {
        this.side = side;
    }

    /// Invocations of a workgroup along each axis of a shared tile; 0 where nothing is shared.
    int side() {
        return side;
    }
}
