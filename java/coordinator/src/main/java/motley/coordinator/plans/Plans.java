package motley.coordinator.plans;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import motley.compiler.device.DevicePlan;
import motley.compiler.device.DevicePlanJson;
import motley.compiler.device.SelfTest;
import motley.coordinator.plans.PlanCompiler.Target;
import motley.coordinator.storage.BlobStore;
import motley.program.Limits;
import motley.program.ProgramCodec;
import motley.wire.DeviceProfile;

/// Plans by program and class of devices: compiled when the first device of a class asks, and kept
/// for the next. Any thread may call; whoever asks waits for the compiler.
public final class Plans {
    /// Encoded programs are lists of a few hundred equations.
    private static final long PROGRAM_BYTES_MAX = 16L << 20;

    /// All plans that are kept; those longest not asked for go first.
    private static final long KEPT_BYTES_MAX = 128L << 20;

    /// Programs compiled at once.
    private static final int COMPILING_MAX = 2;

    private final BlobStore blobs;
    private final List<PlanCompiler> compilers;
    private final Tunings tunings;
    private final Semaphore compiling = new Semaphore(COMPILING_MAX);

    /// In the order they were last asked for; guarded by itself.
    private final LinkedHashMap<Key, CompletableFuture<byte[]>> kept =
            new LinkedHashMap<>(16, 0.75f, true);

    private record Key(String program, String engine, String target, long memoryBytes) {}

    /// @param compilers one an engine; without any, no device without a compiler can take part
    public Plans(BlobStore blobs, Tunings tunings, List<PlanCompiler> compilers) {
        this.blobs = blobs;
        this.tunings = tunings;
        this.compilers = List.copyOf(compilers);
    }

    /// The engines that plans can be had for.
    public List<String> engines() {
        return compilers.stream().map(PlanCompiler::engine).toList();
    }

    /// What a device reports of itself.
    ///
    /// @param memoryBytes that its owner lends
    /// @param abilities as [PlanCompiler#target] reads them
    public record Device(String engine, long memoryBytes, Map<String, String> abilities) {
        public Device {
            abilities = Map.copyOf(abilities);
        }
    }

    /// The numeric class of a device that runs plans; what it reported where no engine is known.
    public String numericClass(DeviceProfile profile) {
        return compilers.stream()
                .filter(one -> profile.engines().contains(one.engine()))
                .map(one -> one.numericClass(profile.numericClass()))
                .findFirst()
                .orElse(profile.numericClass());
    }

    /// The numeric self-test for a device, as JSON: a plan, its inputs, and what must come out.
    ///
    /// @throws IllegalArgumentException if there is no such engine, an ability is malformed, or the
    ///     test needs more memory than the device lends
    public byte[] selfTest(Device device) throws IOException, InterruptedException {
        var target = compiler(device.engine()).target(device.abilities());
        var key = new Key("self-test", device.engine(), target.name(), device.memoryBytes());
        return made(
                key,
                () -> {
                    var test = SelfTest.ofOperations();
                    var plan = target.compilation().compile(test.program(), Map.of());
                    requireRoom(plan, device.memoryBytes());
                    return test.json(plan).getBytes(StandardCharsets.UTF_8);
                });
    }

    /// The plan of the program that blob `program` holds, as JSON; empty if there is no such blob.
    ///
    /// @throws IllegalArgumentException if there is no such engine, an ability is malformed, the
    ///     program is refused by the limits, or cannot be compiled for this device
    public Optional<byte[]> plan(String program, Device device)
            throws IOException, InterruptedException {
        var target = compiler(device.engine()).target(device.abilities());
        var file = blobs.find(program);
        if (file.isEmpty()) return Optional.empty();
        var key = new Key(program, device.engine(), target.name(), device.memoryBytes());
        return Optional.of(made(key, () -> compile(file.get(), target, device)));
    }

    private interface Making {
        byte[] make() throws IOException, InterruptedException;
    }

    /// What is kept under `key`; whoever asks first makes it, a few at once.
    private byte[] made(Key key, Making making) throws IOException, InterruptedException {
        var made = new CompletableFuture<byte[]>();
        CompletableFuture<byte[]> there;
        synchronized (kept) {
            there = kept.putIfAbsent(key, made);
        }
        if (there != null) return await(there);
        try {
            compiling.acquire();
            try {
                made.complete(making.make());
            } finally {
                compiling.release();
            }
            shrink();
            return made.join();
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            synchronized (kept) {
                kept.remove(key, made);
            }
            made.completeExceptionally(e);
            throw e;
        }
    }

    /// Remembers what a device found best for all devices of its class, which get plans of it from
    /// now on.
    ///
    /// @param found names of variants by kernel
    /// @throws IllegalArgumentException if there is no such engine or variant, or an ability is
    ///     malformed
    public void tune(Device device, Map<String, String> found) {
        var compiler = compiler(device.engine());
        for (var variant : found.values()) {
            require(
                    compiler.variants().contains(variant),
                    "variant: %s (expected: one of %s)",
                    variant,
                    compiler.variants());
        }
        var target = compiler.target(device.abilities()).name();
        if (!tunings.learn(device.engine() + " " + target, found)) return;
        synchronized (kept) {
            kept.keySet().removeIf(key -> isOf(key, device.engine(), target));
        }
    }

    private static boolean isOf(Key key, String engine, String target) {
        return key.engine().equals(engine) && key.target().equals(target);
    }

    private PlanCompiler compiler(String engine) {
        return compilers.stream()
                .filter(one -> one.engine().equals(engine))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "engine: %s (expected: one of %s)"
                                                .formatted(engine, engines())));
    }

    private static byte[] await(CompletableFuture<byte[]> plan) throws IOException {
        try {
            return plan.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) throw refused;
            throw new IOException("the plan could not be made", e);
        }
    }

    private byte[] compile(Path file, Target target, Device device) throws IOException {
        long memoryBytes = device.memoryBytes();
        long sizeBytes = Files.size(file);
        require(
                sizeBytes <= PROGRAM_BYTES_MAX,
                "program: %d bytes (expected: at most %d)",
                sizeBytes,
                PROGRAM_BYTES_MAX);
        var limits = Limits.DEFAULT.withPeakLiveBytesMax(memoryBytes);
        var program = ProgramCodec.decode(Files.readAllBytes(file), limits);
        var plan = target.compilation().compile(program, tuned(device, target));
        requireRoom(plan, memoryBytes);
        return DevicePlanJson.write(plan).getBytes(StandardCharsets.UTF_8);
    }

    private static void requireRoom(DevicePlan plan, long memoryBytes) {
        require(
                plan.bytes() <= memoryBytes,
                "memory: %d bytes (expected: %d, what the plan needs)",
                memoryBytes,
                plan.bytes());
    }

    /// What is known of the class, less the variants that an upgrade took away, which it times
    /// anew.
    private Map<String, String> tuned(Device device, Target target) {
        var variants = compiler(device.engine()).variants();
        if (variants.isEmpty()) return Map.of();
        var name = device.engine() + " " + target.name();
        var tuned = new LinkedHashMap<>(tunings.of(name));
        for (var variant : Set.copyOf(tuned.values())) {
            if (!variants.contains(variant)) tunings.forget(name, variant);
        }
        tuned.values().retainAll(variants);
        return tuned;
    }

    private void shrink() {
        synchronized (kept) {
            long bytes = 0;
            for (var plan : kept.values()) bytes += sizeBytes(plan);
            for (var key : new ArrayList<>(kept.keySet())) {
                if (bytes <= KEPT_BYTES_MAX) return;
                var plan = kept.get(key);
                if (plan == null || !plan.isDone()) continue;
                bytes -= sizeBytes(plan);
                kept.remove(key);
            }
        }
    }

    private static long sizeBytes(CompletableFuture<byte[]> plan) {
        boolean isThere = plan.isDone() && !plan.isCompletedExceptionally();
        return isThere ? plan.join().length : 0;
    }
}
