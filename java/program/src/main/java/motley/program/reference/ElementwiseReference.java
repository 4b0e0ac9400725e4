package motley.program.reference;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.UnaryKind;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// Meaning of [Op.Elementwise].
final class ElementwiseReference {
    private ElementwiseReference() {}

    static Values evaluate(Op.Elementwise op, List<Values> in, TensorType out) {
        var x = in.getFirst();
        boolean integers = x.type().dtype() == DType.I32;
        return switch (op) {
            case Op.Unary(var kind) -> x.map(integers ? wrapped(function(kind)) : function(kind));
            case Op.Binary(var kind) -> x.zip(in.get(1), integers ? wrapped(kind) : function(kind));
            case Op.Compare(var kind) -> x.zip(in.get(1), function(kind)).as(out);
            case Op.Select _ -> {
                var y = in.get(1);
                var z = in.get(2);
                yield Values.tabulate(out, i -> x.at(i) != 0 ? y.at(i) : z.at(i));
            }
            case Op.Convert(var to) -> x.map(conversion(to)).as(out);
        };
    }

    static DoubleUnaryOperator function(UnaryKind kind) {
        return switch (kind) {
            case NEG -> x -> -x;
            case ABS -> Math::abs;
            case SIGN -> Math::signum;
            case EXP -> StrictMath::exp;
            case LOG -> StrictMath::log;
            case LOG1P -> StrictMath::log1p;
            case EXPM1 -> StrictMath::expm1;
            case TANH -> StrictMath::tanh;
            case LOGISTIC -> x -> 1 / (1 + StrictMath.exp(-x));
            case SQRT -> Math::sqrt;
            case RSQRT -> x -> 1 / Math.sqrt(x);
            case SIN -> StrictMath::sin;
            case COS -> StrictMath::cos;
            case ERF -> ElementwiseReference::erf;
            case FLOOR -> Math::floor;
            case NOT -> x -> 1 - x;
        };
    }

    static DoubleBinaryOperator function(BinaryKind kind) {
        return switch (kind) {
            case ADD -> (x, y) -> x + y;
            case SUB -> (x, y) -> x - y;
            case MUL -> (x, y) -> x * y;
            case DIV -> (x, y) -> x / y;
            case MAX, OR -> Math::max;
            case MIN, AND -> Math::min;
            case POW -> StrictMath::pow;
        };
    }

    private static DoubleBinaryOperator function(CompareKind kind) {
        return switch (kind) {
            case EQ -> (x, y) -> x == y ? 1 : 0;
            case NE -> (x, y) -> x != y ? 1 : 0;
            case LT -> (x, y) -> x < y ? 1 : 0;
            case LE -> (x, y) -> x <= y ? 1 : 0;
            case GT -> (x, y) -> x > y ? 1 : 0;
            case GE -> (x, y) -> x >= y ? 1 : 0;
        };
    }

    /// A cast from double to int truncates, saturates and maps NaN to 0, as [Op.Convert] demands.
    static DoubleUnaryOperator conversion(DType to) {
        return switch (to) {
            case F32 -> x -> x;
            case I32 -> x -> (double) (int) x;
            case BOOL -> x -> x != 0 ? 1 : 0;
        };
    }

    private static DoubleUnaryOperator wrapped(DoubleUnaryOperator exact) {
        return x -> wrap(exact.applyAsDouble(x));
    }

    private static DoubleBinaryOperator wrapped(BinaryKind kind) {
        if (kind == BinaryKind.MUL) return (x, y) -> ((int) x) * ((int) y); // May exceed 53 bits.
        var exact = function(kind);
        return (x, y) -> wrap(exact.applyAsDouble(x, y));
    }

    /// The 32 low bits of an integer, as an i32.
    private static double wrap(double exact) {
        long whole = (long) exact;
        return (int) whole;
    }

    /// `erf x = 2/√π · e^(-x²) · Σ 2ⁿ·x²ⁿ⁺¹ / (1·3·…·(2n+1))`. No term cancels another, so that the
    /// relative error is a few units in the last place; from 6 on the result rounds to ±1.
    /// Source: Abramowitz & Stegun 1964, 7.1.6.
    private static double erf(double x) {
        if (Double.isNaN(x)) return x;
        if (Math.abs(x) >= 6) return Math.signum(x);
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > Math.ulp(sum) / 4; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
    }
}
