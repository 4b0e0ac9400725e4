package motley.wasm;

import static motley.wasm.binary.Instruction.F32_CONVERT_I32_U;
import static motley.wasm.binary.Instruction.F32_MUL;
import static motley.wasm.binary.Instruction.F32_STORE;
import static motley.wasm.binary.Instruction.I32_LOAD;
import static motley.wasm.binary.Instruction.I32_SHR_U;
import static motley.wasm.binary.Instruction.I32_WRAP_I64;
import static motley.wasm.binary.Instruction.I32_XOR;
import static motley.wasm.binary.Instruction.I64_EXTEND_I32_U;
import static motley.wasm.binary.Instruction.I64_MUL;
import static motley.wasm.binary.Instruction.I64_SHR_U;

import motley.compiler.kernel.Kernel;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;
import motley.wasm.binary.ValueType;

/// Writes uniform numbers in `[0, 1)` as a function of key, row and stream: Philox4x32-10, as
/// [motley.program.Op.RandomUniform] has it. All arithmetic is exact.
///
/// Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
final class UniformCode {
    private static final int BYTES = 4;
    private static final int WORDS = 4;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;

    /// The golden ratio and √3 - 1, as increments of the key.
    private static final int WEYL_0 = 0x9E3779B9;

    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final float SCALE = 0x1p-24f;
    private static final int UNUSED_BITS = 8;

    private final Code c;
    private final Form form;
    private final Local key0;
    private final Local key1;
    private final Local counter;
    private final Local[] words = new Local[WORDS];
    private final Local product0;
    private final Local product1;

    private record Form(int stream, int rows, int width) {}

    private UniformCode(Code c, Form form) {
        this.c = c;
        this.form = form;
        key0 = c.i32Local();
        key1 = c.i32Local();
        counter = c.i32Local();
        for (int w = 0; w < WORDS; w++) words[w] = c.i32Local();
        product0 = c.local(ValueType.I64);
        product1 = c.local(ValueType.I64);
    }

    static void call(Rendering rendering, Code c, int stream, Kernel.Call call) {
        int rows = call.in().get(1).buffer().elements();
        var form = new Form(stream, rows, call.out().buffer().elements() / rows);
        var function =
                rendering.form(
                        form, FunctionType.ofInts(3), body -> new UniformCode(body, form).write());
        c.i32(rendering.address(call.in().get(0).buffer()));
        c.i32(rendering.address(call.in().get(1).buffer()));
        c.i32(rendering.address(call.out().buffer()));
        c.call(function);
    }

    private void write() {
        int whole = form.width / WORDS;
        int rest = form.width % WORDS;
        c.repeat(
                form.rows,
                () -> {
                    c.i32(0).set(counter);
                    if (whole > 0) c.repeat(whole, () -> numbers(WORDS));
                    if (rest > 0) numbers(rest);
                    c.increase(c.param(1), BYTES);
                });
    }

    /// The first `count` words of the next counter.
    private void numbers(int count) {
        c.get(c.param(0)).memory(I32_LOAD, 0).set(key0);
        c.get(c.param(0)).memory(I32_LOAD, BYTES).set(key1);
        c.get(counter).set(words[0]);
        c.get(c.param(1)).memory(I32_LOAD, 0).set(words[1]);
        c.i32(form.stream).set(words[2]).i32(0).set(words[3]);
        c.repeat(ROUNDS, this::round);
        for (int w = 0; w < count; w++) {
            c.get(c.param(2)).get(words[w]).i32(UNUSED_BITS).op(I32_SHR_U).op(F32_CONVERT_I32_U);
            c.f32(SCALE).op(F32_MUL).memory(F32_STORE, w * BYTES);
        }
        c.increase(c.param(2), count * BYTES).increase(counter, 1);
    }

    private void round() {
        c.get(words[0]).op(I64_EXTEND_I32_U).i64(MULTIPLIER_0).op(I64_MUL).set(product0);
        c.get(words[2]).op(I64_EXTEND_I32_U).i64(MULTIPLIER_1).op(I64_MUL).set(product1);
        upper(product1);
        c.get(words[1]).op(I32_XOR).get(key0).op(I32_XOR).set(words[0]);
        c.get(product1).op(I32_WRAP_I64).set(words[1]);
        upper(product0);
        c.get(words[3]).op(I32_XOR).get(key1).op(I32_XOR).set(words[2]);
        c.get(product0).op(I32_WRAP_I64).set(words[3]);
        c.increase(key0, WEYL_0).increase(key1, WEYL_1);
    }

    private void upper(Local product) {
        c.get(product).i64(Integer.SIZE).op(I64_SHR_U).op(I32_WRAP_I64);
    }
}
