package motley.compiler.memory;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Layout;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Operand;
import motley.compiler.kernel.Plan;
import motley.compiler.kernel.Store;
import motley.compiler.kernel.Target;
import motley.program.Engine.Carry;
import motley.tensor.DType;

/// Gives every buffer a place before anything runs.
///
/// A carried result takes its param's place if the param is not read any more when the result is
/// written; otherwise it is copied there at the end. An element-wise kernel may write over an
/// operand that it is the last to read. What remains is packed greedily, largest first, at the
/// lowest place that is free during its whole life.
/// Source: Pisarchyk & Lee 2020, "Efficient memory management for deep neural net inference",
/// greedy by size. Differs: buffers that share a place are packed as one.
public final class MemoryPlanner {
    private final List<Operand> params;
    private final List<Operand> results;
    private final List<Kernel> kernels;
    private final Target target;
    private final Lifetimes lives;
    private final Map<Buffer, Slot> slots = new LinkedHashMap<>();

    /// Buffers that share one place, one after another.
    private static final class Slot {
        private final long elements;
        private final boolean floats;
        private int first;
        private int last;
        private int buffers = 1;
        private long offset;

        long end() {
            return offset + elements;
        }

        Slot(Buffer buffer, Lifetimes.Span span, int alignment) {
            elements = Math.ceilDiv(buffer.elements(), alignment) * (long) alignment;
            floats = buffer.dtype() == DType.F32;
            first = span.first();
            last = span.last();
        }

        boolean conflicts(Slot other) {
            return floats == other.floats && first <= other.last && other.first <= last;
        }
    }

    /// What is to be done, before it has a place.
    public record Work(List<Operand> params, List<Operand> results, List<Kernel> kernels) {
        public Work {
            params = List.copyOf(params);
            results = List.copyOf(results);
            kernels = List.copyOf(kernels);
        }
    }

    private MemoryPlanner(Work work, Target target) {
        this.params = work.params;
        this.results = work.results;
        this.kernels = work.kernels;
        this.target = target;
        lives = Lifetimes.of(params, results, kernels);
        for (var buffer : lives.buffers()) {
            slots.put(buffer, new Slot(buffer, lives.span(buffer), target.alignment()));
        }
    }

    /// Places the buffers of `work` as `target` needs it; `carries` must fit the types.
    ///
    /// @throws IllegalArgumentException if an arena would exceed [Layout#ELEMENTS_MAX], or a buffer
    ///     a piece of it
    public static Plan plan(Work work, List<Carry> carries, Target target) {
        var first = new MemoryPlanner(work, target);
        var refused = carries.stream().filter(c -> !first.takesParamsPlace(c)).toList();
        if (refused.isEmpty()) return first.place();
        var longer = new ArrayList<>(work.kernels);
        for (var carry : refused) {
            var from = work.results.get(carry.result()).buffer();
            longer.add(copy(from, work.params.get(carry.param()).buffer()));
        }
        var second = new MemoryPlanner(new Work(work.params, work.results, longer), target);
        for (var carry : carries) {
            if (!refused.contains(carry)) second.takesParamsPlace(carry);
        }
        return second.place();
    }

    private static Kernel copy(Buffer from, Buffer to) {
        var strides = List.of(1);
        List<Node> nodes = List.of(new Node.Load(new Access(from, 0, strides)));
        var store = new Store(new Access(to, 0, strides), 0);
        return new Kernel.Loop(List.of(from.elements()), nodes, List.of(store));
    }

    /// Puts a carried result where its param is, if that is safe.
    private boolean takesParamsPlace(Carry carry) {
        var param = params.get(carry.param()).buffer();
        var result = results.get(carry.result()).buffer();
        if (slot(result) == slot(param) || sharesPlace(result)) return false;
        int written = lives.span(result).first();
        int read = lives.lastRead(param);
        boolean safe =
                read < written
                        || (read == written && kernels.get(read).mayOverwrite(param, result));
        if (safe) share(slot(param), result);
        return safe;
    }

    private void share(Slot slot, Buffer newcomer) {
        slots.put(newcomer, slot);
        slot.buffers++;
    }

    private boolean sharesPlace(Buffer buffer) {
        return slot(buffer).buffers > 1;
    }

    private Plan place() {
        for (int i = 0; i < kernels.size(); i++) writeInPlace(i, kernels.get(i));
        var order = new ArrayList<>(slots.values().stream().distinct().toList());
        order.sort(Comparator.comparingLong((Slot s) -> s.elements).reversed());
        var placed = new ArrayList<Slot>(); // By offset.
        for (var slot : order) {
            slot.offset = lowestFree(slot, placed);
            placed.add(firstBeyond(slot.offset, placed), slot);
        }
        int floats = end(placed, true);
        int ints = end(placed, false);
        var offsets = new HashMap<Integer, Integer>();
        slots.forEach((buffer, slot) -> offsets.put(buffer.id(), (int) slot.offset));
        var layout = new Layout(offsets, floats, ints);
        return new Plan(params, results, kernels, layout, Map.of());
    }

    private void writeInPlace(int index, Kernel kernel) {
        for (var out : kernel.writes()) {
            boolean fresh = lives.span(out).first() == index && !sharesPlace(out);
            if (!fresh) continue;
            for (var in : kernel.reads()) {
                var slot = slot(in);
                if (slot.last != index || !kernel.mayOverwrite(in, out)) continue;
                slot.last = lives.span(out).last();
                share(slot, out);
                break;
            }
        }
    }

    private long lowestFree(Slot slot, List<Slot> placed) {
        long piece = target.pieceElements();
        require(
                slot.elements <= piece,
                "tensor: %d elements (expected: at most %d on this device); largest buffers: %s",
                slot.elements,
                piece,
                Buffer.largest(slots.keySet()));
        long offset = 0;
        for (var other : placed) {
            if (!slot.conflicts(other)) continue;
            if (offset + slot.elements <= other.offset) break;
            offset = inOnePiece(Math.max(offset, other.end()), slot.elements);
        }
        return offset;
    }

    /// `offset`, or the start of the next piece if `elements` from there would lie in two.
    private long inOnePiece(long offset, long elements) {
        long piece = target.pieceElements();
        long used = offset % piece;
        return used + elements <= piece ? offset : offset - used + piece;
    }

    /// The index of the first that lies beyond `offset`.
    private static int firstBeyond(long offset, List<Slot> placed) {
        int low = 0;
        int high = placed.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (placed.get(middle).offset > offset) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// Elements of one arena.
    private int end(List<Slot> placed, boolean floats) {
        var arena = placed.stream().filter(s -> s.floats == floats);
        long end = arena.mapToLong(Slot::end).max().orElse(0);
        require(
                end <= Layout.ELEMENTS_MAX,
                "arena: %d elements (expected: at most %d); largest buffers: %s",
                end,
                Layout.ELEMENTS_MAX,
                Buffer.largest(slots.keySet()));
        return (int) end;
    }

    private Slot slot(Buffer buffer) {
        var slot = slots.get(buffer);
        if (slot == null) throw new IllegalStateException(buffer + " is never used");
        return slot;
    }
}
