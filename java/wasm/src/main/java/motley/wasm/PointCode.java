package motley.wasm;

import static motley.wasm.binary.Instruction.F32X4_ABS;
import static motley.wasm.binary.Instruction.F32X4_ADD;
import static motley.wasm.binary.Instruction.F32X4_CONVERT_I32X4_S;
import static motley.wasm.binary.Instruction.F32X4_DIV;
import static motley.wasm.binary.Instruction.F32X4_EQ;
import static motley.wasm.binary.Instruction.F32X4_LE;
import static motley.wasm.binary.Instruction.F32X4_LT;
import static motley.wasm.binary.Instruction.F32X4_MAX;
import static motley.wasm.binary.Instruction.F32X4_MIN;
import static motley.wasm.binary.Instruction.F32X4_MUL;
import static motley.wasm.binary.Instruction.F32X4_NE;
import static motley.wasm.binary.Instruction.F32X4_NEG;
import static motley.wasm.binary.Instruction.F32X4_SQRT;
import static motley.wasm.binary.Instruction.F32X4_SUB;
import static motley.wasm.binary.Instruction.I32X4_ADD;
import static motley.wasm.binary.Instruction.I32X4_EQ;
import static motley.wasm.binary.Instruction.I32X4_LE_S;
import static motley.wasm.binary.Instruction.I32X4_LT_S;
import static motley.wasm.binary.Instruction.I32X4_MAX_S;
import static motley.wasm.binary.Instruction.I32X4_MIN_S;
import static motley.wasm.binary.Instruction.I32X4_MUL;
import static motley.wasm.binary.Instruction.I32X4_NE;
import static motley.wasm.binary.Instruction.I32X4_SHL;
import static motley.wasm.binary.Instruction.I32X4_SHR_S;
import static motley.wasm.binary.Instruction.I32X4_SPLAT;
import static motley.wasm.binary.Instruction.I32X4_SUB;
import static motley.wasm.binary.Instruction.I32X4_TRUNC_SAT_F32X4_S;
import static motley.wasm.binary.Instruction.V128_AND;
import static motley.wasm.binary.Instruction.V128_BITSELECT;
import static motley.wasm.binary.Instruction.V128_LOAD32_SPLAT;
import static motley.wasm.binary.Instruction.V128_NOT;
import static motley.wasm.binary.Instruction.V128_OR;

import java.util.List;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Primitive;
import motley.tensor.DType;
import motley.wasm.binary.Code;
import motley.wasm.binary.Local;

/// Writes the nodes of a kernel for four neighbouring points along one axis.
///
/// Every node has a variable: four floats, four ints, or four masks for bools. A node is computed
/// in the body of the innermost axis it depends on, and no further in.
final class PointCode {
    private final Rendering rendering;
    private final Code c;
    private final List<Node> nodes;
    private final int axis;
    private final int[] levels;
    private final boolean[] varies;

    /// By vector and node.
    private final Local[][] values;

    /// By node: the address that a load reads at, or the number that an index begins with.
    private final Local[] places;

    /// @param axis that vectors lie along; -1 if there is none and all four points are the same
    /// @param vectors how many are computed side by side
    /// @param places by node
    PointCode(
            Rendering rendering, Code c, List<Node> nodes, int axis, int vectors, Local[] places) {
        this.rendering = rendering;
        this.c = c;
        this.nodes = nodes;
        this.axis = axis;
        this.places = places;
        levels = new int[nodes.size()];
        varies = new boolean[nodes.size()];
        values = new Local[vectors][nodes.size()];
        for (int n = 0; n < levels.length; n++) {
            levels[n] = level(nodes.get(n));
            varies[n] = varies(nodes.get(n));
            for (int v = 0; v < vectors; v++) {
                values[v][n] = v == 0 || varies[n] ? c.vector() : values[0][n];
            }
        }
    }

    private int level(Node node) {
        return switch (node) {
            case Node.Constant _ -> -1;
            case Node.Load(var access) -> innermost(access.strides());
            case Node.Index(_, var strides) -> innermost(strides);
            case Node.Apply(_, var in) -> in.stream().mapToInt(n -> levels[n]).max().orElse(-1);
        };
    }

    private static int innermost(List<Integer> strides) {
        int axis = strides.size() - 1;
        while (axis >= 0 && strides.get(axis) == 0) axis--;
        return axis;
    }

    private boolean varies(Node node) {
        if (axis < 0) return false;
        return switch (node) {
            case Node.Constant _ -> false;
            case Node.Load(var access) -> access.strides().get(axis) != 0;
            case Node.Index(_, var strides) -> strides.get(axis) != 0;
            case Node.Apply(_, var in) -> in.stream().anyMatch(n -> varies[n]);
        };
    }

    Local value(int vector, int node) {
        return values[vector][node];
    }

    /// Computes the nodes that depend on `level` and nothing further in, and are the same along the
    /// vectors.
    void computeEven(int level) {
        for (int n = 0; n < levels.length; n++) {
            if (levels[n] == level && !varies[n]) write(n, 0, 0, Lanes.ALL);
        }
    }

    /// Computes the other nodes of `level` for the lanes of vector `vector`, which begins
    /// `shift` vectors from the present place.
    void compute(int level, int vector, int shift, int lanes) {
        for (int n = 0; n < levels.length; n++) {
            if (levels[n] == level && varies[n]) write(n, vector, shift, lanes);
        }
    }

    private void write(int n, int vector, int shift, int lanes) {
        switch (nodes.get(n)) {
            case Node.Constant(var dtype, int bits) ->
                    c.splat(dtype == DType.BOOL && bits != 0 ? -1 : bits);
            case Node.Load(var access) -> {
                if (varies[n]) {
                    int stride = access.strides().get(axis);
                    Lanes.load(c, places[n], shift * Lanes.ALL * stride, stride, lanes);
                } else {
                    c.get(places[n]).memory(V128_LOAD32_SPLAT, 0);
                }
                if (access.buffer().dtype() == DType.BOOL) c.splat(0).op(I32X4_NE);
            }
            case Node.Index(_, var strides) -> {
                c.get(places[n]).op(I32X4_SPLAT);
                if (varies[n]) {
                    int s = strides.get(axis);
                    int first = shift * Lanes.ALL * s;
                    c.lanes(first, first + s, first + 2 * s, first + 3 * s).op(I32X4_ADD);
                }
            }
            case Node.Apply(var primitive, var in) -> apply(primitive, in, values[vector]);
        }
        c.set(values[vector][n]);
    }

    private void apply(Primitive primitive, List<Integer> in, Local[] from) {
        switch (primitive) {
            case SHIFT_LEFT, SHIFT_RIGHT -> {
                c.get(from[in.get(0)]).i32(distance(in.get(1)));
                c.op(primitive == Primitive.SHIFT_LEFT ? I32X4_SHL : I32X4_SHR_S);
                return;
            }
            case SELECT, INT_SELECT -> {
                c.get(from[in.get(1)]).get(from[in.get(2)]).get(from[in.get(0)]);
                c.op(V128_BITSELECT);
                return;
            }
            default -> in.forEach(n -> c.get(from[n]));
        }
        switch (primitive) {
            case ADD -> c.op(F32X4_ADD);
            case SUB -> c.op(F32X4_SUB);
            case MUL -> c.op(F32X4_MUL);
            case DIV -> c.op(F32X4_DIV);
            case MAX -> c.op(F32X4_MAX);
            case MIN -> c.op(F32X4_MIN);
            case FMA -> rendering.fma(c);
            case SQRT -> c.op(F32X4_SQRT);
            case NEG -> c.op(F32X4_NEG);
            case ABS -> c.op(F32X4_ABS);
            case INT_ADD -> c.op(I32X4_ADD);
            case INT_SUB -> c.op(I32X4_SUB);
            case INT_MUL -> c.op(I32X4_MUL);
            case INT_MAX -> c.op(I32X4_MAX_S);
            case INT_MIN -> c.op(I32X4_MIN_S);
            case INT_AND, AND -> c.op(V128_AND);
            case INT_OR, OR -> c.op(V128_OR);
            case TO_INT -> c.op(I32X4_TRUNC_SAT_F32X4_S);
            case TO_FLOAT -> c.op(F32X4_CONVERT_I32X4_S);
            case EQ -> c.op(F32X4_EQ);
            case NE -> c.op(F32X4_NE);
            case LT -> c.op(F32X4_LT);
            case LE -> c.op(F32X4_LE);
            case INT_EQ -> c.op(I32X4_EQ);
            case INT_NE -> c.op(I32X4_NE);
            case INT_LT -> c.op(I32X4_LT_S);
            case INT_LE -> c.op(I32X4_LE_S);
            case NOT -> c.op(V128_NOT);
            case BITS, FROM_BITS -> {}
            case SHIFT_LEFT, SHIFT_RIGHT, SELECT, INT_SELECT ->
                    throw new IllegalStateException(primitive + " has been written");
        }
    }

    private int distance(int node) {
        if (nodes.get(node) instanceof Node.Constant(_, int bits)) return bits;
        throw new IllegalStateException("shift by " + nodes.get(node));
    }

    /// Pushes node `n` as it lies in memory.
    void pushStored(int vector, int n) {
        c.get(values[vector][n]);
        if (nodes.get(n).dtype() == DType.BOOL) c.splat(1).op(V128_AND);
    }
}
