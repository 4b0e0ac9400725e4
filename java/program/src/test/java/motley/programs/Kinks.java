package motley.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.program.BinaryKind;
import motley.program.Op;
import motley.program.ReduceKind;
import motley.program.UnaryKind;
import motley.program.Window;
import motley.program.reference.Accuracy;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Where operations are not differentiable.
final class Kinks {
    private Kinks() {}

    /// Whether `op` has a kink within the radii of its operands. Results other than f32 need no
    /// check: a jump shows as their radius.
    static boolean near(Op op, List<Enclosure> in) {
        return switch (op) {
            case Op.Unary(var kind) -> unary(kind, in.getFirst());
            case Op.Binary(var kind) when kind == BinaryKind.MAX || kind == BinaryKind.MIN ->
                    meet(in.get(0), in.get(1));
            case Op.Reduce(var kind, var axes) when kind != ReduceKind.SUM ->
                    contested(kind == ReduceKind.MAX ? in.getFirst() : negated(in), axes);
            case Op.MaxPool(var window) -> contested(in.getFirst(), window);
            case Op.MaxPoolGradient(var window) -> contested(in.getFirst(), window);
            case Op.MaxPoolPick(var window) -> contested(in.getFirst(), window);
            case Op.Elementwise _, Op.Movement _, Op.Reduction _, Op.Windowed _ -> false;
            case Op.Contraction _, Op.Indexing _, Op.Source _ -> false;
        };
    }

    private static boolean unary(UnaryKind kind, Enclosure x) {
        return switch (kind) {
            case ABS, SIGN -> crosses(x, 0);
            case FLOOR -> moves(new Op.Unary(UnaryKind.FLOOR), List.of(x));
            case NEG, EXP, LOG, LOG1P, EXPM1, TANH, LOGISTIC, SQRT, RSQRT, SIN, COS, ERF, NOT ->
                    false;
        };
    }

    private static boolean crosses(Enclosure x, double bound) {
        return IntStream.range(0, x.center().count())
                .anyMatch(i -> Math.abs(x.center().get(i) - bound) <= x.radius().get(i));
    }

    private static boolean meet(Enclosure x, Enclosure y) {
        var difference = x.center().zip(y.center(), (p, q) -> p - q);
        return crosses(new Enclosure(difference, x.radius().zip(y.radius(), Double::sum)), 0);
    }

    /// Whether it is open which element is the largest over `axes`.
    private static boolean contested(Enclosure x, List<Integer> axes) {
        var shape = x.center().type().shape();
        var order = new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
        order.removeAll(axes);
        int groups = shape.without(axes).count();
        order.addAll(axes);
        var type = TensorType.f32().with(new Shape(order.stream().map(shape::dim).toList()));
        var sorted = apply(new Op.Transpose(order), List.of(x), type);
        var rows = TensorType.f32(groups, shape.count() / groups);
        var table = apply(new Op.Reshape(rows.shape()), List.of(sorted), rows);
        return moves(new Op.ArgMax(1), List.of(table), TensorType.i32(groups));
    }

    /// Whether it is open which element of a window is the largest: its position would show it.
    private static boolean contested(Enclosure x, Window window) {
        var next = new int[1];
        var positions = Values.tabulate(x.center().type(), _ -> next[0]++);
        var in = List.of(x, Enclosure.exact(positions));
        var types = in.stream().map(e -> e.center().type()).toList();
        var op = new Op.MaxPoolPick(window);
        return moves(op, in, motley.program.TypeRules.infer(op, types));
    }

    private static Enclosure negated(List<Enclosure> in) {
        var x = in.getFirst();
        return new Enclosure(x.center().map(v -> -v), x.radius());
    }

    private static boolean moves(Op op, List<Enclosure> in) {
        return moves(op, in, in.getFirst().center().type());
    }

    private static boolean moves(Op op, List<Enclosure> in, TensorType out) {
        return apply(op, in, out).radius().sum() > 0;
    }

    private static Enclosure apply(Op op, List<Enclosure> in, TensorType out) {
        return ErrorBound.apply(op, in, out, Accuracy.FLOAT64);
    }
}
