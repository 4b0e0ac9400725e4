package motley.webgpu.wgsl;

import java.util.List;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Primitive;
import motley.tensor.DType;

/// Nodes of a kernel as statements in WGSL: `let n3 = n1 + n2;`.
final class Points {
    /// 1.5·2²³: one more in the last place is a whole number more.
    private static final int ROUNDER_BITS = 0x4b400000;

    private final Bindings bindings;
    private final List<Node> nodes;

    Points(Bindings bindings, List<Node> nodes) {
        this.bindings = bindings;
        this.nodes = nodes;
    }

    /// Evaluates all nodes at the point `indices`.
    void write(Wgsl to, List<String> indices) {
        for (int n = 0; n < nodes.size(); n++) {
            to.line("let n%d = %s;", n, value(nodes.get(n), indices));
        }
    }

    private String value(Node node, List<String> indices) {
        return switch (node) {
            case Node.Apply(var primitive, var in)
                    when primitive == Primitive.FMA && isRounder(nodes.get(in.get(2))) ->
                    "shifted(n%d * n%d)".formatted(in.get(0), in.get(1));
            case Node.Load(var access) -> bindings.load(access, indices);
            case Node.Constant(var dtype, int bits) -> constant(dtype, bits);
            case Node.Index(int offset, var strides) -> Wgsl.affine(offset, strides, indices);
            case Node.Apply(var primitive, var operands) ->
                    apply(primitive, operands.stream().map(o -> "n" + o).toArray(String[]::new));
        };
    }

    /// What a sum with it leaves over is a whole number. Compilers of shaders may take the sum and
    /// the difference afterwards for nothing, and Mesa's does.
    private static boolean isRounder(Node node) {
        return node instanceof Node.Constant(var dtype, int bits)
                && dtype == DType.F32
                && bits == ROUNDER_BITS;
    }

    static String constant(DType dtype, int bits) {
        return switch (dtype) {
            case F32 -> number(bits);
            case I32 -> integer(bits);
            case BOOL -> bits == 0 ? "false" : "true";
        };
    }

    /// Literals are finite, and a zero has no sign; what else there is comes from its bits.
    private static String number(int bits) {
        float x = Float.intBitsToFloat(bits);
        boolean plain = Float.isFinite(x) && (bits == 0 || Math.abs(x) >= Float.MIN_NORMAL);
        return plain ? Float.toHexString(x) + "f" : "number(0x%08xu)".formatted(bits);
    }

    private static String integer(int x) {
        return x == Integer.MIN_VALUE ? "bitcast<i32>(0x80000000u)" : Integer.toString(x) + "i";
    }

    private static String apply(Primitive primitive, String[] in) {
        var format =
                switch (primitive) {
                    case ADD, INT_ADD -> "%s + %s";
                    case SUB, INT_SUB -> "%s - %s";
                    case MUL, INT_MUL -> "%s * %s";
                    case DIV -> "%s / %s";
                    case MAX -> "larger(%s, %s)";
                    case MIN -> "smaller(%s, %s)";
                    case FMA -> "fma(%s, %s, %s)";
                    case SQRT -> "sqrt(%s)";
                    case NEG -> "-%s";
                    case ABS -> "abs(%s)";
                    case INT_MAX -> "max(%s, %s)";
                    case INT_MIN -> "min(%s, %s)";
                    case INT_AND -> "%s & %s";
                    case INT_OR -> "%s | %s";
                    case SHIFT_LEFT -> "%s << u32(%s)";
                    case SHIFT_RIGHT -> "%s >> u32(%s)";
                    case TO_INT -> "to_int(%s)";
                    case TO_FLOAT -> "f32(%s)";
                    case BITS -> "bitcast<i32>(%s)";
                    case FROM_BITS -> "bitcast<f32>(%s)";
                    case EQ -> "equal(%s, %s)";
                    case INT_EQ -> "%s == %s";
                    case NE -> "!equal(%s, %s)";
                    case INT_NE -> "%s != %s";
                    case LT -> "less(%s, %s)";
                    case INT_LT -> "%s < %s";
                    case LE -> "not_more(%s, %s)";
                    case INT_LE -> "%s <= %s";
                    case AND -> "%s && %s";
                    case OR -> "%s || %s";
                    case NOT -> "!%s";
                    case SELECT, INT_SELECT -> "select(%3$s, %2$s, %1$s)";
                };
        return format.formatted((Object[]) in);
    }
}
