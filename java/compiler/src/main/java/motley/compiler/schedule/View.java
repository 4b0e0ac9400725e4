package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import motley.program.Op;
import motley.program.Var;
import motley.tensor.Shape;

/// The elements of `base` under another index map: index `(i₀, …)` of `shape` is element
/// `offset + Σ strides[a]·i_a` of the memory of `base`. Movement costs nothing while it is a view.
///
/// Where `base` is an [Op.Iota], which has no memory, the map gives the number itself.
record View(Var base, int offset, List<Integer> strides, Shape shape) {
    View {
        strides = List.copyOf(strides);
    }

    static View whole(Var base) {
        return new View(base, 0, dense(base.type().shape()), base.type().shape());
    }

    /// The view of the numbers of an [Op.Iota].
    static View counting(Var base, int axis) {
        var shape = base.type().shape();
        var strides = new ArrayList<>(Collections.nCopies(shape.rank(), 0));
        strides.set(axis, 1);
        return new View(base, 0, strides, shape);
    }

    static List<Integer> dense(Shape shape) {
        return IntStream.of(shape.strides()).boxed().toList();
    }

    /// Whether these are all elements of `base` in their order.
    boolean isWhole() {
        return offset == 0
                && shape.count() == base.type().shape().count()
                && sameMap(strides, dense(shape));
    }

    /// Strides of axes of size 1 do not matter.
    private boolean sameMap(List<Integer> some, List<Integer> other) {
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis) > 1 && !some.get(axis).equals(other.get(axis))) return false;
        }
        return true;
    }

    View transpose(List<Integer> permutation) {
        var moved = permutation.stream().map(strides::get).toList();
        return new View(base, offset, moved, new Shape(permuted(permutation)));
    }

    private List<Integer> permuted(List<Integer> permutation) {
        return permutation.stream().map(shape::dim).toList();
    }

    View broadcast(Shape to, List<Integer> axes) {
        var spread = new ArrayList<>(Collections.nCopies(to.rank(), 0));
        for (int i = 0; i < axes.size(); i++) spread.set(axes.get(i), strides.get(i));
        return new View(base, offset, spread, to);
    }

    View slice(Op.Slice op, Shape to) {
        int from = offset;
        var steps = new ArrayList<Integer>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            from += op.starts().get(axis) * strides.get(axis);
            steps.add(op.strides().get(axis) * strides.get(axis));
        }
        return new View(base, from, steps, to);
    }

    View reverse(List<Integer> axes) {
        int from = offset;
        var steps = new ArrayList<>(strides);
        for (int axis : axes) {
            from += (shape.dim(axis) - 1) * strides.get(axis);
            steps.set(axis, -strides.get(axis));
        }
        return new View(base, from, steps, shape);
    }

    /// The same elements in row-major order under `to`, or nothing if that needs a copy.
    Optional<View> reshape(Shape to) {
        if (to.equals(shape)) return Optional.of(this);
        var steps = new ArrayList<>(Collections.nCopies(to.rank(), 0));
        int from = 0;
        int into = 0;
        while (from < shape.rank() && into < to.rank()) {
            int fromEnd = from + 1;
            int intoEnd = into + 1;
            long fromCount = shape.dim(from);
            long intoCount = to.dim(into);
            while (fromCount != intoCount) {
                if (fromCount < intoCount) fromCount *= shape.dim(fromEnd++);
                else intoCount *= to.dim(intoEnd++);
            }
            var stride = mergedStride(from, fromEnd);
            if (stride.isEmpty()) return Optional.empty();
            int step = stride.get();
            for (int axis = intoEnd - 1; axis >= into; axis--) {
                steps.set(axis, step);
                step *= to.dim(axis);
            }
            from = fromEnd;
            into = intoEnd;
        }
        return Optional.of(new View(base, offset, steps, to));
    }

    /// The stride with which axes `[from, end)` act as one, if they do.
    private Optional<Integer> mergedStride(int from, int end) {
        return mergedStride(IntStream.range(from, end).boxed().toList());
    }

    /// The stride with which `axes`, outermost first, act as one axis, if they do; 0 if all have
    /// size 1.
    Optional<Integer> mergedStride(List<Integer> axes) {
        int innermost = 0;
        long expected = -1;
        boolean found = false;
        for (int axis : axes.reversed()) {
            if (shape.dim(axis) == 1) continue;
            long stride = strides.get(axis);
            if (!found) innermost = (int) stride;
            else if (stride != expected) return Optional.empty();
            found = true;
            expected = stride * shape.dim(axis);
        }
        return Optional.of(innermost);
    }
}
