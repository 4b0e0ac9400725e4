package motley.compiler.schedule;

import java.util.List;
import motley.compiler.kernel.Primitive;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.UnaryKind;
import motley.tensor.DType;

/// The nodes of element-wise ops.
final class Expressions {
    private final NodeList n;
    private final Elementary elementary;

    Expressions(NodeList nodes) {
        this.n = nodes;
        this.elementary = new Elementary(nodes);
    }

    /// The node of `op` at one point, given its operands' nodes.
    int apply(Op.Elementwise op, List<Integer> in) {
        int x = in.getFirst();
        return switch (op) {
            case Op.Unary(var kind) -> n.dtype(x) == DType.I32 ? integer(kind, x) : unary(kind, x);
            case Op.Binary(var kind) -> binary(kind, x, in.get(1));
            case Op.Compare(var kind) -> compare(kind, x, in.get(1));
            case Op.Select _ -> select(x, in.get(1), in.get(2));
            case Op.Convert(var to) -> convert(x, to);
        };
    }

    private int unary(UnaryKind kind, int x) {
        return switch (kind) {
            case NEG -> n.apply(Primitive.NEG, x);
            case ABS -> n.apply(Primitive.ABS, x);
            case SQRT -> n.apply(Primitive.SQRT, x);
            case NOT -> n.apply(Primitive.NOT, x);
            case SIGN -> elementary.sign(x);
            case EXP -> elementary.exp(x);
            case LOG -> elementary.log(x);
            case LOG1P -> elementary.log1p(x);
            case EXPM1 -> elementary.expm1(x);
            case TANH -> elementary.tanh(x);
            case LOGISTIC -> elementary.logistic(x);
            case RSQRT -> elementary.rsqrt(x);
            case SIN -> elementary.sin(x);
            case COS -> elementary.cos(x);
            case ERF -> elementary.erf(x);
            case FLOOR -> elementary.floor(x);
        };
    }

    private int integer(UnaryKind kind, int x) {
        int minus = n.apply(Primitive.INT_SUB, n.integer(0), x);
        return switch (kind) {
            case NEG -> minus;
            case ABS -> n.apply(Primitive.INT_MAX, x, minus);
            case SIGN -> {
                int least = n.apply(Primitive.INT_MAX, x, n.integer(-1));
                yield n.apply(Primitive.INT_MIN, least, n.integer(1));
            }
            case EXP, LOG, LOG1P, EXPM1, TANH, LOGISTIC, SQRT, RSQRT, SIN, COS, ERF, FLOOR, NOT ->
                    throw new IllegalStateException(kind + " of i32");
        };
    }

    private int binary(BinaryKind kind, int x, int y) {
        boolean whole = n.dtype(x) == DType.I32;
        return switch (kind) {
            case ADD -> n.apply(whole ? Primitive.INT_ADD : Primitive.ADD, x, y);
            case SUB -> n.apply(whole ? Primitive.INT_SUB : Primitive.SUB, x, y);
            case MUL -> n.apply(whole ? Primitive.INT_MUL : Primitive.MUL, x, y);
            case MAX -> n.apply(whole ? Primitive.INT_MAX : Primitive.MAX, x, y);
            case MIN -> n.apply(whole ? Primitive.INT_MIN : Primitive.MIN, x, y);
            case DIV -> n.apply(Primitive.DIV, x, y);
            case POW -> elementary.pow(x, y);
            case AND -> n.apply(Primitive.AND, x, y);
            case OR -> n.apply(Primitive.OR, x, y);
        };
    }

    private int compare(CompareKind kind, int x, int y) {
        boolean whole = n.dtype(x) == DType.I32;
        var less = whole ? Primitive.INT_LT : Primitive.LT;
        var atMost = whole ? Primitive.INT_LE : Primitive.LE;
        return switch (kind) {
            case EQ -> n.apply(whole ? Primitive.INT_EQ : Primitive.EQ, x, y);
            case NE -> n.apply(whole ? Primitive.INT_NE : Primitive.NE, x, y);
            case LT -> n.apply(less, x, y);
            case LE -> n.apply(atMost, x, y);
            case GT -> n.apply(less, y, x);
            case GE -> n.apply(atMost, y, x);
        };
    }

    private int select(int p, int x, int y) {
        return switch (n.dtype(x)) {
            case F32 -> n.apply(Primitive.SELECT, p, x, y);
            case I32 -> n.apply(Primitive.INT_SELECT, p, x, y);
            case BOOL -> {
                int first = n.apply(Primitive.AND, p, x);
                int second = n.apply(Primitive.AND, n.apply(Primitive.NOT, p), y);
                yield n.apply(Primitive.OR, first, second);
            }
        };
    }

    int convert(int x, DType to) {
        var from = n.dtype(x);
        if (from == to) return x;
        return switch (to) {
            case F32 ->
                    from == DType.I32
                            ? n.apply(Primitive.TO_FLOAT, x)
                            : n.apply(Primitive.SELECT, x, n.number(1), n.number(0));
            case I32 ->
                    from == DType.F32
                            ? n.apply(Primitive.TO_INT, x)
                            : n.apply(Primitive.INT_SELECT, x, n.integer(1), n.integer(0));
            case BOOL ->
                    from == DType.F32
                            ? n.apply(Primitive.NE, x, n.number(0))
                            : n.apply(Primitive.INT_NE, x, n.integer(0));
        };
    }
}
