package motley.program;

/// Functions of one element.
public enum UnaryKind {
    NEG,
    ABS,
    /// -1, 0 or 1 with the sign of the operand; NaN stays NaN.
    SIGN,
    EXP,
    LOG,
    /// `log(1 + x)`, accurate near 0.
    LOG1P,
    /// `exp(x) - 1`, accurate near 0.
    EXPM1,
    TANH,
    /// `1 / (1 + exp(-x))`.
    LOGISTIC,
    SQRT,
    /// `1 / sqrt(x)`.
    RSQRT,
    SIN,
    COS,
    /// The error function.
    ERF,
    FLOOR,
    NOT
}
