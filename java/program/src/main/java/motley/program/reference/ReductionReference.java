package motley.program.reference;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import motley.program.Op;
import motley.program.ReduceKind;
import motley.tensor.TensorType;

/// Meaning of [Op.Reduction].
final class ReductionReference {
    private ReductionReference() {}

    static Values evaluate(Op.Reduction op, Values x, TensorType out) {
        return switch (op) {
            case Op.Reduce(var kind, var axes) -> {
                var folded = new double[out.shape().count()];
                Arrays.fill(folded, neutral(kind));
                var fold = function(kind);
                Grid.forEachFolded(
                        x.type().shape(),
                        axes,
                        (i, o) -> folded[o] = fold.applyAsDouble(folded[o], x.get(i)));
                yield Values.owning(out, folded);
            }
            case Op.ArgMax(int axis) -> {
                var shape = x.type().shape();
                var winners = new int[out.shape().count()];
                Arrays.fill(winners, -1);
                Grid.forEachFolded(
                        shape,
                        List.of(axis),
                        (i, o) -> {
                            int best = winners[o];
                            if (best < 0 || beats(x.get(i), x.get(best))) winners[o] = i;
                        });
                int stride = shape.strides()[axis];
                var indices = new double[winners.length];
                Arrays.setAll(indices, o -> winners[o] / stride % shape.dim(axis));
                yield Values.owning(out, indices);
            }
        };
    }

    /// Whether a later element takes the place of an earlier one as the largest: equal ones do not,
    /// and nothing displaces a NaN.
    static boolean beats(double later, double earlier) {
        return later > earlier || (Double.isNaN(later) && !Double.isNaN(earlier));
    }

    private static double neutral(ReduceKind kind) {
        return switch (kind) {
            case SUM -> 0;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
    }

    private static DoubleBinaryOperator function(ReduceKind kind) {
        return switch (kind) {
            case SUM -> Double::sum;
            case MAX -> Math::max;
            case MIN -> Math::min;
        };
    }
}
