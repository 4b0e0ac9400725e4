package motley.compiler.kernel;

import java.util.List;
import motley.tensor.DType;

/// The operations every renderer must have, each exact or correctly rounded, so that all machines
/// with IEEE 754 arithmetic give the same bits. Transcendental functions are composed of them (see
/// `Elementary`), never left to a machine's library.
public enum Primitive {
    ADD(DType.F32, DType.F32, DType.F32),
    SUB(DType.F32, DType.F32, DType.F32),
    MUL(DType.F32, DType.F32, DType.F32),
    DIV(DType.F32, DType.F32, DType.F32),
    /// NaN if either operand is NaN; -0 is below +0.
    MAX(DType.F32, DType.F32, DType.F32),
    /// NaN if either operand is NaN; -0 is below +0.
    MIN(DType.F32, DType.F32, DType.F32),
    /// `x·y + z`, rounded once.
    FMA(DType.F32, DType.F32, DType.F32, DType.F32),
    SQRT(DType.F32, DType.F32),
    NEG(DType.F32, DType.F32),
    ABS(DType.F32, DType.F32),

    /// Integer arithmetic wraps.
    INT_ADD(DType.I32, DType.I32, DType.I32),
    INT_SUB(DType.I32, DType.I32, DType.I32),
    INT_MUL(DType.I32, DType.I32, DType.I32),
    INT_MAX(DType.I32, DType.I32, DType.I32),
    INT_MIN(DType.I32, DType.I32, DType.I32),
    INT_AND(DType.I32, DType.I32, DType.I32),
    INT_OR(DType.I32, DType.I32, DType.I32),
    /// The second operand is a constant in `[0, 31]`, also for the next.
    SHIFT_LEFT(DType.I32, DType.I32, DType.I32),
    /// Copies the sign bit in from the left.
    SHIFT_RIGHT(DType.I32, DType.I32, DType.I32),

    /// Truncates towards zero, saturates, maps NaN to 0.
    TO_INT(DType.I32, DType.F32),
    /// Rounds to nearest, ties to even.
    TO_FLOAT(DType.F32, DType.I32),
    /// The bit pattern of a float.
    BITS(DType.I32, DType.F32),
    /// The float of a bit pattern.
    FROM_BITS(DType.F32, DType.I32),

    EQ(DType.BOOL, DType.F32, DType.F32),
    NE(DType.BOOL, DType.F32, DType.F32),
    LT(DType.BOOL, DType.F32, DType.F32),
    LE(DType.BOOL, DType.F32, DType.F32),
    INT_EQ(DType.BOOL, DType.I32, DType.I32),
    INT_NE(DType.BOOL, DType.I32, DType.I32),
    INT_LT(DType.BOOL, DType.I32, DType.I32),
    INT_LE(DType.BOOL, DType.I32, DType.I32),

    AND(DType.BOOL, DType.BOOL, DType.BOOL),
    OR(DType.BOOL, DType.BOOL, DType.BOOL),
    NOT(DType.BOOL, DType.BOOL),

    /// `p ? x : y`.
    SELECT(DType.F32, DType.BOOL, DType.F32, DType.F32),
    INT_SELECT(DType.I32, DType.BOOL, DType.I32, DType.I32);

    private final DType result;
    private final List<DType> operands;

    Primitive(DType result, DType... operands) {
        this.result = result;
        this.operands = List.of(operands);
    }

    public DType result() {
        return result;
    }

    public List<DType> operands() {
        return operands;
    }
}
