package motley.webgpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.LongSupplier;
import motley.compiler.device.DevicePlan;

/// Runs of one kernel by several shaders, each from the same operands, which are drawn at random.
final class TrialRuns implements AutoCloseable {
    private static final int TURNS = 3;
    private static final int RUNS = 4;
    private static final double NS_PER_MS = 1e6;

    private final GpuDevice device;
    private final List<DevicePlan.Binding> bindings;
    private final List<MemorySegment> buffers;
    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> drawn = new ArrayList<>();
    private int state = 1;

    /// @param buffers what `bindings` are places of; what they hold is overwritten
    TrialRuns(GpuDevice device, List<DevicePlan.Binding> bindings, List<MemorySegment> buffers) {
        this.device = device;
        this.bindings = bindings;
        this.buffers = buffers;
        for (var binding : bindings) drawn.add(drawn(binding.place().bytes()));
    }

    /// Floats in [-1, 1], others for each operand, the same every time.
    private MemorySegment drawn(long bytes) {
        var floats = arena.allocate(bytes, ValueLayout.JAVA_LONG.byteSize());
        for (long i = 0; i < bytes / Float.BYTES; i++) {
            state = state * 1_664_525 + 1_013_904_223;
            floats.setAtIndex(JAVA_FLOAT, i, state * 0x1p-31f);
        }
        return floats;
    }

    /// What a shader leaves in the stretches that it may write, which live as long as this.
    ///
    /// @throws IllegalStateException if the device refuses it or is lost
    List<MemorySegment> bits(String shader, List<Integer> groups) {
        return with(shader, groups, this::bits);
    }

    /// How long a shader takes for one run: the best of three times of four. Empty where it leaves
    /// other bits than `expected`, or the device refuses it.
    OptionalDouble msIfEqual(
            String shader,
            List<Integer> groups,
            List<MemorySegment> expected,
            LongSupplier nanoTime) {
        try {
            return with(
                    shader,
                    groups,
                    ready ->
                            isEqual(bits(ready), expected)
                                    ? OptionalDouble.of(ms(ready, nanoTime))
                                    : OptionalDouble.empty());
        } catch (IllegalStateException e) {
            // A driver need not have what another one has. If the device is lost, the next says so.
            return OptionalDouble.empty();
        }
    }

    private <T> T with(String shader, List<Integer> groups, Function<GpuDevice.Ready, T> use) {
        var pipeline = device.pipeline(shader, "main");
        try {
            device.requireHealthy();
            var group = device.bind(pipeline, bindings, buffers);
            try {
                return use.apply(new GpuDevice.Ready(pipeline, group, groups));
            } finally {
                device.release("BindGroup", group);
            }
        } finally {
            device.release("ComputePipeline", pipeline);
        }
    }

    /// All that is bound is drawn anew: some kernels write over what they read, and one that writes
    /// nothing shall not find what another one wrote.
    private List<MemorySegment> bits(GpuDevice.Ready ready) {
        for (int i = 0; i < bindings.size(); i++) {
            var place = bindings.get(i).place();
            device.write(buffers.get(place.buffer()), place.offset(), drawn.get(i));
        }
        device.run(List.of(ready));
        var written = new ArrayList<MemorySegment>();
        for (var binding : bindings) {
            if (!binding.write()) continue;
            var place = binding.place();
            var bytes = arena.allocate(place.bytes(), ValueLayout.JAVA_LONG.byteSize());
            device.read(buffers.get(place.buffer()), place.offset(), bytes);
            written.add(bytes);
        }
        return written;
    }

    private static boolean isEqual(List<MemorySegment> one, List<MemorySegment> other) {
        for (int i = 0; i < one.size(); i++) {
            if (one.get(i).mismatch(other.get(i)) >= 0) return false;
        }
        return true;
    }

    private double ms(GpuDevice.Ready ready, LongSupplier nanoTime) {
        var runs = Collections.nCopies(RUNS, ready);
        long bestNs = Long.MAX_VALUE;
        for (int turn = 0; turn < TURNS; turn++) {
            long startNs = nanoTime.getAsLong();
            device.run(runs);
            bestNs = Math.min(bestNs, nanoTime.getAsLong() - startNs);
        }
        return bestNs / NS_PER_MS / RUNS;
    }

    @Override
    public void close() {
        arena.close();
    }
}
