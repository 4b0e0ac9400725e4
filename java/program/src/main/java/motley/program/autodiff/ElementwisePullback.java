package motley.program.autodiff;

import java.util.Optional;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;

/// Pullback rules of [Op.Elementwise].
final class ElementwisePullback {
    private ElementwisePullback() {}

    static Optional<Var> pull(Use use, Op.Elementwise op) {
        return switch (op) {
            case Op.Unary(var kind) -> unary(use, kind);
            case Op.Binary(var kind) -> binary(use, kind);
            case Op.Compare _ -> Optional.empty();
            case Op.Select _ -> select(use);
            case Op.Convert(var to) -> to == DType.F32 ? Optional.of(use.g()) : Optional.empty();
        };
    }

    private static Optional<Var> unary(Use use, UnaryKind kind) {
        var b = use.b();
        var g = use.g();
        var x = use.x();
        var y = use.y();
        return switch (kind) {
            case NEG -> Optional.of(b.neg(g));
            case ABS -> Optional.of(b.mul(g, b.unary(UnaryKind.SIGN, x)));
            case EXP -> Optional.of(b.mul(g, y)); // y = eˣ ⇒ dx = dy·y
            case LOG -> Optional.of(b.div(g, x)); // dx = dy / x
            case LOG1P -> Optional.of(b.div(g, b.shift(x, 1))); // dx = dy / (1 + x)
            case EXPM1 -> Optional.of(b.mul(g, b.shift(y, 1))); // y = eˣ - 1 ⇒ dx = dy·(y + 1)
            case TANH -> Optional.of(b.mul(g, oneMinus(b, b.mul(y, y)))); // dx = dy·(1 - y²)
            case LOGISTIC -> Optional.of(b.mul(g, b.mul(y, oneMinus(b, y)))); // dx = dy·y·(1 - y)
            case SQRT -> Optional.of(b.div(b.scale(g, 0.5), y)); // y = √x ⇒ dx = ½dy / y
            case RSQRT -> // y = 1/√x ⇒ dx = -½dy·y³
                    Optional.of(b.mul(b.scale(g, -0.5), b.mul(y, b.mul(y, y))));
            case SIN -> Optional.of(b.mul(g, b.unary(UnaryKind.COS, x)));
            case COS -> Optional.of(b.neg(b.mul(g, b.unary(UnaryKind.SIN, x))));
            case ERF -> { // dx = dy · 2/√π · e^(-x²)
                var bell = b.exp(b.neg(b.mul(x, x)));
                yield Optional.of(b.mul(g, b.scale(bell, 2 / Math.sqrt(Math.PI))));
            }
            case SIGN, FLOOR, NOT -> Optional.empty();
        };
    }

    private static Optional<Var> binary(Use use, BinaryKind kind) {
        var b = use.b();
        var g = use.g();
        var other = use.in(use.first() ? 1 : 0);
        return switch (kind) {
            case ADD -> Optional.of(g);
            case SUB -> Optional.of(use.first() ? g : b.neg(g));
            case MUL -> Optional.of(b.mul(g, other));
            case DIV -> Optional.of(quotient(use));
            case MAX -> Optional.of(chosen(use, CompareKind.GT));
            case MIN -> Optional.of(chosen(use, CompareKind.LT));
            case POW -> Optional.of(power(use));
            case AND, OR -> Optional.empty();
        };
    }

    /// y = x₀ / x₁ ⇒ dx₀ = dy / x₁, dx₁ = -dy·y / x₁
    private static Var quotient(Use use) {
        var b = use.b();
        var divided = b.div(use.g(), use.in(1));
        return use.first() ? divided : b.neg(b.mul(divided, use.y()));
    }

    /// The whole cotangent if this operand stands in relation `wins` to the other, half if they are
    /// equal, else nothing.
    private static Var chosen(Use use, CompareKind wins) {
        var b = use.b();
        var g = use.g();
        var other = use.in(use.first() ? 1 : 0);
        var tie = b.compare(CompareKind.EQ, use.x(), other);
        var otherwise = b.select(tie, b.scale(g, 0.5), b.fillLike(g, 0));
        return b.select(b.compare(wins, use.x(), other), g, otherwise);
    }

    /// y = aᵉ ⇒ da = dy·e·aᵉ⁻¹, de = dy·y·ln a for a > 0, else 0
    private static Var power(Use use) {
        var b = use.b();
        var base = use.in(0);
        var exponent = use.in(1);
        if (use.first()) {
            var lower = b.apply(new Op.Binary(BinaryKind.POW), base, b.shift(exponent, -1));
            return b.mul(use.g(), b.mul(exponent, lower));
        }
        var positive = b.compare(CompareKind.GT, base, b.fillLike(base, 0));
        var logarithm = b.log(b.select(positive, base, b.fillLike(base, 1)));
        var slope = b.mul(use.y(), logarithm);
        return b.mul(use.g(), b.select(positive, slope, b.fillLike(slope, 0)));
    }

    private static Optional<Var> select(Use use) {
        var b = use.b();
        var g = use.g();
        var nothing = b.fillLike(g, 0);
        return switch (use.operand()) {
            case 1 -> Optional.of(b.select(use.in(0), g, nothing));
            case 2 -> Optional.of(b.select(use.in(0), nothing, g));
            default -> Optional.empty(); // The predicate.
        };
    }

    private static Var oneMinus(ProgramBuilder b, Var x) {
        return b.sub(b.fillLike(x, 1), x);
    }
}
