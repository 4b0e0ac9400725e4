package motley.wasm;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Store;
import motley.wasm.binary.FunctionType;

/// A loop or fold without its places and the extent of its outermost axis: kernels of one form
/// share a function.
///
/// Its arguments are the outermost extent, then a place for each load, each index and each store:
/// addresses in bytes, and the number an index begins with.
///
/// @param stage with offsets of 0, an outermost extent of 0 and buffers that have only a type
record StageForm(Kernel.Stage stage) {
    static StageForm of(Kernel.Stage stage) {
        var extents = new ArrayList<>(stage.extents());
        extents.set(0, 0);
        var nodes = stage.nodes().stream().map(StageForm::anywhere).toList();
        return new StageForm(
                switch (stage) {
                    case Kernel.Loop loop -> {
                        var stores = loop.stores().stream().map(StageForm::anywhere).toList();
                        yield new Kernel.Loop(extents, nodes, stores);
                    }
                    case Kernel.Fold fold -> {
                        var to = anywhere(fold.to());
                        // Without a kept axis there is nothing to divide.
                        var all = fold.kept() == 0 ? fold.extents() : extents;
                        yield new Kernel.Fold(
                                fold.kind(), all, fold.kept(), fold.byLanes(), nodes, to);
                    }
                });
    }

    private static Node anywhere(Node node) {
        return switch (node) {
            case Node.Load(var access) -> new Node.Load(anywhere(access));
            case Node.Index(_, var strides) -> new Node.Index(0, strides);
            case Node.Constant constant -> constant;
            case Node.Apply apply -> apply;
        };
    }

    private static Store anywhere(Store store) {
        return new Store(anywhere(store.to()), store.node());
    }

    private static Access anywhere(Access access) {
        return new Access(new Buffer(0, access.buffer().dtype(), 1), 0, access.strides());
    }

    FunctionType type() {
        return FunctionType.ofInts(1 + placed(stage) + stage.stores().size());
    }

    private static int placed(Kernel.Stage stage) {
        return (int) stage.nodes().stream().filter(StageForm::isPlaced).count();
    }

    /// Whether a place is passed for the node.
    static boolean isPlaced(Node node) {
        return switch (node) {
            case Node.Load _, Node.Index _ -> true;
            case Node.Constant _, Node.Apply _ -> false;
        };
    }

    /// The axis that vectors lie along; -1 if there is none.
    int vectorAxis() {
        return switch (stage) {
            case Kernel.Loop loop -> loop.extents().size() - 1;
            case Kernel.Fold fold -> fold.byLanes() ? fold.extents().size() - 1 : fold.kept() - 1;
        };
    }

    /// Whether the outermost extent is an argument.
    boolean isOpen() {
        return stage.extents().getFirst() == 0;
    }

    static List<Integer> strides(Node node) {
        return switch (node) {
            case Node.Load(var access) -> access.strides();
            case Node.Index(_, var strides) -> strides;
            case Node.Constant _, Node.Apply _ -> List.of();
        };
    }
}
