package motley.wasm;

import static motley.tensor.Require.require;

/// What a device's WebAssembly can do. It decides which instructions a plan is made of, and with
/// them the [numeric class][WasmCompiler#numericClass].
///
/// @param simd vectors of 128 bits; every browser since 2023 has them, and no plan does without
/// @param relaxedSimd relaxed multiply-add, *found to round once* by running [WasmProbe]; a device
///     on which it rounds twice says false
/// @param threads how many compute at once over shared memory, which a page has only where it is
///     isolated. It decides who computes what, never a bit of it
public record WasmFeatures(boolean simd, boolean relaxedSimd, int threads) {
    /// What every device has.
    public static final WasmFeatures PLAIN = new WasmFeatures(true, false, 1);

    /// With multiply-adds that round once.
    public static final WasmFeatures FUSED = new WasmFeatures(true, true, 1);

    /// Most threads of a plan.
    public static final int THREADS_MAX = 16;

    public WasmFeatures {
        require(simd, "simd: false (expected: true, as plans consist of vector instructions)");
        require(
                threads >= 1 && threads <= THREADS_MAX,
                "threads: %d (expected: in [1, %d])",
                threads,
                THREADS_MAX);
    }

    public WasmFeatures withThreads(int newThreads) {
        return new WasmFeatures(simd, relaxedSimd, newThreads);
    }
}
