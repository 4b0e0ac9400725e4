package motley.program.reference;

import java.util.List;
import motley.tensor.Shape;

/// The indices of a shape and their positions in row-major order.
final class Grid {
    private Grid() {}

    /// Visits every index in row-major order. The array is reused from one visit to the next.
    static void forEach(Shape shape, Visitor visitor) {
        var index = new int[shape.rank()];
        int count = shape.count();
        for (int position = 0; position < count; position++) {
            visitor.visit(position, index);
            advance(shape, index);
        }
    }

    /// Visits every index of `shape` paired with the index that is left without `axes`.
    static void forEachFolded(Shape shape, List<Integer> axes, Pairing visitor) {
        var folded = shape.without(axes);
        var kept = new int[folded.rank()];
        forEach(
                shape,
                (member, index) -> {
                    int next = 0;
                    for (int axis = 0; axis < index.length; axis++) {
                        if (!axes.contains(axis)) kept[next++] = index[axis];
                    }
                    visitor.visit(member, position(folded, kept));
                });
    }

    static int position(Shape shape, int... index) {
        int position = 0;
        for (int axis = 0; axis < index.length; axis++) {
            position = position * shape.dim(axis) + index[axis];
        }
        return position;
    }

    private static void advance(Shape shape, int[] index) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            index[axis]++;
            if (index[axis] < shape.dim(axis)) return;
            index[axis] = 0;
        }
    }

    interface Visitor {
        void visit(int position, int[] index);
    }

    /// Visits the position of an element together with that of the result it contributes to.
    interface Pairing {
        void visit(int member, int group);
    }

    /// Visits the positions of two factors together with that of the sum their product belongs to.
    interface Product {
        void visit(int left, int right, int sum);
    }
}
