package motley.wasm;

import static motley.wasm.binary.Instruction.I32_ADD;
import static motley.wasm.binary.Instruction.V128_LOAD;
import static motley.wasm.binary.Instruction.V128_LOAD32_LANE;
import static motley.wasm.binary.Instruction.V128_LOAD32_ZERO;
import static motley.wasm.binary.Instruction.V128_STORE;
import static motley.wasm.binary.Instruction.V128_STORE32_LANE;
import static motley.wasm.binary.Instruction.V128_STORE64_LANE;

import motley.wasm.binary.Code;
import motley.wasm.binary.Local;

/// Vectors read from memory and written to it, whole or in part.
final class Lanes {
    /// Lanes of a vector.
    static final int ALL = 4;

    private static final int BYTES = 4;

    private Lanes() {}

    /// Pushes the elements `first, first + stride, …` from `place` on, `lanes` of them. Neighbours
    /// are read as a whole vector; what lies beyond the last lane must be memory.
    static void load(Code c, Local place, int first, int stride, int lanes) {
        if (stride == 1) {
            at(c, place, first, V128_LOAD);
            return;
        }
        at(c, place, first, V128_LOAD32_ZERO);
        if (lanes == 1) return;
        var vector = c.vector();
        c.set(vector);
        for (int lane = 1; lane < lanes; lane++) {
            int offset = (first + lane * stride) * BYTES;
            c.get(place);
            if (offset < 0) c.i32(offset).op(I32_ADD);
            c.get(vector).memoryLane(V128_LOAD32_LANE, Math.max(0, offset), lane).set(vector);
        }
        c.get(vector);
    }

    private static void at(
            Code c, Local place, int element, motley.wasm.binary.Instruction instruction) {
        int offset = element * BYTES;
        c.get(place);
        if (offset < 0) c.i32(offset).op(I32_ADD);
        c.memory(instruction, Math.max(0, offset));
    }

    /// Writes the first lanes of `vector` to the elements `first, first + stride, …` from `place`
    /// on.
    static void store(Code c, Local vector, Local place, int first, int stride, int lanes) {
        int offset = first * BYTES;
        if (stride == 1 && lanes == ALL) {
            c.get(place).get(vector).memory(V128_STORE, offset);
        } else if (stride == 1 && lanes > 1) {
            c.get(place).get(vector).memoryLane(V128_STORE64_LANE, offset, 0);
            if (lanes == 3) {
                c.get(place).get(vector).memoryLane(V128_STORE32_LANE, offset + 2 * BYTES, 2);
            }
        } else {
            for (int lane = 0; lane < lanes; lane++) {
                int at = (first + lane * stride) * BYTES;
                c.get(place);
                if (at < 0) c.i32(at).op(I32_ADD);
                c.get(vector).memoryLane(V128_STORE32_LANE, Math.max(0, at), lane);
            }
        }
    }
}
