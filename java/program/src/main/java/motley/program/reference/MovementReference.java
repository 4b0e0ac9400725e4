package motley.program.reference;

import java.util.List;
import motley.program.Op;
import motley.tensor.TensorType;

/// Meaning of [Op.Movement]: which element of the operand stands at each index of the result.
final class MovementReference {
    private MovementReference() {}

    static Values evaluate(Op.Movement op, List<Values> in, TensorType out) {
        var x = in.getFirst();
        var from = new int[x.type().shape().rank()];
        return switch (op) {
            case Op.Reshape _ -> x.as(out);
            case Op.Transpose(var permutation) ->
                    Values.tabulate(
                            out,
                            to -> {
                                for (int i = 0; i < to.length; i++)
                                    from[permutation.get(i)] = to[i];
                                return x.at(from);
                            });
            case Op.Broadcast(_, var axes) ->
                    Values.tabulate(
                            out,
                            to -> {
                                for (int i = 0; i < from.length; i++) from[i] = to[axes.get(i)];
                                return x.at(from);
                            });
            case Op.Slice slice ->
                    Values.tabulate(
                            out,
                            to -> {
                                for (int i = 0; i < to.length; i++) {
                                    from[i] =
                                            slice.starts().get(i) + to[i] * slice.strides().get(i);
                                }
                                return x.at(from);
                            });
            case Op.Pad pad ->
                    Values.tabulate(out, to -> findPadded(pad, x, to, from) ? x.at(from) : 0);
            case Op.Concatenate(int axis) -> concatenate(axis, in, out);
            case Op.Reverse(var axes) ->
                    Values.tabulate(
                            out,
                            to -> {
                                for (int i = 0; i < to.length; i++) {
                                    int last = out.shape().dim(i) - 1;
                                    from[i] = axes.contains(i) ? last - to[i] : to[i];
                                }
                                return x.at(from);
                            });
        };
    }

    /// Whether an element of `x`, and not a padding zero, stands at `to`; if so, `from` says which.
    private static boolean findPadded(Op.Pad pad, Values x, int[] to, int[] from) {
        for (int i = 0; i < to.length; i++) {
            int offset = to[i] - pad.low().get(i);
            int step = pad.interior().get(i) + 1;
            from[i] = offset / step;
            boolean element = offset >= 0 && offset % step == 0;
            if (!element || from[i] >= x.type().shape().dim(i)) return false;
        }
        return true;
    }

    private static Values concatenate(int axis, List<Values> in, TensorType out) {
        return Values.tabulate(
                out,
                to -> {
                    var from = to.clone();
                    int part = 0;
                    while (from[axis] >= in.get(part).type().shape().dim(axis)) {
                        from[axis] -= in.get(part).type().shape().dim(axis);
                        part++;
                    }
                    return in.get(part).at(from);
                });
    }
}
