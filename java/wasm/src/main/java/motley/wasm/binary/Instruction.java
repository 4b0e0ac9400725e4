package motley.wasm.binary;

import java.util.List;

/// Instructions that take their operands from the stack: code, operands, result.
///
/// Types are letters: i32 `i`, i64 `l`, f32 `f`, v128 `v`. Source: WebAssembly Core Specification
/// 3.0, section 5.4 and appendix "Index of Instructions".
public enum Instruction {
    UNREACHABLE(0, 0x00, "", "", Immediate.NONE),
    RETURN(0, 0x0F, "", "", Immediate.NONE),
    DROP_VECTOR(0, 0x1A, "v", "", Immediate.NONE),
    DROP_I32(0, 0x1A, "i", "", Immediate.NONE),
    I32_LOAD(0, 0x28, "i", "i", Immediate.MEMORY),
    I64_LOAD(0, 0x29, "i", "l", Immediate.MEMORY),
    F32_LOAD(0, 0x2A, "i", "f", Immediate.MEMORY),
    I32_STORE(0, 0x36, "ii", "", Immediate.MEMORY),
    I64_STORE(0, 0x37, "il", "", Immediate.MEMORY),
    F32_STORE(0, 0x38, "if", "", Immediate.MEMORY),
    I32_EQZ(0, 0x45, "i", "i", Immediate.NONE),
    I32_EQ(0, 0x46, "ii", "i", Immediate.NONE),
    I32_NE(0, 0x47, "ii", "i", Immediate.NONE),
    I32_LT_S(0, 0x48, "ii", "i", Immediate.NONE),
    I32_LT_U(0, 0x49, "ii", "i", Immediate.NONE),
    I32_GT_S(0, 0x4A, "ii", "i", Immediate.NONE),
    I32_GE_S(0, 0x4E, "ii", "i", Immediate.NONE),
    I32_GE_U(0, 0x4F, "ii", "i", Immediate.NONE),
    F32_EQ(0, 0x5B, "ff", "i", Immediate.NONE),
    F32_NE(0, 0x5C, "ff", "i", Immediate.NONE),
    F32_LT(0, 0x5D, "ff", "i", Immediate.NONE),
    F32_GT(0, 0x5E, "ff", "i", Immediate.NONE),
    F32_LE(0, 0x5F, "ff", "i", Immediate.NONE),
    I32_ADD(0, 0x6A, "ii", "i", Immediate.NONE),
    I32_SUB(0, 0x6B, "ii", "i", Immediate.NONE),
    I32_MUL(0, 0x6C, "ii", "i", Immediate.NONE),
    I32_AND(0, 0x71, "ii", "i", Immediate.NONE),
    I32_OR(0, 0x72, "ii", "i", Immediate.NONE),
    I32_XOR(0, 0x73, "ii", "i", Immediate.NONE),
    I32_SHL(0, 0x74, "ii", "i", Immediate.NONE),
    I32_SHR_S(0, 0x75, "ii", "i", Immediate.NONE),
    I32_SHR_U(0, 0x76, "ii", "i", Immediate.NONE),
    I64_MUL(0, 0x7E, "ll", "l", Immediate.NONE),
    I64_SHR_U(0, 0x88, "ll", "l", Immediate.NONE),
    F32_ADD(0, 0x92, "ff", "f", Immediate.NONE),
    F32_MUL(0, 0x94, "ff", "f", Immediate.NONE),
    I32_WRAP_I64(0, 0xA7, "l", "i", Immediate.NONE),
    I64_EXTEND_I32_U(0, 0xAD, "i", "l", Immediate.NONE),
    F32_CONVERT_I32_U(0, 0xB3, "i", "f", Immediate.NONE),
    V128_LOAD(0xfd, 0x00, "i", "v", Immediate.MEMORY),
    V128_LOAD32_SPLAT(0xfd, 0x09, "i", "v", Immediate.MEMORY),
    V128_STORE(0xfd, 0x0B, "iv", "", Immediate.MEMORY),
    I8X16_SHUFFLE(0xfd, 0x0D, "vv", "v", Immediate.SHUFFLE),
    I32X4_SPLAT(0xfd, 0x11, "i", "v", Immediate.NONE),
    F32X4_SPLAT(0xfd, 0x13, "f", "v", Immediate.NONE),
    I32X4_EXTRACT_LANE(0xfd, 0x1B, "v", "i", Immediate.LANE),
    F32X4_EXTRACT_LANE(0xfd, 0x1F, "v", "f", Immediate.LANE),
    I32X4_EQ(0xfd, 0x37, "vv", "v", Immediate.NONE),
    I32X4_NE(0xfd, 0x38, "vv", "v", Immediate.NONE),
    I32X4_LT_S(0xfd, 0x39, "vv", "v", Immediate.NONE),
    I32X4_LE_S(0xfd, 0x3D, "vv", "v", Immediate.NONE),
    F32X4_EQ(0xfd, 0x41, "vv", "v", Immediate.NONE),
    F32X4_NE(0xfd, 0x42, "vv", "v", Immediate.NONE),
    F32X4_LT(0xfd, 0x43, "vv", "v", Immediate.NONE),
    F32X4_GT(0xfd, 0x44, "vv", "v", Immediate.NONE),
    F32X4_LE(0xfd, 0x45, "vv", "v", Immediate.NONE),
    F64X2_LT(0xfd, 0x49, "vv", "v", Immediate.NONE),
    V128_NOT(0xfd, 0x4D, "v", "v", Immediate.NONE),
    V128_AND(0xfd, 0x4E, "vv", "v", Immediate.NONE),
    V128_ANDNOT(0xfd, 0x4F, "vv", "v", Immediate.NONE),
    V128_OR(0xfd, 0x50, "vv", "v", Immediate.NONE),
    V128_XOR(0xfd, 0x51, "vv", "v", Immediate.NONE),
    V128_BITSELECT(0xfd, 0x52, "vvv", "v", Immediate.NONE),
    V128_ANY_TRUE(0xfd, 0x53, "v", "i", Immediate.NONE),
    V128_LOAD32_LANE(0xfd, 0x56, "iv", "v", Immediate.MEMORY_LANE),
    V128_STORE32_LANE(0xfd, 0x5A, "iv", "", Immediate.MEMORY_LANE),
    V128_STORE64_LANE(0xfd, 0x5B, "iv", "", Immediate.MEMORY_LANE),
    V128_LOAD32_ZERO(0xfd, 0x5C, "i", "v", Immediate.MEMORY),
    V128_LOAD64_ZERO(0xfd, 0x5D, "i", "v", Immediate.MEMORY),
    F32X4_DEMOTE_F64X2_ZERO(0xfd, 0x5E, "v", "v", Immediate.NONE),
    F64X2_PROMOTE_LOW_F32X4(0xfd, 0x5F, "v", "v", Immediate.NONE),
    I32X4_NEG(0xfd, 0xA1, "v", "v", Immediate.NONE),
    I32X4_BITMASK(0xFD, 0xA4, "v", "i", Immediate.NONE),
    I32X4_SHL(0xfd, 0xAB, "vi", "v", Immediate.NONE),
    I32X4_SHR_S(0xfd, 0xAC, "vi", "v", Immediate.NONE),
    I32X4_SHR_U(0xfd, 0xAD, "vi", "v", Immediate.NONE),
    I32X4_ADD(0xfd, 0xAE, "vv", "v", Immediate.NONE),
    I32X4_SUB(0xfd, 0xB1, "vv", "v", Immediate.NONE),
    I32X4_MUL(0xfd, 0xB5, "vv", "v", Immediate.NONE),
    I32X4_MIN_S(0xfd, 0xB6, "vv", "v", Immediate.NONE),
    I32X4_MAX_S(0xfd, 0xB8, "vv", "v", Immediate.NONE),
    I64X2_ADD(0xfd, 0xCE, "vv", "v", Immediate.NONE),
    I64X2_EQ(0xfd, 0xD6, "vv", "v", Immediate.NONE),
    I64X2_LT_S(0xfd, 0xD8, "vv", "v", Immediate.NONE),
    F32X4_ABS(0xfd, 0xE0, "v", "v", Immediate.NONE),
    F32X4_NEG(0xfd, 0xE1, "v", "v", Immediate.NONE),
    F32X4_SQRT(0xfd, 0xE3, "v", "v", Immediate.NONE),
    F32X4_ADD(0xfd, 0xE4, "vv", "v", Immediate.NONE),
    F32X4_SUB(0xfd, 0xE5, "vv", "v", Immediate.NONE),
    F32X4_MUL(0xfd, 0xE6, "vv", "v", Immediate.NONE),
    F32X4_DIV(0xfd, 0xE7, "vv", "v", Immediate.NONE),
    F32X4_MIN(0xfd, 0xE8, "vv", "v", Immediate.NONE),
    F32X4_MAX(0xfd, 0xE9, "vv", "v", Immediate.NONE),
    F64X2_ABS(0xfd, 0xEC, "v", "v", Immediate.NONE),
    F64X2_ADD(0xfd, 0xF0, "vv", "v", Immediate.NONE),
    F64X2_SUB(0xfd, 0xF1, "vv", "v", Immediate.NONE),
    F64X2_MUL(0xfd, 0xF2, "vv", "v", Immediate.NONE),
    I32X4_TRUNC_SAT_F32X4_S(0xfd, 0xF8, "v", "v", Immediate.NONE),
    F32X4_CONVERT_I32X4_S(0xfd, 0xFA, "v", "v", Immediate.NONE),
    F32X4_RELAXED_MADD(0xfd, 0x105, "vvv", "v", Immediate.NONE),
    /// How many of those that wait at an address go on: address, most; answers how many did.
    MEMORY_ATOMIC_NOTIFY(0xfe, 0x00, "ii", "i", Immediate.MEMORY),
    /// Waits while a word is as expected: address, expected, nanoseconds; below 0 for ever.
    MEMORY_ATOMIC_WAIT32(0xfe, 0x01, "iil", "i", Immediate.MEMORY),
    I32_ATOMIC_LOAD(0xfe, 0x10, "i", "i", Immediate.MEMORY),
    I32_ATOMIC_STORE(0xfe, 0x17, "ii", "", Immediate.MEMORY),
    /// Adds; answers what was there before.
    I32_ATOMIC_ADD(0xfe, 0x1E, "ii", "i", Immediate.MEMORY);

    /// What follows the code.
    enum Immediate {
        NONE,
        /// Alignment and offset.
        MEMORY,
        /// Alignment, offset, lane.
        MEMORY_LANE,
        LANE,
        /// Sixteen lanes of bytes.
        SHUFFLE
    }

    private final int prefix;
    private final int code;
    private final List<ValueType> operands;
    private final List<ValueType> results;
    private final Immediate immediate;

    Instruction(int prefix, int code, String operands, String results, Immediate immediate) {
        this.prefix = prefix;
        this.code = code;
        this.operands = operands.chars().mapToObj(ValueType::of).toList();
        this.results = results.chars().mapToObj(ValueType::of).toList();
        this.immediate = immediate;
    }

    List<ValueType> operands() {
        return operands;
    }

    List<ValueType> results() {
        return results;
    }

    Immediate immediate() {
        return immediate;
    }

    void write(Bytes out) {
        if (prefix == 0) out.octet(code);
        else out.octet(prefix).unsigned(code);
    }
}
