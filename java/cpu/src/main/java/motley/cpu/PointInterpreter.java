package motley.cpu;

import java.util.List;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Primitive;

/// Evaluates the nodes of a kernel for up to [#BLOCK] neighbouring points at a time, in plain Java:
/// the scalar twin of generated code, with the same bits.
final class PointInterpreter {
    /// Points evaluated together along the innermost axis.
    static final int BLOCK = 256;

    private final Node[] nodes;
    private final int[] positions;
    private final int[][] strides;
    private final int[][] operands;
    private final float[][] f;
    private final int[][] i;
    private final int inner;
    private int loads;

    PointInterpreter(List<Node> nodes, int rank) {
        this.nodes = nodes.toArray(Node[]::new);
        inner = rank - 1;
        positions = new int[this.nodes.length];
        strides = new int[this.nodes.length][0];
        operands = new int[this.nodes.length][0];
        f = new float[this.nodes.length][];
        i = new int[this.nodes.length][];
        for (int n = 0; n < this.nodes.length; n++) prepare(n, this.nodes[n]);
    }

    private void prepare(int n, Node node) {
        f[n] = new float[Memory.onFloats(node.dtype()) ? BLOCK : 0];
        i[n] = new int[Memory.onFloats(node.dtype()) ? 0 : BLOCK];
        switch (node) {
            case Node.Load(var access) -> {
                positions[n] = loads++;
                strides[n] = Walk.array(access.strides());
            }
            case Node.Index(int offset, var steps) -> {
                positions[n] = offset;
                strides[n] = Walk.array(steps);
            }
            case Node.Constant(_, int bits) -> {
                java.util.Arrays.fill(f[n], Float.intBitsToFloat(bits));
                java.util.Arrays.fill(i[n], bits);
            }
            case Node.Apply(_, var in) -> operands[n] = Walk.array(in);
        }
    }

    /// How many of the nodes are loads; stores come after them in the list of starts.
    int loads() {
        return loads;
    }

    /// The values of float node `n` for the points evaluated last.
    float[] floats(int n) {
        return f[n];
    }

    /// The values of int or bool node `n` for the points evaluated last.
    int[] ints(int n) {
        return i[n];
    }

    /// Evaluates all nodes at `count` points from `index`, whose innermost component is `first`.
    void evaluate(float[] floats, int[] ints, int[] starts, int[] index, int first, int count) {
        for (int n = 0; n < nodes.length; n++) {
            switch (nodes[n]) {
                case Node.Load(var access) -> {
                    int at = starts[positions[n]] + along(n, index, first);
                    int step = strides[n][inner];
                    if (Memory.onFloats(access.buffer().dtype())) {
                        for (int k = 0; k < count; k++) f[n][k] = floats[at + k * step];
                    } else {
                        for (int k = 0; k < count; k++) i[n][k] = ints[at + k * step];
                    }
                }
                case Node.Index _ -> {
                    int at = positions[n] + along(n, index, first);
                    for (int k = 0; k < count; k++) i[n][k] = at + k * strides[n][inner];
                }
                case Node.Constant _ -> {}
                case Node.Apply(var primitive, _) -> apply(primitive, n, count);
            }
        }
    }

    private int along(int n, int[] index, int first) {
        return Walk.dot(index, strides[n], inner) + first * strides[n][inner];
    }

    private void apply(Primitive primitive, int n, int count) {
        int a = operands[n][0];
        int b = operands[n].length > 1 ? operands[n][1] : a;
        int c = operands[n].length > 2 ? operands[n][2] : a;
        for (int k = 0; k < count; k++) {
            switch (primitive.result()) {
                case F32 -> f[n][k] = number(primitive, a, b, c, k);
                case I32 -> i[n][k] = integer(primitive, a, b, c, k);
                case BOOL -> i[n][k] = holds(primitive, a, b, k) ? 1 : 0;
            }
        }
    }

    private float number(Primitive primitive, int a, int b, int c, int k) {
        return switch (primitive) {
            case ADD -> f[a][k] + f[b][k];
            case SUB -> f[a][k] - f[b][k];
            case MUL -> f[a][k] * f[b][k];
            case DIV -> f[a][k] / f[b][k];
            case MAX -> Math.max(f[a][k], f[b][k]);
            case MIN -> Math.min(f[a][k], f[b][k]);
            case FMA -> Math.fma(f[a][k], f[b][k], f[c][k]);
            case SQRT -> (float) Math.sqrt(f[a][k]);
            case NEG -> -f[a][k];
            case ABS -> Math.abs(f[a][k]);
            case TO_FLOAT -> (float) i[a][k];
            case FROM_BITS -> Float.intBitsToFloat(i[a][k]);
            case SELECT -> i[a][k] != 0 ? f[b][k] : f[c][k];
            case INT_ADD,
                    INT_SUB,
                    INT_MUL,
                    INT_MAX,
                    INT_MIN,
                    INT_AND,
                    INT_OR,
                    SHIFT_LEFT,
                    SHIFT_RIGHT,
                    TO_INT,
                    BITS,
                    INT_SELECT ->
                    throw new IllegalStateException(primitive + " gives no float");
            case EQ, NE, LT, LE, INT_EQ, INT_NE, INT_LT, INT_LE, AND, OR, NOT ->
                    throw new IllegalStateException(primitive + " gives no float");
        };
    }

    private int integer(Primitive primitive, int a, int b, int c, int k) {
        return switch (primitive) {
            case INT_ADD -> i[a][k] + i[b][k];
            case INT_SUB -> i[a][k] - i[b][k];
            case INT_MUL -> i[a][k] * i[b][k];
            case INT_MAX -> Math.max(i[a][k], i[b][k]);
            case INT_MIN -> Math.min(i[a][k], i[b][k]);
            case INT_AND -> i[a][k] & i[b][k];
            case INT_OR -> i[a][k] | i[b][k];
            case SHIFT_LEFT -> i[a][k] << i[b][k];
            case SHIFT_RIGHT -> i[a][k] >> i[b][k];
            case TO_INT -> (int) f[a][k];
            case BITS -> Float.floatToRawIntBits(f[a][k]);
            case INT_SELECT -> i[a][k] != 0 ? i[b][k] : i[c][k];
            case ADD, SUB, MUL, DIV, MAX, MIN, FMA, SQRT, NEG, ABS, TO_FLOAT, FROM_BITS, SELECT ->
                    throw new IllegalStateException(primitive + " gives no int");
            case EQ, NE, LT, LE, INT_EQ, INT_NE, INT_LT, INT_LE, AND, OR, NOT ->
                    throw new IllegalStateException(primitive + " gives no int");
        };
    }

    private boolean holds(Primitive primitive, int a, int b, int k) {
        return switch (primitive) {
            case EQ -> f[a][k] == f[b][k];
            case NE -> f[a][k] != f[b][k];
            case LT -> f[a][k] < f[b][k];
            case LE -> f[a][k] <= f[b][k];
            case INT_EQ -> i[a][k] == i[b][k];
            case INT_NE -> i[a][k] != i[b][k];
            case INT_LT -> i[a][k] < i[b][k];
            case INT_LE -> i[a][k] <= i[b][k];
            case AND -> (i[a][k] & i[b][k]) != 0;
            case OR -> (i[a][k] | i[b][k]) != 0;
            case NOT -> i[a][k] == 0;
            case ADD, SUB, MUL, DIV, MAX, MIN, FMA, SQRT, NEG, ABS, TO_FLOAT, FROM_BITS, SELECT ->
                    throw new IllegalStateException(primitive + " gives no bool");
            case INT_ADD,
                    INT_SUB,
                    INT_MUL,
                    INT_MAX,
                    INT_MIN,
                    INT_AND,
                    INT_OR,
                    SHIFT_LEFT,
                    SHIFT_RIGHT,
                    TO_INT,
                    BITS,
                    INT_SELECT ->
                    throw new IllegalStateException(primitive + " gives no bool");
        };
    }
}
