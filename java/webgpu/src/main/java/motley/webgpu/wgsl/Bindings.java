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

/// What a shader sees of memory: stretches that do not overlap. Neighbours become one stretch where
/// there would be more than the device binds; a stretch that is longer than a binding may be is
/// bound in pieces, and read and written by functions that find the piece.
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

        long bytes() {
            return end - start;
        }

        /// Itself, or what `bytes` at a time come to.
        List<Stretch> pieces(long bytes) {
            var pieces = new ArrayList<Stretch>();
            for (long at = start; at < end; at += bytes) {
                pieces.add(new Stretch(buffer, at, Math.min(at + bytes, end), write));
            }
            return pieces;
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
    /// @throws IllegalArgumentException if its operands are too long, or lie too far apart, for
    /// those
    ///     a device has
    static Bindings of(Kernel kernel, GpuMemory memory) {
        return of(kernel.reads(), kernel.writes(), memory);
    }

    static Bindings of(Collection<Buffer> reads, Collection<Buffer> writes, GpuMemory memory) {
        var all = new ArrayList<Stretch>();
        for (var buffer : reads) all.add(Stretch.of(memory.place(buffer), false));
        for (var buffer : writes) all.add(Stretch.of(memory.place(buffer), true));
        var apart = apart(all);
        while (count(apart, memory) > memory.limits().storageBuffers()) joinNearest(apart, memory);
        return new Bindings(memory, apart);
    }

    private static int count(List<Stretch> stretches, GpuMemory memory) {
        return stretches.stream().mapToInt(s -> s.pieces(memory.pieceOfBinding()).size()).sum();
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
                "kernel: operands of %d bytes, too far apart"
                        + " (expected: at most %d bindings of %d bytes)",
                apart.stream().mapToLong(Stretch::bytes).sum(),
                memory.limits().storageBuffers(),
                memory.limits().bindingBytes());
        apart.set(best, apart.get(best).and(apart.remove(best + 1)));
    }

    /// The declarations of all bindings, with their lengths: an index that a device checks is then
    /// checked against a constant.
    void declare(Wgsl to) {
        int binding = 0;
        for (var stretch : stretches) {
            var type = memory.isFloats(stretch.buffer()) ? "f32" : "i32";
            int first = binding;
            for (var piece : pieces(stretch)) {
                to.line(
                        "@group(0) @binding(%d) var<storage, read_write> b%d: array<%s, %d>;",
                        binding, binding, type, piece.bytes() / Integer.BYTES);
                binding++;
            }
            if (binding > first + 1) declareInPieces(to, first, binding - first, type);
        }
    }

    private void declareInPieces(Wgsl to, int first, int pieces, String type) {
        long each = memory.pieceOfBinding() / Integer.BYTES;
        to.line("fn read%d(at: i32) -> %s {", first, type);
        for (int piece = 0; piece + 1 < pieces; piece++) {
            to.line(
                    "if (at < %d) { return b%d[at - %d]; }",
                    (piece + 1) * each, first + piece, piece * each);
        }
        to.line("return b%d[at - %d];", first + pieces - 1, (pieces - 1) * each).end();
        to.line("fn write%d(at: i32, value: %s) {", first, type);
        for (int piece = 0; piece + 1 < pieces; piece++) {
            to.line(
                    "if (at < %d) { b%d[at - %d] = value; return; }",
                    (piece + 1) * each, first + piece, piece * each);
        }
        to.line("b%d[at - %d] = value;", first + pieces - 1, (pieces - 1) * each).end();
    }

    private List<Stretch> pieces(Stretch stretch) {
        return stretch.pieces(memory.pieceOfBinding());
    }

    List<DevicePlan.Binding> list() {
        return stretches.stream()
                .flatMap(stretch -> pieces(stretch).stream())
                .map(
                        s ->
                                new DevicePlan.Binding(
                                        new DevicePlan.Place(s.buffer(), s.start(), s.bytes()),
                                        s.write()))
                .toList();
    }

    /// Where an element is: the number of its stretch's first binding, its index from there.
    private record Spot(int binding, boolean inPieces, String index) {}

    private Spot spot(Buffer buffer, String index) {
        var place = memory.place(buffer);
        int binding = 0;
        for (var stretch : stretches) {
            int pieces = pieces(stretch).size();
            if (stretch.holds(place)) {
                long base = (place.offset() - stretch.start()) / Integer.BYTES;
                return new Spot(binding, pieces > 1, base == 0 ? index : base + " + " + index);
            }
            binding += pieces;
        }
        throw new IllegalStateException(buffer + " is not bound");
    }

    /// Element `index` of `buffer`, as it lies in memory.
    String element(Buffer buffer, String index) {
        var spot = spot(buffer, index);
        return (spot.inPieces ? "read%d(%s)" : "b%d[%s]").formatted(spot.binding, spot.index);
    }

    /// The statement that makes `value` element `index` of `buffer`, as it lies in memory.
    String store(Buffer buffer, String index, String value) {
        var spot = spot(buffer, index);
        return (spot.inPieces ? "write%d(%s, %s);" : "b%d[%s] = %s;")
                .formatted(spot.binding, spot.index, value);
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
        return store(access.buffer(), at, stored);
    }
}
