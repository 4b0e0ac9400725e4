package motley.wasm;

import static motley.wasm.binary.Instruction.F32X4_ADD;
import static motley.wasm.binary.Instruction.F32_EQ;
import static motley.wasm.binary.Instruction.F32_GT;
import static motley.wasm.binary.Instruction.F32_LOAD;
import static motley.wasm.binary.Instruction.F32_NE;
import static motley.wasm.binary.Instruction.I32_ADD;
import static motley.wasm.binary.Instruction.I32_AND;
import static motley.wasm.binary.Instruction.I32_EQZ;
import static motley.wasm.binary.Instruction.I32_LOAD;
import static motley.wasm.binary.Instruction.I32_LT_U;
import static motley.wasm.binary.Instruction.I32_MUL;
import static motley.wasm.binary.Instruction.I32_OR;
import static motley.wasm.binary.Instruction.I32_STORE;
import static motley.wasm.binary.Instruction.V128_LOAD;

import motley.compiler.kernel.Kernel;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;
import motley.wasm.binary.ValueType;

/// Writes rows chosen by integers, and the positions of largest elements.
final class IndexingCode {
    private static final int BYTES = 4;
    private static final int VECTOR = 16;

    private IndexingCode() {}

    private record Gather(int rows, int width, int count) {}

    private record ScatterAdd(int rows, int width, int count) {}

    private record ArgMax(int outer, int length, int step) {}

    /// Each output row is copied from the table, or zeroed where the index is outside of it.
    static void gather(Rendering rendering, Code c, Kernel.Call call) {
        int rows = call.in().get(0).type().shape().dim(0);
        int width = call.in().get(0).buffer().elements() / rows;
        var form = new Gather(rows, width, call.in().get(1).buffer().elements());
        call(rendering, c, form, call, body -> gather(body, form));
    }

    private static void gather(Code c, Gather form) {
        int bytes = form.width * BYTES;
        var row = c.i32Local();
        var inside = c.i32Local();
        c.repeat(
                form.count,
                () -> {
                    c.get(c.param(1)).memory(I32_LOAD, 0).tee(row);
                    c.i32(form.rows).op(I32_LT_U).tee(inside);
                    c.when(
                            () -> {
                                c.get(c.param(2)).get(c.param(0));
                                c.get(row).i32(bytes).op(I32_MUL).op(I32_ADD);
                                c.i32(bytes).copyMemory();
                            });
                    c.get(inside).op(I32_EQZ);
                    c.when(() -> c.get(c.param(2)).i32(0).i32(bytes).fillMemory());
                    c.increase(c.param(1), BYTES).increase(c.param(2), bytes);
                });
    }

    /// Adds in order of the updates.
    static void scatterAdd(Rendering rendering, Code c, int rows, Kernel.Call call) {
        int width = call.out().buffer().elements() / rows;
        var form = new ScatterAdd(rows, width, call.in().get(0).buffer().elements());
        call(rendering, c, form, call, body -> scatterAdd(body, form));
    }

    private static void scatterAdd(Code c, ScatterAdd form) {
        int bytes = form.width * BYTES;
        var row = c.i32Local();
        var to = c.i32Local();
        c.get(c.param(2)).i32(0).i32(form.rows * bytes).fillMemory();
        c.repeat(
                form.count,
                () -> {
                    c.get(c.param(0)).memory(I32_LOAD, 0).tee(row);
                    c.i32(form.rows).op(I32_LT_U);
                    c.when(
                            () -> {
                                c.get(c.param(2)).get(row).i32(bytes).op(I32_MUL).op(I32_ADD);
                                c.set(to);
                                addRow(c, form.width, to);
                            });
                    c.increase(c.param(0), BYTES).increase(c.param(1), bytes);
                });
    }

    private static void addRow(Code c, int width, Local to) {
        var from = c.i32Local();
        c.get(c.param(1)).set(from);
        int whole = width / Lanes.ALL;
        int rest = width % Lanes.ALL;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        add(c, from, to, Lanes.ALL);
                        c.increase(from, VECTOR).increase(to, VECTOR);
                    });
        }
        if (rest > 0) add(c, from, to, rest);
    }

    private static void add(Code c, Local from, Local to, int lanes) {
        var sum = c.vector();
        c.get(to).memory(V128_LOAD, 0).get(from).memory(V128_LOAD, 0).op(F32X4_ADD).set(sum);
        Lanes.store(c, sum, to, 0, 1, lanes);
    }

    /// The first largest element along an axis; NaN counts as largest.
    static void argMax(Rendering rendering, Code c, int axis, Kernel.Call call) {
        var shape = call.in().getFirst().type().shape();
        int length = shape.dim(axis);
        int step = shape.strides()[axis];
        var form = new ArgMax(shape.count() / length / step, length, step);
        var function = rendering.form(form, FunctionType.ofInts(2), body -> argMax(body, form));
        c.i32(rendering.address(call.in().getFirst().buffer()));
        c.i32(rendering.address(call.out().buffer()));
        c.call(function);
    }

    private static void argMax(Code c, ArgMax form) {
        var from = c.param(0);
        var to = c.param(1);
        c.repeat(
                form.outer,
                () -> {
                    c.repeat(
                            form.step,
                            () -> {
                                largest(c, form, from, to);
                                c.increase(from, BYTES).increase(to, BYTES);
                            });
                    c.increase(from, (form.length - 1) * form.step * BYTES);
                });
    }

    private static void largest(Code c, ArgMax form, Local from, Local to) {
        var most = c.local(ValueType.F32);
        var x = c.local(ValueType.F32);
        var best = c.i32Local();
        var k = c.i32Local();
        var at = c.i32Local();
        c.get(from).tee(at).memory(F32_LOAD, 0).set(most);
        c.i32(0).tee(best).set(k);
        if (form.length > 1) {
            c.repeat(
                    form.length - 1,
                    () -> {
                        c.increase(at, form.step * BYTES).increase(k, 1);
                        c.get(at).memory(F32_LOAD, 0).set(x);
                        c.get(most).get(most).op(F32_EQ);
                        c.get(x).get(most).op(F32_GT).get(x).get(x).op(F32_NE).op(I32_OR);
                        c.op(I32_AND).when(() -> c.get(x).set(most).get(k).set(best));
                    });
        }
        c.get(to).get(best).memory(I32_STORE, 0);
    }

    private static void call(
            Rendering rendering,
            Code c,
            Object form,
            Kernel.Call call,
            java.util.function.Consumer<Code> write) {
        var function = rendering.form(form, FunctionType.ofInts(3), write);
        c.i32(rendering.address(call.in().get(0).buffer()));
        c.i32(rendering.address(call.in().get(1).buffer()));
        c.i32(rendering.address(call.out().buffer()));
        c.call(function);
    }
}
