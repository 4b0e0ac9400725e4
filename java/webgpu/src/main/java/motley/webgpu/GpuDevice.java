package motley.webgpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import motley.compiler.device.DevicePlan;
import motley.webgpu.wgsl.GpuLimits;
import motley.webgpu.wgsl.Precision;

/// A GPU through `webgpu.h`: memory, shaders, submissions. Confined to one caller at a time.
///
/// Offsets in structs are those of the header as Dawn has it in 2026; the numbers of enumerations
/// are the header's.
final class GpuDevice implements AutoCloseable {
    /// A submission may hold minutes of work on software adapters.
    private static final Duration ANSWER_MAX = Duration.ofMinutes(10);

    private static final int SUCCESS = 1;
    private static final int TIMED_WAIT_ANY = 1;
    private static final int ALLOW_PROCESS_EVENTS = 2;
    private static final int ALLOW_SPONTANEOUS = 3;
    private static final int HIGH_PERFORMANCE = 2;
    private static final long USE_MAP_READ = 0x1;
    private static final long USE_COPY_SOURCE = 0x4;
    private static final long USE_COPY_TARGET = 0x8;
    private static final long USE_STORAGE = 0x80;
    private static final int WGSL = 2;
    private static final int SHADER_F16 = 0xa;
    private static final int ERRORS_MAX = 16;

    private final NativeLibrary library;
    private final Arena arena;
    private final List<String> errors = new ArrayList<>();
    private final MemorySegment onObject;
    private final MemorySegment onMessage;
    private final MemorySegment onDone;
    private int status;
    private MemorySegment received = MemorySegment.NULL;
    private String message = "";
    private boolean lost;
    private boolean closing;
    private boolean hasHalfFloats;
    private MemorySegment instance = MemorySegment.NULL;
    private MemorySegment device = MemorySegment.NULL;
    private MemorySegment queue = MemorySegment.NULL;
    private Adapter adapter =
            new Adapter("", "", "", Adapter.Backend.UNDEFINED, Adapter.Kind.UNDEFINED);
    private GpuLimits limits = GpuLimits.DEFAULT;

    private GpuDevice(NativeLibrary loaded) {
        library = loaded;
        arena = library.arena();
        var lookup = MethodHandles.lookup();
        onObject =
                library.callback(
                        lookup,
                        this,
                        "onObject",
                        JAVA_INT,
                        ADDRESS,
                        NativeLibrary.STRING,
                        ADDRESS,
                        ADDRESS);
        onMessage =
                library.callback(
                        lookup,
                        this,
                        "onMessage",
                        JAVA_INT,
                        NativeLibrary.STRING,
                        ADDRESS,
                        ADDRESS);
        onDone = library.callback(lookup, this, "onDone", JAVA_INT, ADDRESS, ADDRESS);
    }

    /// Opens the fastest GPU that the library finds.
    ///
    /// @throws EngineUnavailableException if it finds none, none but the Null backend, none but a
    ///     software adapter where these are not allowed, or one without half floats where these are
    ///     asked for
    static GpuDevice open(WebGpuEngine.Settings settings) {
        var arena = Arena.ofShared();
        try {
            var device = new GpuDevice(NativeLibrary.load(settings.file(), arena));
            device.connect(settings.allowSoftware(), settings.precision() == Precision.HALF);
            return device;
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private void connect(boolean allowSoftware, boolean half) {
        var features = arena.allocateFrom(JAVA_INT, TIMED_WAIT_ANY);
        var descriptor = NativeLibrary.struct(arena, 64);
        descriptor.set(JAVA_LONG, 8, 1);
        descriptor.set(ADDRESS, 16, features);
        instance = library.object("wgpuCreateInstance", descriptor);
        var found = requestAdapter();
        adapter = describe(found);
        refuse(allowSoftware);
        limits = readLimits(found);
        hasHalfFloats = library.number("wgpuAdapterHasFeature", found, SHADER_F16) != 0;
        if (half && !hasHalfFloats) {
            throw new EngineUnavailableException(
                    "GPU: %s without shader-f16 (expected: with it, for half floats)"
                            .formatted(adapter));
        }
        requestDevice(found, half);
        queue = library.object("wgpuDeviceGetQueue", device);
    }

    private MemorySegment requestAdapter() {
        var options = NativeLibrary.struct(arena, 32);
        options.set(JAVA_INT, 12, HIGH_PERFORMANCE);
        await(
                library.future(
                        arena,
                        "wgpuInstanceRequestAdapter",
                        instance,
                        options,
                        info(arena, onObject)));
        if (status != SUCCESS) {
            throw new EngineUnavailableException(
                    "GPU: none (expected: one with a driver): " + message);
        }
        return received;
    }

    private Adapter describe(MemorySegment found) {
        var info = NativeLibrary.struct(arena, 128);
        var _ = library.number("wgpuAdapterGetInfo", found, info);
        return new Adapter(
                NativeLibrary.text(info, 8),
                NativeLibrary.text(info, 24),
                NativeLibrary.text(info, 40),
                Adapter.backend(info.get(JAVA_INT, 72)),
                Adapter.kind(info.get(JAVA_INT, 76)));
    }

    private void refuse(boolean allowSoftware) {
        if (adapter.backend() == Adapter.Backend.NULL) {
            throw new EngineUnavailableException(
                    "GPU: %s (expected: one that computes; this one only pretends to)"
                            .formatted(adapter));
        }
        if (adapter.isSoftware() && !allowSoftware) {
            throw new EngineUnavailableException(
                    "GPU: %s (expected: hardware; the JVM engine is faster than software adapters)"
                            .formatted(adapter));
        }
    }

    private GpuLimits readLimits(MemorySegment found) {
        var read = NativeLibrary.struct(arena, 512);
        var _ = library.number("wgpuAdapterGetLimits", found, read);
        return new GpuLimits(
                read.get(JAVA_INT, 52),
                Math.min(read.get(JAVA_LONG, 72), read.get(JAVA_LONG, 96)),
                read.get(JAVA_LONG, 96),
                read.get(JAVA_INT, 124),
                read.get(JAVA_INT, 128),
                read.get(JAVA_INT, 144));
    }

    /// A device with the adapter's limits of those that plans use, and defaults otherwise.
    private void requestDevice(MemorySegment found, boolean half) {
        var wanted = NativeLibrary.struct(arena, 512);
        wanted.fill((byte) -1); // Undefined: the default.
        wanted.set(ADDRESS, 0, MemorySegment.NULL);
        wanted.set(JAVA_INT, 52, limits.storageBuffers());
        wanted.set(JAVA_LONG, 72, limits.bindingBytes());
        wanted.set(JAVA_LONG, 96, limits.bufferBytes());
        wanted.set(JAVA_INT, 124, limits.workgroupBytes());
        wanted.set(JAVA_INT, 128, limits.invocations());
        wanted.set(JAVA_INT, 144, limits.groups());
        var lookup = MethodHandles.lookup();
        var descriptor = NativeLibrary.struct(arena, 144);
        if (half) {
            descriptor.set(JAVA_LONG, 24, 1);
            descriptor.set(ADDRESS, 32, arena.allocateFrom(JAVA_INT, SHADER_F16));
        }
        descriptor.set(ADDRESS, 40, wanted);
        descriptor.set(JAVA_INT, 80, ALLOW_SPONTANEOUS);
        descriptor.set(
                ADDRESS,
                88,
                library.callback(
                        lookup,
                        this,
                        "onLost",
                        ADDRESS,
                        JAVA_INT,
                        NativeLibrary.STRING,
                        ADDRESS,
                        ADDRESS));
        descriptor.set(
                ADDRESS,
                120,
                library.callback(
                        lookup,
                        this,
                        "onError",
                        ADDRESS,
                        JAVA_INT,
                        NativeLibrary.STRING,
                        ADDRESS,
                        ADDRESS));
        await(
                library.future(
                        arena,
                        "wgpuAdapterRequestDevice",
                        found,
                        descriptor,
                        info(arena, onObject)));
        if (status != SUCCESS) {
            throw new EngineUnavailableException(
                    "GPU: %s (expected: one that opens): %s".formatted(adapter, message));
        }
        device = received;
    }

    Adapter adapter() {
        return adapter;
    }

    boolean hasHalfFloats() {
        return hasHalfFloats;
    }

    GpuLimits limits() {
        return limits;
    }

    // ---- Callbacks -------------------------------------------------------------------------

    @SuppressWarnings("unused") // By name.
    private void onObject(
            int result,
            MemorySegment object,
            MemorySegment text,
            MemorySegment a,
            MemorySegment b) {
        received = object;
        onMessage(result, text, a, b);
    }

    @SuppressWarnings("unused") // By name.
    private void onMessage(int result, MemorySegment text, MemorySegment a, MemorySegment b) {
        message = NativeLibrary.text(text, 0);
        status = result;
    }

    @SuppressWarnings("unused") // By name.
    private void onDone(int result, MemorySegment a, MemorySegment b) {
        status = result;
    }

    @SuppressWarnings("unused") // By name.
    private void onLost(
            MemorySegment which, int reason, MemorySegment text, MemorySegment a, MemorySegment b) {
        if (closing) return;
        lost = true;
        remember("device lost: " + NativeLibrary.text(text, 0));
    }

    @SuppressWarnings("unused") // By name.
    private void onError(
            MemorySegment which, int type, MemorySegment text, MemorySegment a, MemorySegment b) {
        remember(NativeLibrary.text(text, 0));
    }

    private synchronized void remember(String error) {
        if (errors.size() < ERRORS_MAX) errors.add(error);
    }

    private static MemorySegment info(Arena scope, MemorySegment callback) {
        var info = scope.allocate(NativeLibrary.CALLBACK);
        info.set(JAVA_INT, 8, ALLOW_PROCESS_EVENTS);
        info.set(ADDRESS, 16, callback);
        return info;
    }

    private void await(MemorySegment future) {
        status = 0;
        try (var scope = Arena.ofConfined()) {
            var wait = NativeLibrary.struct(scope, 16);
            wait.set(JAVA_LONG, 0, future.get(JAVA_LONG, 0));
            int answer =
                    library.number("wgpuInstanceWaitAny", instance, 1L, wait, ANSWER_MAX.toNanos());
            if (answer != SUCCESS) {
                throw new IllegalStateException(
                        "GPU: no answer within %s (status %d)".formatted(ANSWER_MAX, answer));
            }
        }
    }

    /// @throws IllegalStateException if the device has reported an error or is lost
    synchronized void requireHealthy() {
        if (errors.isEmpty() && !lost) return;
        var texts = String.join("; ", errors);
        if (!lost) errors.clear();
        throw new IllegalStateException("GPU: " + texts);
    }

    // ---- Memory ----------------------------------------------------------------------------

    /// Zeroed memory for the buffers of a plan.
    MemorySegment storage(long bytes) {
        return buffer(bytes, USE_STORAGE | USE_COPY_SOURCE | USE_COPY_TARGET);
    }

    private MemorySegment buffer(long bytes, long usage) {
        try (var scope = Arena.ofConfined()) {
            var descriptor = NativeLibrary.struct(scope, 56);
            descriptor.set(JAVA_LONG, 24, usage);
            descriptor.set(JAVA_LONG, 32, bytes);
            return library.object("wgpuDeviceCreateBuffer", device, descriptor);
        }
    }

    void write(MemorySegment buffer, long offset, MemorySegment bytes) {
        library.call("wgpuQueueWriteBuffer", queue, buffer, offset, bytes, bytes.byteSize());
    }

    /// Waits for all submissions and copies `into.byteSize()` bytes.
    @SuppressWarnings("restricted")
    void read(MemorySegment buffer, long offset, MemorySegment into) {
        long bytes = into.byteSize();
        var staging = buffer(bytes, USE_MAP_READ | USE_COPY_TARGET);
        try {
            var encoder =
                    library.object("wgpuDeviceCreateCommandEncoder", device, MemorySegment.NULL);
            library.call(
                    "wgpuCommandEncoderCopyBufferToBuffer",
                    encoder,
                    buffer,
                    offset,
                    staging,
                    0L,
                    bytes);
            submit(encoder);
            map(staging, bytes);
            requireHealthy();
            var mapped = library.object("wgpuBufferGetConstMappedRange", staging, 0L, bytes);
            into.copyFrom(mapped.reinterpret(bytes));
        } finally {
            destroy(staging);
        }
    }

    private void map(MemorySegment staging, long bytes) {
        try (var scope = Arena.ofConfined()) {
            var info = info(scope, onMessage);
            await(library.future(scope, "wgpuBufferMapAsync", staging, 1L, 0L, bytes, info));
        }
        if (status != SUCCESS) throw new IllegalStateException("GPU: cannot be read: " + message);
    }

    void destroy(MemorySegment buffer) {
        library.call("wgpuBufferDestroy", buffer);
        library.call("wgpuBufferRelease", buffer);
    }

    // ---- Shaders ---------------------------------------------------------------------------

    /// The pipeline of function `entry` in a text in WGSL.
    MemorySegment pipeline(String wgsl, String entry) {
        try (var scope = Arena.ofConfined()) {
            var source = NativeLibrary.struct(scope, 32);
            source.set(JAVA_INT, 8, WGSL);
            NativeLibrary.setText(scope, source, 16, wgsl);
            var module = NativeLibrary.struct(scope, 24);
            module.set(ADDRESS, 0, source);
            var shader = library.object("wgpuDeviceCreateShaderModule", device, module);
            var descriptor = NativeLibrary.struct(scope, 80);
            descriptor.set(ADDRESS, 40, shader);
            NativeLibrary.setText(scope, descriptor, 48, entry);
            var pipeline = library.object("wgpuDeviceCreateComputePipeline", device, descriptor);
            library.call("wgpuShaderModuleRelease", shader);
            return pipeline;
        }
    }

    /// Group 0 of `pipeline`.
    MemorySegment bind(
            MemorySegment pipeline,
            List<DevicePlan.Binding> bindings,
            List<MemorySegment> buffers) {
        try (var scope = Arena.ofConfined()) {
            var layout = library.object("wgpuComputePipelineGetBindGroupLayout", pipeline, 0);
            var entries = NativeLibrary.struct(scope, 56L * Math.max(1, bindings.size()));
            for (int i = 0; i < bindings.size(); i++) {
                var place = bindings.get(i).place();
                entries.set(JAVA_INT, 56L * i + 8, i);
                entries.set(ADDRESS, 56L * i + 16, buffers.get(place.buffer()));
                entries.set(JAVA_LONG, 56L * i + 24, place.offset());
                entries.set(JAVA_LONG, 56L * i + 32, place.bytes());
            }
            var descriptor = NativeLibrary.struct(scope, 48);
            descriptor.set(ADDRESS, 24, layout);
            descriptor.set(JAVA_LONG, 32, bindings.size());
            descriptor.set(ADDRESS, 40, entries);
            var group = library.object("wgpuDeviceCreateBindGroup", device, descriptor);
            library.call("wgpuBindGroupLayoutRelease", layout);
            return group;
        }
    }

    void release(String kind, MemorySegment object) {
        library.call("wgpu" + kind + "Release", object);
    }

    /// A dispatch, ready to be submitted.
    record Ready(MemorySegment pipeline, MemorySegment group, List<Integer> groups) {}

    /// Runs `dispatches` in order and waits for the last.
    void run(List<Ready> dispatches) {
        var encoder = library.object("wgpuDeviceCreateCommandEncoder", device, MemorySegment.NULL);
        var pass =
                library.object("wgpuCommandEncoderBeginComputePass", encoder, MemorySegment.NULL);
        for (var next : dispatches) {
            library.call("wgpuComputePassEncoderSetPipeline", pass, next.pipeline);
            library.call(
                    "wgpuComputePassEncoderSetBindGroup",
                    pass,
                    0,
                    next.group,
                    0L,
                    MemorySegment.NULL);
            library.call(
                    "wgpuComputePassEncoderDispatchWorkgroups",
                    pass,
                    next.groups.get(0),
                    next.groups.get(1),
                    next.groups.get(2));
        }
        library.call("wgpuComputePassEncoderEnd", pass);
        library.call("wgpuComputePassEncoderRelease", pass);
        submit(encoder);
        try (var scope = Arena.ofConfined()) {
            var info = info(scope, onDone);
            await(library.future(scope, "wgpuQueueOnSubmittedWorkDone", queue, info));
        }
        requireHealthy();
    }

    private void submit(MemorySegment encoder) {
        var commands = library.object("wgpuCommandEncoderFinish", encoder, MemorySegment.NULL);
        try (var scope = Arena.ofConfined()) {
            var array = NativeLibrary.pointers(scope, List.of(commands));
            library.call("wgpuQueueSubmit", queue, 1L, array);
        }
        library.call("wgpuCommandBufferRelease", commands);
        library.call("wgpuCommandEncoderRelease", encoder);
    }

    @Override
    public void close() {
        if (closing) return;
        closing = true;
        library.call("wgpuDeviceDestroy", device);
        library.call("wgpuDeviceRelease", device);
        library.call("wgpuInstanceRelease", instance);
    }
}
