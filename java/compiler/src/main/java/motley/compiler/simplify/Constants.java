package motley.compiler.simplify;

import java.util.List;
import java.util.Optional;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.Program;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// Evaluates what is made of fills alone, where that gives the bits every engine gives, and drops
/// neutral elements. `x + 0` stays: it turns -0 into +0.
final class Constants {
    private final Rewriter to;

    private Constants(Rewriter to) {
        this.to = to;
    }

    static Program rewrite(Program program) {
        return Rewriter.rewrite(program, (to, op, in) -> new Constants(to).rewrite(op, in));
    }

    private Var rewrite(Op op, List<Var> in) {
        return switch (op) {
            case Op.Fill(var type, double value) -> fill(type, value);
            case Op.Unary(var kind) -> unary(kind, in);
            case Op.Binary(var kind) -> binary(kind, in);
            case Op.Compare(var kind) -> compare(kind, in);
            case Op.Select _ -> select(in);
            case Op.Convert(var dtype) -> convert(dtype, in.getFirst());
            case Op.Movement m -> movement(m, in);
            case Op.Reduction _, Op.Windowed _, Op.Contraction _, Op.Indexing _ ->
                    to.append(op, in);
            case Op.Iota _, Op.RandomUniform _ -> to.append(op, in);
        };
    }

    /// A fill of the number as its element type holds it.
    private Var fill(TensorType type, double value) {
        double held = type.dtype() == DType.F32 ? (float) value : value;
        return to.append(new Op.Fill(type, held), List.of());
    }

    private Optional<Double> constant(Var v) {
        return to.madeBy(Op.Fill.class, v).map(Op.Fill::value);
    }

    private Var movement(Op.Movement op, List<Var> in) {
        var value = constant(in.getFirst());
        boolean keepsValues = !(op instanceof Op.Pad) && !(op instanceof Op.Concatenate);
        if (value.isEmpty() || !keepsValues) return to.append(op, in);
        var types = in.stream().map(Var::type).toList();
        return fill(motley.program.TypeRules.infer(op, types), value.get());
    }

    private Var unary(UnaryKind kind, List<Var> in) {
        var type = in.getFirst().type();
        var x = constant(in.getFirst());
        if (x.isPresent() && type.dtype() == DType.F32) {
            if (kind == UnaryKind.NEG) return fill(type, -x.get());
            if (kind == UnaryKind.ABS) return fill(type, Math.abs(x.get()));
            if (kind == UnaryKind.SQRT) return fill(type, (float) Math.sqrt(x.get()));
        }
        return to.append(new Op.Unary(kind), in);
    }

    private Var binary(BinaryKind kind, List<Var> in) {
        var type = in.getFirst().type();
        var x = constant(in.get(0));
        var y = constant(in.get(1));
        if (type.dtype() == DType.F32) {
            if (x.isPresent() && y.isPresent()) {
                var folded = folded(kind, x.get().floatValue(), y.get().floatValue());
                if (folded.isPresent()) return fill(type, folded.get());
            }
            if (neutral(kind, y)) return in.get(0);
            if (kind == BinaryKind.MUL && neutral(kind, x)) return in.get(1);
        }
        return to.append(new Op.Binary(kind), in);
    }

    /// One rounding from exact operands: the same on every engine.
    private static Optional<Float> folded(BinaryKind kind, float x, float y) {
        return switch (kind) {
            case ADD -> Optional.of(x + y);
            case SUB -> Optional.of(x - y);
            case MUL -> Optional.of(x * y);
            case DIV -> Optional.of(x / y);
            case MAX -> Optional.of(Math.max(x, y));
            case MIN -> Optional.of(Math.min(x, y));
            case POW, AND, OR -> Optional.empty();
        };
    }

    /// Whether a right operand changes nothing.
    private static boolean neutral(BinaryKind kind, Optional<Double> y) {
        if (y.isEmpty()) return false;
        return switch (kind) {
            case MUL, DIV -> y.get() == 1;
            case SUB -> y.get() == 0 && 1 / y.get() > 0;
            case ADD, MAX, MIN, POW, AND, OR -> false;
        };
    }

    private Var compare(CompareKind kind, List<Var> in) {
        var x = constant(in.get(0));
        var y = constant(in.get(1));
        if (x.isEmpty() || y.isEmpty()) return to.append(new Op.Compare(kind), in);
        double a = x.get();
        double b = y.get();
        boolean holds =
                switch (kind) {
                    case EQ -> a == b;
                    case NE -> a != b;
                    case LT -> a < b;
                    case LE -> a <= b;
                    case GT -> a > b;
                    case GE -> a >= b;
                };
        return fill(in.getFirst().type().with(DType.BOOL), holds ? 1 : 0);
    }

    private Var select(List<Var> in) {
        var predicate = constant(in.get(0));
        if (predicate.isPresent()) return predicate.get() != 0 ? in.get(1) : in.get(2);
        return in.get(1).equals(in.get(2)) ? in.get(1) : to.append(new Op.Select(), in);
    }

    private Var convert(DType dtype, Var x) {
        var value = constant(x);
        if (value.isEmpty()) return to.append(new Op.Convert(dtype), List.of(x));
        double converted =
                switch (dtype) {
                    case F32 -> value.get();
                    case I32 -> (int) (double) value.get();
                    case BOOL -> value.get() == 0 ? 0 : 1;
                };
        return fill(x.type().with(dtype), converted);
    }
}
