package motley.program;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Type rules of [Op.Movement].
final class MovementTypes {
    private MovementTypes() {}

    static TensorType infer(Op.Movement op, List<TensorType> in) {
        var x = in.getFirst();
        return switch (op) {
            case Op.Reshape(var shape) -> {
                require(
                        shape.count() == x.shape().count(),
                        "%s: operand %s (expected: %d elements)",
                        op,
                        x,
                        shape.count());
                yield x.with(shape);
            }
            case Op.Transpose(var permutation) -> transpose(op, x, permutation);
            case Op.Broadcast(var shape, var axes) -> broadcast(op, x, shape, axes);
            case Op.Slice slice -> slice(slice, x);
            case Op.Pad pad -> pad(pad, x);
            case Op.Concatenate(int axis) -> concatenate(op, axis, in);
            case Op.Reverse(var axes) -> {
                TypeRules.requireAxes(op, x, axes);
                yield x;
            }
        };
    }

    private static TensorType transpose(Op op, TensorType x, List<Integer> permutation) {
        var sorted = permutation.stream().sorted().toList();
        var axes = IntStream.range(0, x.shape().rank()).boxed().toList();
        require(sorted.equals(axes), "%s: operand %s (expected: every axis once)", op, x);
        return x.with(new Shape(permutation.stream().map(x.shape()::dim).toList()));
    }

    private static TensorType broadcast(Op op, TensorType x, Shape shape, List<Integer> axes) {
        TypeRules.requireAxes(op, x.with(shape), axes);
        var covered = axes.stream().map(shape::dim).toList();
        require(
                covered.equals(x.shape().dims()),
                "%s: operand %s (expected: shape %s)",
                op,
                x,
                covered);
        return x.with(shape);
    }

    private static TensorType slice(Op.Slice op, TensorType x) {
        requirePerAxis(op, x, List.of(op.starts(), op.limits(), op.strides()));
        var dims = new ArrayList<Integer>();
        for (int axis = 0; axis < x.shape().rank(); axis++) {
            int start = op.starts().get(axis);
            int limit = op.limits().get(axis);
            int stride = op.strides().get(axis);
            require(
                    0 <= start && start < limit && limit <= x.shape().dim(axis) && stride >= 1,
                    "%s: operand %s (expected: 0 <= start < limit <= size, stride >= 1)",
                    op,
                    x);
            dims.add(Math.ceilDiv(limit - start, stride));
        }
        return x.with(new Shape(dims));
    }

    private static TensorType pad(Op.Pad op, TensorType x) {
        requirePerAxis(op, x, List.of(op.low(), op.high(), op.interior()));
        var dims = new ArrayList<Integer>();
        for (int axis = 0; axis < x.shape().rank(); axis++) {
            long low = op.low().get(axis);
            long high = op.high().get(axis);
            long interior = op.interior().get(axis);
            require(low >= 0 && high >= 0 && interior >= 0, "%s: (expected: none negative)", op);
            long size = x.shape().dim(axis);
            long padded = low + size + (size - 1) * interior + high;
            require(padded <= Integer.MAX_VALUE, "%s: axis %d too long: %d", op, axis, padded);
            dims.add((int) padded);
        }
        return x.with(new Shape(dims));
    }

    private static TensorType concatenate(Op op, int axis, List<TensorType> in) {
        var first = in.getFirst();
        TypeRules.requireAxes(op, first, List.of(axis));
        long total = 0;
        for (var x : in) {
            boolean fits =
                    x.dtype() == first.dtype()
                            && x.shape().rank() == first.shape().rank()
                            && without(x, axis).equals(without(first, axis));
            require(fits, "%s: operands %s (expected: equal but for axis %d)", op, in, axis);
            total += x.shape().dim(axis);
        }
        require(total <= Integer.MAX_VALUE, "%s: axis %d too long: %d", op, axis, total);
        var dims = new ArrayList<>(first.shape().dims());
        dims.set(axis, (int) total);
        return first.with(new Shape(dims));
    }

    private static Shape without(TensorType x, int axis) {
        return x.shape().without(List.of(axis));
    }

    private static void requirePerAxis(Op op, TensorType x, List<List<Integer>> lists) {
        for (var list : lists) {
            require(
                    list.size() == x.shape().rank(),
                    "%s: operand %s (expected: one number per axis)",
                    op,
                    x);
        }
    }
}
