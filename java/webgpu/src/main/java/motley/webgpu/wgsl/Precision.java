package motley.webgpu.wgsl;

/// What shared tiles hold the operands of sums of products as. Products and sums are float32 either
/// way, and so is everything else.
public enum Precision {
    /// As they are.
    FLOAT,
    /// Rounded to half floats, to nearest, each tile of [SumShaders] scaled by a power of two so
    /// that its largest element lies just below what half floats hold: nothing becomes infinite
    /// that was not, and gradients keep their digits. Needs the feature `shader-f16`.
    HALF
}
