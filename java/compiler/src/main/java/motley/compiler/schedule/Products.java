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

    /// `view` with each group of axes as one axis, copied unless one of the two innermost groups is
    /// contiguous.
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

    /// The strides in the form that kernels take: the outer of the two matrix axes steps over whole
    /// rows of the inner, which is contiguous.
    private static Optional<List<Integer>> bounded(
            View view, List<List<Integer>> groups, List<Integer> strides) {
        int first = count(view, groups.get(1));
        int second = count(view, groups.get(2));
        int firstStride = first == 1 ? second : strides.get(1);
        int secondStride = second == 1 ? (first == 1 || firstStride != 1 ? 1 : first) : strides.get(2);
        boolean byRows = secondStride == 1 && firstStride >= second;
        boolean byCols = firstStride == 1 && secondStride >= first;
        if (!byRows && !byCols) return Optional.empty();
        return Optional.of(List.of(strides.get(0), firstStride, secondStride));
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
        var sizes = Shape.of(count(view, groups.get(0)), count(view, groups.get(1)), count(view, groups.get(2)));
        return new Access(to, 0, View.dense(sizes));
    }
}
