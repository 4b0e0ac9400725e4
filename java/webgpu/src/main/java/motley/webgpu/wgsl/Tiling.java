package motley.webgpu.wgsl;

/// How sums of products and long sums are divided among the invocations of a shader. Each element
/// is added in the same order either way.
public enum Tiling {
    /// An invocation computes up to 4x4 results from memory, without barriers: for software
    /// adapters, where a barrier costs more than it saves.
    DIRECT,
    /// A workgroup of 16x16 invocations shares tiles of both operands in workgroup memory: for
    /// hardware.
    SHARED
}
