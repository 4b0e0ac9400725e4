package motley.program.reference;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.ReduceKind;
import motley.program.Var;
import motley.program.Window;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// How far an engine's results may be from those of [Reference]: a running error analysis, which
/// evaluates a program together with a bound on the error of every element.
///
/// Each operation passes the errors of its operands on, by its slope or, where it is monotone, by
/// evaluating it at both ends, and adds its own roundings. Sums may run in any order. A choice that
/// the errors leave open (a comparison of nearly equal numbers, a predicate, the largest of a
/// window, an index) is bounded by what the other choices would give; where that is unbounded, as
/// beyond the domain of a logarithm or after an overflow, the radius is infinite.
///
/// Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.3.
public final class ErrorBound {
    static final double UNKNOWN = Double.POSITIVE_INFINITY;

    private ErrorBound() {}

    /// The results of a well-typed `program` that an engine of the given accuracy may give for
    /// exact params.
    ///
    /// @throws IllegalArgumentException if the params are not of the program's types
    public static List<Enclosure> evaluate(
            Program program, List<Values> params, Accuracy accuracy) {
        return enclose(program, params.stream().map(Enclosure::exact).toList(), accuracy);
    }

    /// The results of a well-typed `program` that an engine of the given accuracy may give for any
    /// params within the enclosures.
    ///
    /// @throws IllegalArgumentException if the params are not of the program's types
    public static List<Enclosure> enclose(
            Program program, List<Enclosure> params, Accuracy accuracy) {
        Reference.requireTypes(program, params.stream().map(Enclosure::center).toList());
        var values = new HashMap<Var, Enclosure>();
        for (int i = 0; i < params.size(); i++) values.put(program.params().get(i), params.get(i));
        var definitions = new HashMap<Var, Equation>();
        for (var e : program.equations()) {
            definitions.put(e.out(), e);
            var in = e.in().stream().map(values::get).toList();
            var tie = TieMask.reduction(e, definitions);
            values.put(
                    e.out(),
                    tie.isPresent()
                            ? TieMask.enclose(tie.get(), in.getFirst(), in.get(1))
                            : apply(e.op(), in, e.out().type(), accuracy));
        }
        return program.results().stream().map(values::get).toList();
    }

    /// The result of one operation, whose type is `out`.
    public static Enclosure apply(Op op, List<Enclosure> in, TensorType out, Accuracy accuracy) {
        var y = Reference.evaluate(op, centers(in), out);
        var radius =
                switch (op) {
                    case Op.Elementwise e -> ElementwiseBound.radius(e, in, y, accuracy);
                    case Op.Movement m -> Reference.evaluate(m, radii(in), floats(y));
                    case Op.Reduction r -> reduction(r, in.getFirst(), y, accuracy);
                    case Op.Windowed w -> windowed(w, in, y, accuracy);
                    case Op.Contraction c -> contraction(c, in.get(0), in.get(1), y, accuracy);
                    case Op.Indexing i -> indexing(i, in, y, accuracy);
                    case Op.Source s -> source(s, in, y, accuracy);
                };
        return new Enclosure(
                y, y.zip(radius, (v, r) -> checked(v, r, out, accuracy)).as(floats(y)));
    }

    /// Adds what float64 rounds away in forming a radius from sums and differences of f32 values.
    /// Nothing is known of a number that may have overflowed or have become NaN. A number that is
    /// exact is right even then.
    private static double checked(double value, double radius, TensorType type, Accuracy accuracy) {
        if (radius == 0) return 0;
        boolean real = type.dtype() == DType.F32;
        double farthest = Math.abs(value) + radius;
        double largest = real ? accuracy.largest() : Integer.MAX_VALUE;
        if (!(farthest <= largest)) return UNKNOWN;
        return real ? radius + farthest * Accuracy.REFERENCE : radius;
    }

    /// The radius of an operation that increases, or decreases, in every operand.
    static Values monotone(Op op, List<Enclosure> in, Values y) {
        var high = Reference.evaluate(op, in.stream().map(Enclosure::high).toList(), y.type());
        var low = Reference.evaluate(op, in.stream().map(Enclosure::low).toList(), y.type());
        var above = high.zip(y, (h, v) -> Math.abs(h - v));
        return low.zip(y, (l, v) -> Math.abs(l - v)).zip(above, Math::max).as(floats(y));
    }

    /// The radius of sums of an operand's elements: the elements' errors add up, and each addition
    /// rounds once.
    ///
    /// @param sums the operation, which adds elements up without weights
    static Values sums(Enclosure x, Accuracy accuracy, UnaryOperator<Values> sums) {
        var terms = sums.apply(Values.filled(x.radius().type(), 1));
        var magnitude = sums.apply(x.magnitude());
        var own = terms.zip(magnitude, (n, m) -> accuracy.sum(Math.max(0, n - 1), m));
        return sums.apply(x.radius()).zip(own, Double::sum);
    }

    private static Values reduction(Op.Reduction op, Enclosure x, Values y, Accuracy accuracy) {
        return switch (op) {
            case Op.Reduce(var kind, _) ->
                    kind == ReduceKind.SUM
                            ? sums(x, accuracy, v -> Reference.evaluate(op, List.of(v), y.type()))
                            : monotone(op, List.of(x), y);
            case Op.ArgMax(int axis) -> ChoiceBound.argMax(axis, x, y);
        };
    }

    private static Values windowed(
            Op.Windowed op, List<Enclosure> in, Values y, Accuracy accuracy) {
        var x = in.getFirst();
        return switch (op) {
            case Op.MaxPool _ -> monotone(op, in, y);
            case Op.MaxPoolGradient(var window) ->
                    ChoiceBound.maxPoolGradient(window, x, in.get(1), accuracy);
            case Op.MaxPoolPick(var window) -> ChoiceBound.maxPoolPick(window, x, in.get(1), y);
            case Op.AveragePool(var window) -> average(op, window, x, y, accuracy);
            case Op.AveragePoolGradient(var window, _) -> average(op, window, x, y, accuracy);
        };
    }

    /// Means of at most a window's elements: the additions, then a division.
    private static Values average(Op op, Window window, Enclosure x, Values y, Accuracy accuracy) {
        UnaryOperator<Values> mean = v -> Reference.evaluate(op, List.of(v), y.type());
        double size = (double) window.rows() * window.cols();
        double relative = accuracy.roundings(size - 1) + 2 * accuracy.function();
        var own = mean.apply(x.magnitude()).map(m -> averaged(m, size, relative, accuracy));
        return mean.apply(x.radius()).zip(own, Double::sum);
    }

    /// The sum may overflow though the mean does not.
    private static double averaged(double mean, double size, double relative, Accuracy accuracy) {
        if (mean * size > accuracy.largest()) return UNKNOWN;
        return relative * mean + size * accuracy.tiny();
    }

    /// `|Δ(a·b)| ≤ (|a| + Δa)·Δb + Δa·|b|`, summed, and `γₙ·Σ|a·b|` for n products and sums.
    private static Values contraction(
            Op op, Enclosure a, Enclosure b, Values y, Accuracy accuracy) {
        BinaryOperator<Values> product = (p, q) -> Reference.evaluate(op, List.of(p, q), y.type());
        var ones = Values.filled(b.radius().type(), 1);
        var terms = product.apply(Values.filled(a.radius().type(), 1), ones);
        var tiled = TileBound.magnitude(op, a.magnitude(), b.magnitude(), y.type(), accuracy);
        int transforms = tiled.isPresent() ? accuracy.tiles().orElseThrow().roundings() : 0;
        var magnitude = tiled.orElseGet(() -> product.apply(a.magnitude(), b.magnitude()));
        var own = terms.zip(magnitude, (n, m) -> accuracy.sum(n + transforms, m));
        var fromB = product.apply(a.magnitude(), b.radius());
        var fromA = product.apply(a.radius(), b.center().map(Math::abs));
        return own.zip(fromB, Double::sum).zip(fromA, Double::sum);
    }

    private static Values indexing(
            Op.Indexing op, List<Enclosure> in, Values y, Accuracy accuracy) {
        return switch (op) {
            case Op.Gather _ -> gather(op, in.get(0), in.get(1), y);
            case Op.ScatterAdd _ -> {
                var indices = in.get(0);
                if (indices.radius().sum() > 0) yield Values.filled(y.type(), UNKNOWN);
                yield sums(
                        in.get(1),
                        accuracy,
                        v -> Reference.evaluate(op, List.of(indices.center(), v), y.type()));
            }
            case Op.OneHot(int depth) -> {
                var indices = in.getFirst().radius();
                var radius = new double[y.count()];
                Arrays.setAll(radius, i -> indices.get(i / depth) > 0 ? 1 : 0);
                yield Values.owning(y.type(), radius);
            }
        };
    }

    private static Values gather(Op.Indexing op, Enclosure table, Enclosure indices, Values y) {
        var moved = List.of(table.radius(), indices.center());
        int row = y.count() / indices.center().count();
        var radius = Reference.evaluate(op, moved, y.type()).toArray();
        for (int i = 0; i < radius.length; i++) {
            if (indices.radius().get(i / row) > 0) radius[i] = UNKNOWN;
        }
        return Values.owning(y.type(), radius);
    }

    private static Values source(Op.Source op, List<Enclosure> in, Values y, Accuracy accuracy) {
        double radius =
                switch (op) {
                    case Op.Fill(var type, double value) -> {
                        boolean exact = type.dtype() != DType.F32 || value == (float) value;
                        yield exact ? 0 : accuracy.roundings(1) * Math.abs(value);
                    }
                    case Op.Iota _ -> 0;
                    // Random numbers of another key are others in [0, 1).
                    case Op.RandomUniform _ ->
                            radii(in).stream().anyMatch(r -> r.sum() > 0) ? 1 : 0;
                };
        return Values.filled(floats(y), radius);
    }

    private static List<Values> centers(List<Enclosure> enclosures) {
        return enclosures.stream().map(Enclosure::center).toList();
    }

    private static List<Values> radii(List<Enclosure> enclosures) {
        return enclosures.stream().map(Enclosure::radius).toList();
    }

    static TensorType floats(Values y) {
        return y.type().with(DType.F32);
    }
}
