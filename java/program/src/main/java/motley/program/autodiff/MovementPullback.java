package motley.program.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import motley.program.Op;
import motley.program.Var;
import motley.tensor.Shape;

/// Pullback rules of [Op.Movement]: every element's cotangent goes back to where the element came
/// from, and the cotangents of copies add up.
final class MovementPullback {
    private MovementPullback() {}

    static Var pull(Use use, Op.Movement op) {
        var b = use.b();
        var g = use.g();
        var shape = use.shape();
        return switch (op) {
            case Op.Reshape _ -> b.reshape(g, shape);
            case Op.Transpose(var permutation) ->
                    b.transpose(g, inverse(permutation).toArray(Integer[]::new));
            case Op.Broadcast(var repeated, var axes) -> {
                var added = others(repeated, axes);
                yield added.length == 0 ? g : b.sum(g, added);
            }
            case Op.Slice slice -> b.apply(padBack(slice, shape), g);
            case Op.Pad pad -> b.apply(sliceBack(pad, shape), g);
            case Op.Concatenate(int axis) -> b.apply(part(use, axis), g);
            case Op.Reverse _ -> b.apply(op, g);
        };
    }

    /// The axes of `shape` that `axes` does not name.
    static Integer[] others(Shape shape, List<Integer> axes) {
        var others = IntStream.range(0, shape.rank()).filter(axis -> !axes.contains(axis));
        return others.boxed().toArray(Integer[]::new);
    }

    static List<Integer> inverse(List<Integer> permutation) {
        return IntStream.range(0, permutation.size()).map(permutation::indexOf).boxed().toList();
    }

    /// Puts the elements that `slice` takes from `shape` back among zeros.
    private static Op.Pad padBack(Op.Slice slice, Shape shape) {
        var high = new ArrayList<Integer>();
        var interior = new ArrayList<Integer>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            int start = slice.starts().get(axis);
            int stride = slice.strides().get(axis);
            int last = start + (slice.limits().get(axis) - 1 - start) / stride * stride;
            high.add(shape.dim(axis) - 1 - last);
            interior.add(stride - 1);
        }
        return new Op.Pad(slice.starts(), high, interior);
    }

    /// Takes the elements of `shape` back out of the zeros that `pad` has put around them.
    private static Op.Slice sliceBack(Op.Pad pad, Shape shape) {
        var limits = new ArrayList<Integer>();
        var strides = new ArrayList<Integer>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            int stride = pad.interior().get(axis) + 1;
            int last = pad.low().get(axis) + (shape.dim(axis) - 1) * stride;
            limits.add(last + 1);
            strides.add(stride);
        }
        return new Op.Slice(pad.low(), limits, strides);
    }

    /// Takes the operand's part out of a concatenation.
    private static Op.Slice part(Use use, int axis) {
        int start = 0;
        for (int i = 0; i < use.operand(); i++) start += use.in(i).type().shape().dim(axis);
        var whole = use.g().type().shape();
        var starts = new ArrayList<>(Collections.nCopies(whole.rank(), 0));
        var limits = new ArrayList<>(whole.dims());
        starts.set(axis, start);
        limits.set(axis, start + use.shape().dim(axis));
        return new Op.Slice(starts, limits, Collections.nCopies(whole.rank(), 1));
    }
}
