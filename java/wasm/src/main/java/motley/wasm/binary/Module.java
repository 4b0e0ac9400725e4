package motley.wasm.binary;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A WebAssembly module in the making: functions, one memory that it imports as `env.memory`,
/// exports.
public final class Module {
    /// Bytes of a page of memory.
    public static final int PAGE_BYTES = 1 << 16;

    /// Most pages of a memory that is addressed with 32 bits.
    public static final int PAGES_MAX = 1 << 16;

    /// Most functions; browsers take more.
    public static final int FUNCTIONS_MAX = 100_000;

    private static final int MAGIC = 0x6D736100;
    private static final int VERSION = 1;
    private static final int FUNCTION_TYPE = 0x60;
    private static final int NO_MAXIMUM = 0x00;
    private static final int SHARED_WITH_MAXIMUM = 0x03;
    private static final int VARIABLE = 0x01;
    private static final int I32_CONST = 0x41;
    private static final int END = 0x0B;
    private static final int EXPORT_FUNCTION = 0x00;
    private static final int IMPORT_MEMORY = 0x02;

    private enum Section {
        TYPE(1),
        IMPORT(2),
        FUNCTION(3),
        GLOBAL(6),
        EXPORT(7),
        CODE(10);

        private final int id;

        Section(int id) {
            this.id = id;
        }
    }

    private final Map<FunctionType, Integer> types = new LinkedHashMap<>();
    private final List<Integer> typesOfFunctions = new ArrayList<>();
    private final List<Bytes> bodies = new ArrayList<>();
    private final Map<String, Integer> exported = new LinkedHashMap<>();
    private int globals;
    private int pages = 1;
    private boolean isShared;

    /// Adds a function, whose body `write` writes; it may call those added before.
    public Function function(FunctionType type, Consumer<Code> write) {
        require(
                bodies.size() < FUNCTIONS_MAX,
                "functions: %d (expected: below %d)",
                bodies.size(),
                FUNCTIONS_MAX);
        var code = new Code(type);
        write.accept(code);
        int number = types.computeIfAbsent(type, _ -> types.size());
        typesOfFunctions.add(number);
        bodies.add(code.finish());
        return new Function(bodies.size() - 1, type);
    }

    /// Adds a variable.
    public Global global() {
        return new Global(globals++);
    }

    /// Makes `function` callable from outside.
    public void export(String name, Function function) {
        exported.put(name, function.index());
    }

    /// Sets the least size of the memory.
    public void memory(int newPages) {
        require(
                newPages >= 1 && newPages <= PAGES_MAX,
                "pages: %d (expected: in [1, %d])",
                newPages,
                PAGES_MAX);
        pages = newPages;
    }

    /// Has several threads share the memory, which then cannot grow.
    public void shareMemory() {
        isShared = true;
    }

    /// The module in its binary format.
    public byte[] toBytes() {
        return toBytes(true);
    }

    /// The same, of functions that touch no memory: nothing is imported.
    public byte[] withoutMemory() {
        return toBytes(false);
    }

    private byte[] toBytes(boolean overMemory) {
        var out = new Bytes().word(MAGIC).word(VERSION);
        section(out, Section.TYPE, typeSection());
        if (overMemory) section(out, Section.IMPORT, importSection());
        var functions = new Bytes().unsigned(typesOfFunctions.size());
        typesOfFunctions.forEach(functions::unsigned);
        section(out, Section.FUNCTION, functions);
        if (globals > 0) section(out, Section.GLOBAL, globalSection());
        var exports = new Bytes().unsigned(exported.size());
        exported.forEach(
                (name, index) -> exports.name(name).octet(EXPORT_FUNCTION).unsigned(index));
        section(out, Section.EXPORT, exports);
        var code = new Bytes().unsigned(bodies.size());
        bodies.forEach(code::append);
        section(out, Section.CODE, code);
        return out.toArray();
    }

    private Bytes importSection() {
        var out = new Bytes().unsigned(1).name("env").name("memory");
        out.octet(IMPORT_MEMORY);
        if (!isShared) return out.octet(NO_MAXIMUM).unsigned(pages);
        return out.octet(SHARED_WITH_MAXIMUM).unsigned(pages).unsigned(pages);
    }

    private Bytes globalSection() {
        var out = new Bytes().unsigned(globals);
        for (int i = 0; i < globals; i++) {
            out.octet(ValueType.I32.code()).octet(VARIABLE);
            out.octet(I32_CONST).signed(0).octet(END);
        }
        return out;
    }

    private Bytes typeSection() {
        var out = new Bytes().unsigned(types.size());
        for (var type : types.keySet()) {
            out.octet(FUNCTION_TYPE).unsigned(type.params().size());
            type.params().forEach(t -> out.octet(t.code()));
            out.unsigned(type.results().size());
            type.results().forEach(t -> out.octet(t.code()));
        }
        return out;
    }

    private static void section(Bytes out, Section section, Bytes content) {
        out.octet(section.id).sized(content);
    }
}
