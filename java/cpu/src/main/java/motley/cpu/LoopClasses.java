package motley.cpu;

import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Store;
import motley.cpu.kernel.Threads;
import motley.tensor.DType;

/// Renders fused loops and folds: generated classes, shared by kernels that differ only in place
/// and outermost extent; the interpreter for the few forms that have no vector code.
///
/// Confined to one thread.
final class LoopClasses {
    /// HotSpot compiles no method longer than this many bytes.
    private static final int CODE_BYTES_MAX = 7_900;

    /// Points that one thread takes at a time.
    private static final int TILE_POINTS = 1 << 14;

    private final Map<Kernel, Optional<LoopBody>> bodies = new HashMap<>();
    private final boolean generating;

    /// @param generating false to interpret everything: slow, with the same bits
    LoopClasses(boolean generating) {
        this.generating = generating;
    }

    Task task(Kernel.Loop loop, Memory memory, Threads threads) {
        var starts = new Starts(memory);
        var nodes = starts.withoutPlaces(loop.nodes());
        var stores = loop.stores().stream().map(starts::withoutPlace).toList();
        var form = new Kernel.Loop(withoutFirst(loop.extents()), nodes, stores);
        int axis = loop.extents().size() - 1;
        boolean vectors = generating && contiguous(form.nodes(), axis);
        for (var store : stores) vectors &= store.to().strides().get(axis) == 1;
        if (!vectors) return new InterpretedLoop(loop, memory);
        var body = bodies.computeIfAbsent(form, _ -> compile(name -> LoopCode.of(name, form)));
        if (body.isEmpty()) return new InterpretedLoop(loop, memory);
        var tiling = Tiling.of(loop.extents(), axis == 0);
        return tiling.task(body.get(), memory, starts.array(), threads);
    }

    Task task(Kernel.Fold fold, Memory memory, Threads threads) {
        var starts = new Starts(memory);
        var nodes = starts.withoutPlaces(fold.nodes());
        var to = starts.withoutPlace(fold.to());
        var extents = fold.kept() > 0 ? withoutFirst(fold.extents()) : fold.extents();
        var form = new Kernel.Fold(fold.kind(), extents, fold.kept(), fold.byLanes(), nodes, to);
        int axis = fold.byLanes() ? fold.extents().size() - 1 : fold.kept() - 1;
        boolean vectors =
                generating
                        && fold.to().to().buffer().dtype() == DType.F32
                        && contiguous(form.nodes(), axis)
                        && (fold.byLanes() || to.to().strides().get(axis) == 1);
        if (!vectors) return new InterpretedFold(fold, memory);
        var body = bodies.computeIfAbsent(form, _ -> compile(name -> FoldCode.of(name, form)));
        if (body.isEmpty()) return new InterpretedFold(fold, memory);
        var tiling =
                fold.kept() == 0
                        ? Tiling.ONE
                        : Tiling.of(fold.extents(), !fold.byLanes() && axis == 0);
        return tiling.task(body.get(), memory, starts.array(), threads);
    }

    private static List<Integer> withoutFirst(List<Integer> extents) {
        var form = new ArrayList<>(extents);
        form.set(0, 1);
        return form;
    }

    /// Whether every load is contiguous or constant along `axis`.
    private static boolean contiguous(List<Node> nodes, int axis) {
        for (var node : nodes) {
            if (node instanceof Node.Load(var access)) {
                int stride = access.strides().get(axis);
                if (stride != 0 && stride != 1) return false;
            }
        }
        return true;
    }

    /// Replaces places by positions in [LoopBody#run]'s `starts`, which it collects.
    private static final class Starts {
        private final Memory memory;
        private final List<Integer> starts = new ArrayList<>();

        Starts(Memory memory) {
            this.memory = memory;
        }

        List<Node> withoutPlaces(List<Node> nodes) {
            return nodes.stream().map(this::withoutPlace).toList();
        }

        private Node withoutPlace(Node node) {
            return switch (node) {
                case Node.Load(var access) -> new Node.Load(withoutPlace(access));
                case Node.Index index -> index;
                case Node.Constant constant -> constant;
                case Node.Apply apply -> apply;
            };
        }

        Store withoutPlace(Store store) {
            return new Store(withoutPlace(store.to()), store.node());
        }

        private Access withoutPlace(Access access) {
            starts.add(Walk.start(access, memory));
            var any = new Buffer(starts.size() - 1, access.buffer().dtype(), 1);
            return new Access(any, 0, access.strides());
        }

        int[] array() {
            return Walk.array(starts);
        }
    }

    /// How the outermost axis is shared out.
    ///
    /// @param extent of the outermost axis
    /// @param step indices in one tile
    private record Tiling(int extent, int step) {
        static final Tiling ONE = new Tiling(1, 1);

        static Tiling of(List<Integer> extents, boolean vectorsAlongFirst) {
            int inner = Walk.count(extents.subList(1, extents.size()));
            int step = Math.max(1, TILE_POINTS / inner);
            if (vectorsAlongFirst) step = Math.ceilDiv(step, 16) * 16;
            return new Tiling(extents.getFirst(), step);
        }

        Task task(LoopBody body, Memory memory, int[] starts, Threads threads) {
            var f = memory.floats();
            var i = memory.ints();
            int tiles = Math.ceilDiv(extent, step);
            if (tiles == 1) return () -> body.run(f, i, starts, 0, extent);
            Threads.Body tile =
                    (index, _) -> {
                        int from = index * step;
                        body.run(f, i, starts, from, Math.min(extent, from + step));
                    };
            return () -> threads.forEach(tiles, tile);
        }
    }

    private interface Code {
        byte[] of(ClassDesc name);
    }

    /// An instance of a new hidden class, or nothing if its code is too long to be compiled.
    private static Optional<LoopBody> compile(Code code) {
        byte[] bytes = code.of(ClassDesc.of("motley.cpu.FusedLoop"));
        if (codeBytes(bytes) > CODE_BYTES_MAX) return Optional.empty();
        try {
            var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            var constructor =
                    lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class));
            return Optional.of((LoopBody) constructor.invoke());
        } catch (Throwable e) {
            throw new IllegalStateException("generated code was refused", e);
        }
    }

    private static int codeBytes(byte[] bytes) {
        for (var method : ClassFile.of().parse(bytes).methods()) {
            if (!method.methodName().equalsString("run")) continue;
            if (method.code().orElseThrow() instanceof CodeAttribute code) return code.codeLength();
        }
        throw new IllegalStateException("no method run");
    }
}
