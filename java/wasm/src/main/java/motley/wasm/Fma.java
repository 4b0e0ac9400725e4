package motley.wasm;

import static motley.wasm.binary.Instruction.F32X4_DEMOTE_F64X2_ZERO;
import static motley.wasm.binary.Instruction.F32X4_RELAXED_MADD;
import static motley.wasm.binary.Instruction.F64X2_ABS;
import static motley.wasm.binary.Instruction.F64X2_ADD;
import static motley.wasm.binary.Instruction.F64X2_LT;
import static motley.wasm.binary.Instruction.F64X2_MUL;
import static motley.wasm.binary.Instruction.F64X2_PROMOTE_LOW_F32X4;
import static motley.wasm.binary.Instruction.F64X2_SUB;
import static motley.wasm.binary.Instruction.I64X2_ADD;
import static motley.wasm.binary.Instruction.I64X2_EQ;
import static motley.wasm.binary.Instruction.I64X2_LT_S;
import static motley.wasm.binary.Instruction.V128_AND;
import static motley.wasm.binary.Instruction.V128_OR;
import static motley.wasm.binary.Instruction.V128_XOR;

import java.util.Collections;
import java.util.List;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;
import motley.wasm.binary.ValueType;

/// `x·y + z` rounded once, for machines whose vectors have no such instruction.
///
/// A product of two f32 is exact in f64. The f64 sum is rounded to odd: where it is not exact and
/// its last bit is 0, it moves by one unit towards the exact sum. Rounding that to f32 is rounding
/// once, because f64 has more than twice the bits of f32 and two.
/// Source: Boldo, Melquiond 2008, "Emulation of a FMA and correctly rounded sums: proved
/// algorithms using rounding to odd"; the error of a sum by Knuth's TwoSum.
final class Fma {
    /// Of a function from three vectors to one.
    static final FunctionType TYPE =
            new FunctionType(Collections.nCopies(3, ValueType.V128), List.of(ValueType.V128));

    private final Code c;
    private final Local product;
    private final Local addend;
    private final Local sum;
    private final Local error;
    private final Local part;

    private Fma(Code c) {
        this.c = c;
        product = c.vector();
        addend = c.vector();
        sum = c.vector();
        error = c.vector();
        part = c.vector();
    }

    /// Writes the body of the exact function.
    static void exact(Code c) {
        var code = new Fma(c);
        code.half(0);
        code.half(1);
        c.shuffle(0, 1, 4, 5);
    }

    /// Writes the instruction of the machine.
    static void relaxed(Code c) {
        c.get(c.param(0)).get(c.param(1)).get(c.param(2)).op(F32X4_RELAXED_MADD);
    }

    /// Lanes 0 and 1, or 2 and 3, as the lower half of a vector.
    private void half(int half) {
        wide(0, half);
        wide(1, half);
        c.op(F64X2_MUL).set(product);
        wide(2, half);
        c.set(addend);
        c.get(product).get(addend).op(F64X2_ADD).set(sum);
        error();
        c.get(sum);
        step();
        c.op(I64X2_ADD).op(F32X4_DEMOTE_F64X2_ZERO);
    }

    private void wide(int param, int half) {
        c.get(c.param(param));
        if (half == 1) c.get(c.param(param)).shuffle(2, 3, 2, 3);
        c.op(F64X2_PROMOTE_LOW_F32X4);
    }

    /// TwoSum: what the sum lacks, exactly.
    private void error() {
        c.get(sum).get(product).op(F64X2_SUB).set(part);
        c.get(product).get(sum).get(part).op(F64X2_SUB).op(F64X2_SUB);
        c.get(addend).get(part).op(F64X2_SUB).op(F64X2_ADD).set(error);
    }

    /// By how many units the sum's bits move: away from 0 if sum and error have one sign.
    private void step() {
        c.get(sum).get(error).op(V128_XOR).lanes(0, 0, 0, 0).op(I64X2_LT_S);
        c.lanes(1, 0, 1, 0).op(V128_OR);
        c.get(sum).lanes(1, 0, 1, 0).op(V128_AND).lanes(0, 0, 0, 0).op(I64X2_EQ);
        c.op(V128_AND);
        c.lanes(0, 0, 0, 0).get(error).op(F64X2_ABS).op(F64X2_LT).op(V128_AND);
    }
}
