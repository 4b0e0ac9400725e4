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
import motley.wasm.binary.Global;
import motley.wasm.binary.Instruction;
import motley.wasm.binary.Local;
import motley.wasm.binary.Module;

/// What the code of all kernels of one plan shares: the module, the places of buffers, scratch
/// memory, and functions that several kernels call.
///
/// Memory is: nothing but the words that threads meet at, the arena of floats, the arena of ints,
/// scratch of all threads, scratch of each, and a margin, since loads of whole vectors may reach
/// beyond the end of a buffer.
final class Rendering {
    /// Bytes before the arenas, so that address 0 is nothing's.
    static final int ORIGIN = 1024;

    private static final int BYTES = 4;
    private static final int MARGIN = 256;
    private static final int ALIGNMENT = 64;

    private final Module module = new Module();
    private final WasmFeatures features;
    private final Layout layout;
    private final Map<Object, Function> forms = new HashMap<>();
    private final Map<Buffer, Integer> shifts = new HashMap<>();
    private final long scratch;
    private final Optional<Global> ownScratch;
    private long sharedBytes;
    private long ownBytes;
    private Optional<Function> fma = Optional.empty();

    Rendering(WasmFeatures features, Layout layout) {
        this.features = features;
        this.layout = layout;
        this.scratch = aligned(ORIGIN + layout.bytes());
        ownScratch = isOfMany() ? Optional.of(module.global()) : Optional.empty();
        if (isOfMany()) module.shareMemory();
    }

    int threads() {
        return features.threads();
    }

    private boolean isOfMany() {
        return features.threads() > 1;
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
        long element = arena + layout.offset(buffer) + shifts.getOrDefault(buffer, 0);
        return Math.toIntExact(ORIGIN + BYTES * element);
    }

    /// Where the first element of `access` lies, in bytes.
    int address(Access access) {
        return address(access.buffer()) + BYTES * access.offset();
    }

    /// Has buffers begin later while `write` runs.
    ///
    /// @param elements by how much
    void shifted(Map<Buffer, Integer> elements, Runnable write) {
        shifts.putAll(elements);
        write.run();
        elements.keySet().forEach(shifts::remove);
    }

    /// Scratch memory of one kernel: what all threads see, and what each has for itself.
    final class Scratch {
        private final int shared;
        private final int own;

        private Scratch(int shared, int own) {
            this.shared = shared;
            this.own = own;
        }

        /// The address of what all threads see.
        int shared() {
            return shared;
        }

        /// Pushes an address in what a thread has for itself.
        void push(Code c, int offset) {
            if (ownScratch.isEmpty()) {
                c.i32(own + offset);
                return;
            }
            c.get(ownScratch.get());
            if (offset != 0) c.i32(offset).op(Instruction.I32_ADD);
        }
    }

    /// Scratch memory for each thread, at least `bytes` long. Each kernel has all of it.
    Scratch scratch(long bytes) {
        return scratch(0, bytes);
    }

    /// Scratch memory for all threads together and for each. Each kernel has all of it.
    Scratch scratch(long newSharedBytes, long newOwnBytes) {
        if (isOfMany()) {
            sharedBytes = Math.max(sharedBytes, aligned(newSharedBytes));
            ownBytes = Math.max(ownBytes, aligned(newOwnBytes));
        } else {
            ownBytes = Math.max(ownBytes, aligned(newSharedBytes + newOwnBytes));
        }
        int start = Math.toIntExact(scratch);
        return new Scratch(start, Math.toIntExact(start + newSharedBytes));
    }

    /// Writes what gives thread `number` its scratch memory, when all of it is known.
    void takeScratch(Code c, Local number) {
        // Threads do not write into lines of each other.
        int apart = Math.toIntExact(ownBytes + ALIGNMENT);
        c.get(number).i32(apart).op(Instruction.I32_MUL);
        c.i32(Math.toIntExact(scratch + sharedBytes)).op(Instruction.I32_ADD);
        c.set(ownScratch.orElseThrow());
    }

    /// Pages that all of it needs.
    int pages() {
        long each = ownBytes + (isOfMany() ? ALIGNMENT : 0);
        long bytes = scratch + sharedBytes + each * features.threads() + MARGIN;
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
