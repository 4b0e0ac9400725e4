package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Store;
import motley.program.Equation;
import motley.program.Op;
import motley.tensor.Shape;

/// Batched matrix products out of general contractions: batch, row, contracted and column axes
/// become one axis each, read in place where the operand's index map allows it.
final class Products {
    private final Lowering lowering;

    Products(Lowering lowering) {
        this.lowering = lowering;
    }

    void emit(Equation e, Op.DotGeneral dot, Buffer out) {
        var left = lowering.view(e.in().get(0));
        var right = lowering.view(e.in().get(1));
        var rows = free(left, dot.leftBatch(), dot.leftContracted());
        var cols = free(right, dot.rightBatch(), dot.rightContracted());
        var leftGroups = List.of(dot.leftBatch(), rows, dot.leftContracted());
        var rightGroups = List.of(dot.rightBatch(), dot.rightContracted(), cols);
        var extents =
                List.of(
                        count(left, dot.leftBatch()),
                        count(left, rows),
                        count(left, dot.leftContracted()),
                        count(right, cols));
        emitProduct(extents, matrix(left, leftGroups), matrix(right, rightGroups), out);
    }

    private void emitProduct(List<Integer> extents, Access left, Access right, Buffer out) {
        lowering.emit(new Kernel.Product(extents, left, right, out));
    }

    private static List<Integer> free(View view, List<Integer> batch, List<Integer> contracted) {
        var axes = new ArrayList<Integer>();
        for (int axis = 0; axis < view.shape().rank(); axis++) {
            if (!batch.contains(axis) && !contracted.contains(axis)) axes.add(axis);
        }
        return axes;
    }

    private static int count(View view, List<Integer> axes) {
        int count = 1;
        for (int axis : axes) count *= view.shape().dim(axis);
        return count;
    }

    /// `view` with each group of axes as one axis, copied unless it is dense that way.
    private Access matrix(View view, List<List<Integer>> groups) {
        return inPlace(view, groups).orElseGet(() -> copied(view, groups));
    }

    private Optional<Access> inPlace(View view, List<List<Integer>> groups) {
        if (!lowering.hasMemory(view.base())) return Optional.empty();
        var strides = new ArrayList<Integer>();
        for (var group : groups) {
            var stride = view.mergedStride(group);
            if (stride.isEmpty()) return Optional.empty();
            strides.add(stride.get());
        }
        var bounded = bounded(view, groups, strides);
        return bounded.map(s -> lowering.access(view).with(view.offset(), s));
    }

    /// The strides in the form that kernels take: dense, the two matrix axes in either order.
    private static Optional<List<Integer>> bounded(
            View view, List<List<Integer>> groups, List<Integer> strides) {
        int batch = count(view, groups.get(0));
        int first = count(view, groups.get(1));
        int second = count(view, groups.get(2));
        boolean stacked = batch == 1 || strides.get(0) == first * second;
        boolean byRows = is(strides.get(1), second, first) && is(strides.get(2), 1, second);
        boolean byCols = is(strides.get(1), 1, first) && is(strides.get(2), first, second);
        if (!stacked || (!byRows && !byCols)) return Optional.empty();
        return Optional.of(
                byRows ? List.of(first * second, second, 1) : List.of(first * second, 1, first));
    }

    /// The stride of an axis of size 1 does not matter.
    private static boolean is(int stride, int expected, int size) {
        return size == 1 || stride == expected;
    }

    private Access copied(View view, List<List<Integer>> groups) {
        var order = new ArrayList<Integer>();
        groups.forEach(order::addAll);
        var moved = view.transpose(order);
        var to = lowering.newBuffer(view.base().type().dtype(), view.shape().count());
        var nodes = new NodeList();
        int value = lowering.read(nodes, moved);
        var dense = new Access(to, 0, View.dense(moved.shape()));
        lowering.emit(Lowering.loop(moved.shape(), nodes, List.of(new Store(dense, value))));
        var sizes =
                Shape.of(
                        count(view, groups.get(0)),
                        count(view, groups.get(1)),
                        count(view, groups.get(2)));
        return new Access(to, 0, View.dense(sizes));
    }
}
