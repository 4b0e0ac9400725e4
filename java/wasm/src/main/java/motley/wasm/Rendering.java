package motley.wasm;

import static motley.tensor.Require.require;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Layout;
import motley.tensor.DType;
import motley.wasm.binary.Code;
import motley.wasm.binary.Function;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Instruction;
import motley.wasm.binary.Local;
import motley.wasm.binary.Module;

/// What the code of all kernels of one plan shares: the module, the places of buffers, scratch
/// memory, and functions that several kernels call.
///
/// Memory is: nothing, the arena of floats, the arena of ints, scratch, and a margin, since loads
/// of whole vectors may reach beyond the end of a buffer.
final class Rendering {
    /// Bytes before the arenas, so that address 0 is nothing's.
    static final int ORIGIN = 1024;

    private static final int MARGIN = 256;
    private static final int ALIGNMENT = 64;

    private final Module module = new Module();
    private final WasmFeatures features;
    private final Layout layout;
    private final Map<Object, Function> forms = new HashMap<>();
    private final long scratch;
    private long scratchBytes;
    private Optional<Function> fma = Optional.empty();

    Rendering(WasmFeatures features, Layout layout) {
        this.features = features;
        this.layout = layout;
        this.scratch = aligned(ORIGIN + layout.bytes());
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, (long) ALIGNMENT) * ALIGNMENT;
    }

    Module module() {
        return module;
    }

    /// The function of `form`, written when first asked for.
    Function form(Object form, FunctionType type, Consumer<Code> write) {
        var known = forms.get(form);
        if (known != null) return known;
        var made = module.function(type, write);
        forms.put(form, made);
        return made;
    }

    // ---- Memory ----------------------------------------------------------------------------

    /// Where `buffer` begins, in bytes.
    int address(Buffer buffer) {
        long arena = buffer.dtype() == DType.F32 ? 0 : layout.floats();
        return Math.toIntExact(ORIGIN + 4 * (arena + layout.offset(buffer)));
    }

    /// Where the first element of `access` lies, in bytes.
    int address(Access access) {
        return address(access.buffer()) + 4 * access.offset();
    }

    /// Where scratch memory begins, at least `bytes` long. Each kernel has all of it.
    int scratch(long bytes) {
        scratchBytes = Math.max(scratchBytes, aligned(bytes));
        return Math.toIntExact(scratch);
    }

    /// Pages that all of it needs.
    int pages() {
        long bytes = scratch + scratchBytes + MARGIN;
        long most = Integer.MAX_VALUE;
        require(bytes <= most, "memory: %d bytes (expected: at most %d)", bytes, most);
        return Math.toIntExact(Math.ceilDiv(bytes, (long) Module.PAGE_BYTES));
    }

    // ---- Arithmetic ------------------------------------------------------------------------

    /// `x·y + z` rounded once, of three vectors on the stack.
    void fma(Code c) {
        if (features.relaxedSimd()) {
            c.op(Instruction.F32X4_RELAXED_MADD);
            return;
        }
        if (fma.isEmpty()) fma = Optional.of(module.function(Fma.TYPE, Fma::exact));
        c.call(fma.get());
    }

    /// `sum += a·b`, one term of a sum of products: rounded once where that costs nothing.
    void accumulate(Code c, Local sum, Runnable a, Local b) {
        if (features.relaxedSimd()) {
            a.run();
            c.get(b).get(sum).op(Instruction.F32X4_RELAXED_MADD).set(sum);
            return;
        }
        c.get(sum);
        a.run();
        c.get(b).op(Instruction.F32X4_MUL).op(Instruction.F32X4_ADD).set(sum);
    }
}
