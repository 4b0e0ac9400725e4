package motley.wasm;

import static motley.tensor.Require.require;

/// What a device's WebAssembly can do. It decides which instructions a plan is made of, and with
/// them the [numeric class][WasmCompiler#numericClass].
///
/// @param simd vectors of 128 bits; every browser since 2023 has them, and no plan does without
/// @param relaxedSimd relaxed multiply-add, *found to round once* by running [WasmProbe]; a device
///     on which it rounds twice says false
/// @param threads shared memory, which a page has only where it is isolated; plans run on one
///     thread whatever it says
public record WasmFeatures(boolean simd, boolean relaxedSimd, boolean threads) {
    /// What every device has.
    public static final WasmFeatures PLAIN = new WasmFeatures(true, false, false);

    /// With multiply-adds that round once.
    public static final WasmFeatures FUSED = new WasmFeatures(true, true, false);

    public WasmFeatures {
        require(simd, "simd: false (expected: true, as plans consist of vector instructions)");
    }
}
