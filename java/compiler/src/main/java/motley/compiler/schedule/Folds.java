package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Store;
import motley.program.ReduceKind;
import motley.tensor.Shape;

/// Kernels for reductions.
///
/// A long fold is cut into blocks of fixed size whose partial results are folded in turn: rounding
/// errors grow with the block, not with the whole, threads have something to share, and the
/// grouping depends on the shape alone.
final class Folds {
    /// Elements of one block when lanes run along the folded axis.
    static final int LANES_BLOCK = 8192;

    /// Elements of one block when every kept element has an accumulator of its own.
    static final int COLUMN_BLOCK = 512;

    private final Lowering lowering;

    Folds(Lowering lowering) {
        this.lowering = lowering;
    }

    /// Folds node `to.node()` over `axes` of `shape` into the dense buffer of `to`.
    void emit(ReduceKind kind, Shape shape, List<Integer> axes, List<Node> nodes, Store to) {
        int fastest = fastestAxis(nodes, shape);
        boolean byLanes = axes.contains(fastest);
        var keptAxes = IntStream.range(0, shape.rank()).boxed().filter(a -> !axes.contains(a));
        var order = new ArrayList<>(keptAxes.toList());
        int kept = order.size();
        order.addAll(axes);
        var extents = order.stream().map(shape::dim).toList();
        var strides = View.dense(new Shape(extents.subList(0, kept)));
        var out = to.to().with(0, strides);
        var fold =
                new Kernel.Fold(
                        kind,
                        extents,
                        kept,
                        byLanes,
                        Axes.reorder(nodes, order),
                        new Store(out, to.node()));
        split(Axes.collapse(fold));
    }

    /// The axis along which most operands are contiguous; the last of them if several.
    private static int fastestAxis(List<Node> nodes, Shape shape) {
        int best = shape.rank() - 1;
        int votesMost = 0;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            if (shape.dim(axis) == 1) continue;
            int votes = 0;
            for (var node : nodes) {
                if (node instanceof Node.Load(var a) && a.strides().get(axis) == 1) votes++;
            }
            if (votes > votesMost) {
                best = axis;
                votesMost = votes;
            }
        }
        return best;
    }

    private void split(Kernel.Fold fold) {
        int outer = fold.extents().get(fold.kept());
        long folded = count(fold.extents().subList(fold.kept(), fold.extents().size()));
        int target = fold.byLanes() ? LANES_BLOCK : COLUMN_BLOCK;
        long rest = folded / outer;
        int block = (int) Math.max(1, target / rest);
        int blocks = outer / block;
        if (folded < 2L * target || blocks < 2) {
            lowering.emit(fold);
            return;
        }
        int left = outer - blocks * block;
        int keptCount = (int) count(fold.extents().subList(0, fold.kept()));
        int rows = left == 0 ? blocks : blocks + 1;
        var to = fold.to().to();
        var partial = lowering.newBuffer(to.buffer().dtype(), Math.multiplyExact(rows, keptCount));
        lowering.emit(blocks(fold, blocks, block, new Access(partial, 0, List.of(keptCount))));
        if (left > 0) {
            var last = new Access(partial, blocks * keptCount, List.of(0));
            lowering.emit(rest(fold, blocks * block, left, last));
        }
        combine(fold, rows, partial);
    }

    /// The first `blocks · block` of the outermost folded axis, one partial for each block.
    private static Kernel.Fold blocks(Kernel.Fold fold, int blocks, int block, Access partial) {
        int kept = fold.kept();
        var extents = new ArrayList<>(fold.extents());
        extents.set(kept, block);
        extents.addFirst(blocks);
        var nodes = new ArrayList<Node>();
        for (var node : fold.nodes()) {
            nodes.add(
                    shifted(
                            node,
                            0,
                            s -> {
                                var steps = new ArrayList<>(s);
                                steps.addFirst(s.get(kept) * block);
                                return steps;
                            }));
        }
        return partialFold(fold, extents, nodes, partial);
    }

    /// The `left` elements from `start` on of the outermost folded axis, as one more partial.
    private static Kernel.Fold rest(Kernel.Fold fold, int start, int left, Access partial) {
        int kept = fold.kept();
        var extents = new ArrayList<>(fold.extents());
        extents.set(kept, left);
        extents.addFirst(1);
        var nodes = new ArrayList<Node>();
        for (var node : fold.nodes()) {
            int skipped = start * strideAt(node, kept);
            nodes.add(
                    shifted(
                            node,
                            skipped,
                            s -> {
                                var steps = new ArrayList<>(s);
                                steps.addFirst(0);
                                return steps;
                            }));
        }
        return partialFold(fold, extents, nodes, partial);
    }

    private static Kernel.Fold partialFold(
            Kernel.Fold fold, List<Integer> extents, List<Node> nodes, Access partial) {
        var keptExtents = fold.extents().subList(0, fold.kept());
        var strides = new ArrayList<>(View.dense(new Shape(keptExtents)));
        strides.addFirst(partial.strides().getFirst());
        var to = new Store(partial.with(partial.offset(), strides), fold.to().node());
        return new Kernel.Fold(fold.kind(), extents, fold.kept() + 1, fold.byLanes(), nodes, to);
    }

    private void combine(Kernel.Fold fold, int rows, motley.compiler.kernel.Buffer partial) {
        int kept = fold.kept();
        var keptExtents = fold.extents().subList(0, kept);
        var extents = new ArrayList<>(keptExtents);
        extents.add(rows);
        var strides = new ArrayList<>(View.dense(new Shape(keptExtents)));
        strides.add((int) count(keptExtents));
        List<Node> nodes = List.of(new Node.Load(new Access(partial, 0, strides)));
        var to = new Store(fold.to().to(), 0);
        boolean scalar = count(keptExtents) == 1;
        lowering.emit(
                Axes.collapse(new Kernel.Fold(fold.kind(), extents, kept, scalar, nodes, to)));
    }

    private static int strideAt(Node node, int axis) {
        return switch (node) {
            case Node.Load(var a) -> a.strides().get(axis);
            case Node.Index(_, var strides) -> strides.get(axis);
            case Node.Constant _, Node.Apply _ -> 0;
        };
    }

    private static Node shifted(
            Node node, int by, java.util.function.UnaryOperator<List<Integer>> steps) {
        return switch (node) {
            case Node.Load(var a) ->
                    new Node.Load(a.with(a.offset() + by, steps.apply(a.strides())));
            case Node.Index(int offset, var strides) ->
                    new Node.Index(offset + by, steps.apply(strides));
            case Node.Constant c -> c;
            case Node.Apply a -> a;
        };
    }

    private static long count(List<Integer> extents) {
        long count = 1;
        for (int extent : extents) count *= extent;
        return count;
    }
}
