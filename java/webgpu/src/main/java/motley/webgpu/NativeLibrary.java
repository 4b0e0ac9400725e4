package motley.webgpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The functions of `webgpu.h` that Motley calls, in a library that exports them.
///
/// Everything it allocates lives as long as its arena. The library itself stays until the process
/// ends: threads of its own may still run when the last device is closed.
final class NativeLibrary {
    /// `WGPUStringView`: address and length.
    static final MemoryLayout STRING =
            MemoryLayout.structLayout(ADDRESS.withName("data"), JAVA_LONG.withName("length"));

    /// `WGPUFuture`.
    static final MemoryLayout FUTURE = MemoryLayout.structLayout(JAVA_LONG.withName("id"));

    /// The callback infos of asynchronous functions: next, mode, callback, two pointers.
    static final MemoryLayout CALLBACK =
            MemoryLayout.structLayout(
                    ADDRESS, JAVA_INT, MemoryLayout.paddingLayout(4), ADDRESS, ADDRESS, ADDRESS);

    private static final int ADDRESS_BYTES = 8;

    private final Arena arena;
    private final SymbolLookup symbols;
    private final Linker linker = Linker.nativeLinker();
    private final Map<String, MethodHandle> handles = new HashMap<>();

    private NativeLibrary(Arena arena, SymbolLookup symbols) {
        this.arena = arena;
        this.symbols = symbols;
    }

    /// @throws EngineUnavailableException if `file` is no library for this machine
    @SuppressWarnings("restricted")
    static NativeLibrary load(Path file, Arena arena) {
        try {
            System.load(file.toAbsolutePath().toString());
            return new NativeLibrary(arena, SymbolLookup.loaderLookup());
        } catch (UnsatisfiedLinkError e) {
            throw new EngineUnavailableException(
                    "library: %s (expected: a WebGPU library for this machine): %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    Arena arena() {
        return arena;
    }

    /// Calls a function that returns nothing.
    void call(String name, Object... args) {
        var _ = invoke(name, FunctionDescriptor.ofVoid(layouts(args)), args);
    }

    /// Calls a function that returns an object, which is not null.
    MemorySegment object(String name, Object... args) {
        var result =
                (MemorySegment) invoke(name, FunctionDescriptor.of(ADDRESS, layouts(args)), args);
        if (result.address() == 0) throw new IllegalStateException(name + " gave nothing");
        return result;
    }

    /// Calls a function that returns an enumeration or a truth value.
    int number(String name, Object... args) {
        return (int) invoke(name, FunctionDescriptor.of(JAVA_INT, layouts(args)), args);
    }

    /// Calls an asynchronous function; its last argument is a callback info. Returns the future.
    MemorySegment future(Arena scope, String name, Object... args) {
        var layouts = layouts(args);
        layouts[layouts.length - 1] = CALLBACK;
        var whole = new Object[args.length + 1];
        whole[0] = (SegmentAllocator) scope;
        System.arraycopy(args, 0, whole, 1, args.length);
        return (MemorySegment) invoke(name, FunctionDescriptor.of(FUTURE, layouts), whole);
    }

    private static MemoryLayout[] layouts(Object... args) {
        var layouts = new MemoryLayout[args.length];
        for (int i = 0; i < args.length; i++) {
            layouts[i] =
                    switch (args[i]) {
                        case Integer _ -> JAVA_INT;
                        case Long _ -> JAVA_LONG;
                        case MemorySegment _ -> ADDRESS;
                        default -> throw new IllegalArgumentException("argument: " + args[i]);
                    };
        }
        return layouts;
    }

    private Object invoke(String name, FunctionDescriptor form, Object[] args) {
        var handle = handles.computeIfAbsent(name, n -> handle(n, form));
        try {
            return (Object) handle.invokeExact(args);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name + ": " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("restricted")
    private MethodHandle handle(String name, FunctionDescriptor form) {
        var symbol =
                symbols.find(name)
                        .orElseThrow(
                                () ->
                                        new EngineUnavailableException(
                                                "library: no %s (expected: all of webgpu.h)"
                                                        .formatted(name)));
        var handle = linker.downcallHandle(symbol, form);
        int count = handle.type().parameterCount();
        return handle.asSpreader(Object[].class, count)
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    /// A pointer to method `name` of `target`, which native code calls.
    @SuppressWarnings("restricted")
    MemorySegment callback(
            MethodHandles.Lookup lookup, Object target, String name, MemoryLayout... parameters) {
        var form = FunctionDescriptor.ofVoid(parameters);
        try {
            var method = lookup.bind(target, name, form.toMethodType());
            return linker.upcallStub(method, form, arena);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + ": " + e.getMessage(), e);
        }
    }

    // ---- Structs ---------------------------------------------------------------------------

    /// A zeroed struct.
    static MemorySegment struct(Arena scope, long bytes) {
        return scope.allocate(bytes, ADDRESS_BYTES);
    }

    /// Sets a `WGPUStringView` at `offset` of `struct`.
    static void setText(Arena scope, MemorySegment struct, long offset, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var copy = scope.allocate(bytes.length + 1L);
        MemorySegment.copy(
                bytes, 0, copy, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
        struct.set(ADDRESS, offset, copy);
        struct.set(JAVA_LONG, offset + ADDRESS_BYTES, bytes.length);
    }

    /// The text of a `WGPUStringView` at `offset` of `struct`.
    @SuppressWarnings("restricted")
    static String text(MemorySegment struct, long offset) {
        long length = struct.get(JAVA_LONG, offset + ADDRESS_BYTES);
        var data = struct.get(ADDRESS, offset);
        if (length <= 0 || data.address() == 0) return "";
        var bytes = data.reinterpret(length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// An array of pointers.
    static MemorySegment pointers(Arena scope, List<MemorySegment> objects) {
        var array = scope.allocate(ADDRESS, Math.max(1, objects.size()));
        for (int i = 0; i < objects.size(); i++) array.setAtIndex(ADDRESS, i, objects.get(i));
        return array;
    }
}
