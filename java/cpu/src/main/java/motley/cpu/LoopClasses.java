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
import java.util.stream.IntStream;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Store;
import motley.tensor.DType;

/// Renders fused loops and folds: generated classes, shared by kernels that differ only in place
/// and outermost extent; the interpreter for the few forms that have no vector code.
///
/// Confined to one thread.
final class LoopClasses {
    /// HotSpot compiles no method longer than this many bytes.
    private static final int CODE_BYTES_MAX = 7_900;

    /// Lanes of the shortest vectors that are gathered by an instruction.
    private static final int GATHER_LANES_MIN = 8;

    private final Map<Kernel, Optional<LoopBody>> bodies = new HashMap<>();
    private final boolean generating;

    /// @param generating false to interpret everything: slow, with the same bits
    LoopClasses(boolean generating) {
        this.generating = generating;
    }

    /// For each of `workers` what computes `stage`; generated code is shared by all.
    List<LoopBody> bodies(Kernel.Stage stage, int workers) {
        var generated = generated(stage);
        return IntStream.range(0, workers)
                .mapToObj(_ -> generated.orElseGet(() -> interpreted(stage)))
                .toList();
    }

    private static LoopBody interpreted(Kernel.Stage stage) {
        return switch (stage) {
            case Kernel.Loop loop -> new InterpretedLoop(loop);
            case Kernel.Fold fold -> new InterpretedFold(fold);
        };
    }

    private Optional<LoopBody> generated(Kernel.Stage stage) {
        if (!generating) return Optional.empty();
        return switch (stage) {
            case Kernel.Loop loop -> generated(loop);
            case Kernel.Fold fold -> generated(fold);
        };
    }

    private Optional<LoopBody> generated(Kernel.Loop loop) {
        var form =
                new Kernel.Loop(
                        withoutFirst(loop.extents()),
                        withoutPlaces(loop.nodes()),
                        loop.stores().stream().map(LoopClasses::withoutPlace).toList());
        int axis = LaneMaps.axis(loop);
        boolean vectors = canLoad(form, axis);
        for (var store : form.stores()) vectors &= store.to().strides().get(axis) == 1;
        if (!vectors) return Optional.empty();
        return bodies.computeIfAbsent(form, _ -> compile(name -> LoopCode.of(name, form)));
    }

    private Optional<LoopBody> generated(Kernel.Fold fold) {
        var extents = fold.kept() > 0 ? withoutFirst(fold.extents()) : fold.extents();
        var form =
                new Kernel.Fold(
                        fold.kind(),
                        extents,
                        fold.kept(),
                        fold.byLanes(),
                        withoutPlaces(fold.nodes()),
                        withoutPlace(fold.to()));
        int axis = LaneMaps.axis(fold);
        boolean vectors =
                axis >= 0
                        && fold.to().to().buffer().dtype() == DType.F32
                        && canLoad(form, axis)
                        && (fold.byLanes() || fold.to().to().strides().get(axis) == 1);
        if (!vectors) return Optional.empty();
        return bodies.computeIfAbsent(form, _ -> compile(name -> FoldCode.of(name, form)));
    }

    private static List<Integer> withoutFirst(List<Integer> extents) {
        var form = new ArrayList<>(extents);
        form.set(0, 1);
        return form;
    }

    /// Whether vectors can be loaded along the axis. Lanes that lie apart need an instruction that
    /// short vectors do not have, and whole vectors: the Vector API checks the bounds of masked
    /// lanes too.
    private static boolean canLoad(Kernel.Stage stage, int axis) {
        boolean gathers =
                LoopCode.LANES >= GATHER_LANES_MIN
                        && axis > 0
                        && stage.extents().get(axis) % Kernel.Fold.LANES == 0;
        for (var node : stage.nodes()) {
            if (node instanceof Node.Load(var access)) {
                int stride = access.strides().get(axis);
                if (stride != 0 && stride != 1 && !gathers) return false;
            }
        }
        return true;
    }

    /// Places are arguments of generated code: they are no part of its form.
    private static List<Node> withoutPlaces(List<Node> nodes) {
        return nodes.stream().map(LoopClasses::withoutPlace).toList();
    }

    private static Node withoutPlace(Node node) {
        return switch (node) {
            case Node.Load(var access) -> new Node.Load(withoutPlace(access));
            case Node.Index index -> index;
            case Node.Constant constant -> constant;
            case Node.Apply apply -> apply;
        };
    }

    private static Store withoutPlace(Store store) {
        return new Store(withoutPlace(store.to()), store.node());
    }

    private static Access withoutPlace(Access access) {
        var any = new Buffer(0, access.buffer().dtype(), 1);
        return new Access(any, 0, access.strides());
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
