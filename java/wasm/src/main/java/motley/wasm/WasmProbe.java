package motley.wasm;

import java.util.List;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Instruction;
import motley.wasm.binary.Module;
import motley.wasm.binary.ValueType;

/// A module without imports with which a device finds out whether its relaxed multiply-add rounds
/// once: where the module is valid, its export `run` returns 15 if so, another number if not.
///
/// Relaxed instructions may do either, but always the same on one machine.
/// Source: WebAssembly Core Specification 3.0, "Relaxed operations".
public final class WasmProbe {
    /// What a machine whose multiply-add rounds once returns.
    public static final int FUSED = 15;

    /// `(1 + 2⁻¹²)² - 1 = 2⁻¹¹ + 2⁻²⁴`; a product that is rounded has lost the 2⁻²⁴.
    private static final float FACTOR = 1 + 0x1p-12f;

    private static final float EXACT = 0x1p-11f + 0x1p-24f;

    private WasmProbe() {}

    /// The bytes of the module.
    public static byte[] module() {
        var module = new Module();
        var type = new FunctionType(List.of(), List.of(ValueType.I32));
        var run =
                module.function(
                        type,
                        c -> {
                            // Through variables, so that nothing is folded beforehand.
                            var factor = c.vector();
                            c.splat(Float.floatToRawIntBits(FACTOR)).set(factor);
                            c.get(factor).get(factor).splat(Float.floatToRawIntBits(-1f));
                            c.op(Instruction.F32X4_RELAXED_MADD);
                            c.splat(Float.floatToRawIntBits(EXACT)).op(Instruction.F32X4_EQ);
                            c.op(Instruction.I32X4_BITMASK);
                        });
        module.export("run", run);
        return module.withoutMemory();
    }
}
