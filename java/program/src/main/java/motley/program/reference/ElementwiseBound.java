package motley.program.reference;

import java.util.List;
import motley.program.BinaryKind;
import motley.program.Op;
import motley.program.UnaryKind;
import motley.tensor.DType;

/// Error bounds of [Op.Elementwise], element by element.
///
/// An engine computes `f(x̃)·(1 + δ)` from operands x̃ within their radii. So what it may differ by
/// is the farthest that f gets from f(x) within them, `passedOn`, plus the rounding δ of a result
/// that is at most that much larger than `|f(x)|`.
final class ElementwiseBound {
    /// Up to here sine and cosine are as `docs/ops.md` says.
    private static final double PERIODIC_MAX = 1e5;

    private final Accuracy accuracy;

    private ElementwiseBound(Accuracy accuracy) {
        this.accuracy = accuracy;
    }

    static Values radius(Op.Elementwise op, List<Enclosure> in, Values out, Accuracy accuracy) {
        var bound = new ElementwiseBound(accuracy);
        var radius = new double[out.count()];
        for (int i = 0; i < radius.length; i++) {
            int position = i;
            var at = in.stream().map(x -> Interval.of(x, position)).toList();
            boolean integers = in.getLast().center().type().dtype() == DType.I32;
            radius[i] = bound.radius(op, at, integers);
        }
        return Values.owning(ErrorBound.floats(out), radius);
    }

    private double radius(Op.Elementwise op, List<Interval> in, boolean integers) {
        var x = in.getFirst();
        return switch (op) {
            case Op.Unary(var kind) -> unary(kind, x);
            case Op.Binary(var kind) -> binary(kind, x, in.get(1), integers);
            case Op.Compare _ -> compare(x, in.get(1));
            case Op.Select _ -> select(x, in.get(1), in.get(2));
            case Op.Convert(var to) -> convert(to, x, integers);
        };
    }

    private double unary(UnaryKind kind, Interval x) {
        var f = ElementwiseReference.function(kind);
        return switch (kind) {
            case NEG, ABS, NOT -> x.radius();
            case SIGN, FLOOR -> x.spread(f);
            // Slopes are at most 1. Between multiples of π the error is relative to 1, not to the
            // result; for small x the sine is as exact as x.
            case SIN -> periodic(x, accuracy.function() * Math.min(x.magnitude(), 1));
            case COS -> periodic(x, accuracy.function());
            case EXP, LOG, LOG1P, EXPM1, TANH, LOGISTIC, SQRT, RSQRT, ERF ->
                    rounded(f.applyAsDouble(x.value()), x.spread(f), accuracy.function());
        };
    }

    /// Nothing is promised for arguments so large that their own rounding turns them about.
    private static double periodic(Interval x, double own) {
        if (Double.isFinite(x.value()) && x.magnitude() > PERIODIC_MAX) return ErrorBound.UNKNOWN;
        return Math.min(x.radius(), 2) + own;
    }

    private double binary(BinaryKind kind, Interval x, Interval y, boolean integers) {
        var f = ElementwiseReference.function(kind);
        double result = f.applyAsDouble(x.value(), y.value());
        double unit = integers ? 0 : accuracy.roundings(1);
        return switch (kind) {
            case ADD, SUB -> rounded(result, x.radius() + y.radius(), unit);
            case MUL -> {
                double passedOn = x.magnitude() * y.radius() + x.radius() * Math.abs(y.value());
                yield rounded(result, passedOn, unit);
            }
            case DIV -> {
                boolean pole = !y.sure() && Math.abs(y.value()) <= y.radius();
                if (pole) yield ErrorBound.UNKNOWN;
                yield rounded(result, x.spread(y, f), accuracy.function());
            }
            case MAX, MIN, AND, OR -> x.spread(y, f);
            case POW -> {
                boolean sure = x.sure() && y.sure();
                if (!sure && x.low() <= 0) yield ErrorBound.UNKNOWN;
                // As a power of e: the exponent's relative error becomes an absolute one.
                double exponent = Math.abs(y.value() * Math.log(Math.abs(x.value())));
                boolean plain = x.value() == 0 || y.value() == 0;
                double relative = accuracy.function() * (plain ? 1 : 1 + exponent);
                yield rounded(result, x.spread(y, f), relative);
            }
        };
    }

    /// 1 if the errors leave the relation open.
    private static double compare(Interval x, Interval y) {
        double errors = x.radius() + y.radius();
        return errors == 0 || Math.abs(x.value() - y.value()) > errors ? 0 : 1;
    }

    /// The error of the value selected, or of either if the predicate is open.
    private static double select(Interval predicate, Interval x, Interval y) {
        var chosen = predicate.value() != 0 ? x : y;
        if (predicate.sure()) return chosen.radius();
        var other = predicate.value() != 0 ? y : x;
        double whole = Math.abs(x.value() - y.value()) + other.radius();
        return Math.max(chosen.radius(), whole);
    }

    private double convert(DType to, Interval x, boolean integers) {
        return switch (to) {
            case F32 -> {
                double unit = integers ? accuracy.roundings(1) : 0;
                boolean exact = x.magnitude() <= 1 / accuracy.unit();
                yield x.radius() + (exact ? 0 : unit * x.magnitude());
            }
            case I32 -> x.spread(ElementwiseReference.conversion(to));
            case BOOL -> x.sure() || Math.abs(x.value()) > x.radius() ? 0 : 1;
        };
    }

    /// Exact operations have `relative` 0. NaN and infinity from sure operands are as sure.
    private double rounded(double result, double passedOn, double relative) {
        if (passedOn == 0 && !Double.isFinite(result)) return 0;
        double underflow = relative > 0 ? accuracy.tiny() : 0;
        return passedOn + relative * (Math.abs(result) + passedOn) + underflow;
    }
}
