package motley.webgpu.wgsl;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import motley.compiler.device.DevicePlan;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.tensor.DType;

/// What a shader sees of memory: stretches that do not overlap, at most as many as the device
/// binds. Neighbours become one stretch where there would be too many.
final class Bindings {
    private record Stretch(int buffer, long start, long end, boolean write) {
        static Stretch of(DevicePlan.Place place, boolean write) {
            return new Stretch(
                    place.buffer(), place.offset(), place.offset() + place.bytes(), write);
        }

        boolean overlaps(Stretch other) {
            return buffer == other.buffer && start < other.end && other.start < end;
        }

        Stretch and(Stretch other) {
            return new Stretch(
                    buffer,
                    Math.min(start, other.start),
                    Math.max(end, other.end),
                    write || other.write);
        }

        boolean holds(DevicePlan.Place place) {
            return buffer == place.buffer() && start <= place.offset() && place.offset() < end;
        }
    }

    private final GpuMemory memory;
    private final List<Stretch> stretches;

    private Bindings(GpuMemory memory, List<Stretch> stretches) {
        this.memory = memory;
        this.stretches = stretches;
    }

    /// The bindings of `kernel`.
    ///
    /// @throws IllegalArgumentException if its operands lie too far apart for those a device has
    static Bindings of(Kernel kernel, GpuMemory memory) {
        return of(kernel.reads(), kernel.writes(), memory);
    }

    static Bindings of(Collection<Buffer> reads, Collection<Buffer> writes, GpuMemory memory) {
        var all = new ArrayList<Stretch>();
        for (var buffer : reads) all.add(Stretch.of(memory.place(buffer), false));
        for (var buffer : writes) all.add(Stretch.of(memory.place(buffer), true));
        var apart = apart(all);
        while (apart.size() > memory.limits().storageBuffers()) joinNearest(apart, memory);
        return new Bindings(memory, apart);
    }

    /// In order of their places, those that overlap joined.
    private static List<Stretch> apart(List<Stretch> all) {
        all.sort(Comparator.comparingInt(Stretch::buffer).thenComparingLong(Stretch::start));
        var apart = new ArrayList<Stretch>();
        for (var stretch : all) {
            if (!apart.isEmpty() && apart.getLast().overlaps(stretch)) {
                apart.add(apart.removeLast().and(stretch));
            } else {
                apart.add(stretch);
            }
        }
        return apart;
    }

    private static void joinNearest(List<Stretch> apart, GpuMemory memory) {
        int best = -1;
        long least = memory.limits().bindingBytes();
        for (int i = 0; i + 1 < apart.size(); i++) {
            if (apart.get(i).buffer() != apart.get(i + 1).buffer()) continue;
            long joined = apart.get(i + 1).end() - apart.get(i).start();
            if (joined <= least) {
                least = joined;
                best = i;
            }
        }
        require(
                best >= 0,
                "kernel: %d operands, too far apart (expected: at most %d stretches of %d bytes)",
                apart.size(),
                memory.limits().storageBuffers(),
                memory.limits().bindingBytes());
        apart.set(best, apart.get(best).and(apart.remove(best + 1)));
    }

    /// The declarations of all bindings.
    void declare(Wgsl to) {
        for (int i = 0; i < stretches.size(); i++) {
            to.line(
                    "@group(0) @binding(%d) var<storage, read_write> b%d: array<%s>;",
                    i, i, memory.isFloats(stretches.get(i).buffer()) ? "f32" : "i32");
        }
    }

    List<DevicePlan.Binding> list() {
        return stretches.stream()
                .map(
                        s ->
                                new DevicePlan.Binding(
                                        new DevicePlan.Place(
                                                s.buffer(), s.start(), s.end() - s.start()),
                                        s.write()))
                .toList();
    }

    /// Element `index` of `buffer`, as it lies in memory.
    String element(Buffer buffer, String index) {
        var place = memory.place(buffer);
        for (int i = 0; i < stretches.size(); i++) {
            if (!stretches.get(i).holds(place)) continue;
            long base = (place.offset() - stretches.get(i).start()) / Integer.BYTES;
            return "b%d[%s]".formatted(i, base == 0 ? index : base + " + " + index);
        }
        throw new IllegalStateException(buffer + " is not bound");
    }

    /// What `access` reads at a point, in the type that computation has.
    String load(Access access, List<String> indices) {
        var at = Wgsl.affine(access.offset(), access.strides(), indices);
        var element = element(access.buffer(), at);
        return access.buffer().dtype() == DType.BOOL ? element + " != 0" : element;
    }

    /// The statement that stores `value` where `access` writes at a point.
    String store(Access access, List<String> indices, String value) {
        var at = Wgsl.affine(access.offset(), access.strides(), indices);
        boolean bool = access.buffer().dtype() == DType.BOOL;
        var stored = bool ? "select(0, 1, " + value + ")" : value;
        return element(access.buffer(), at) + " = " + stored + ";";
    }
}
