package motley.program;

/// Functions of two elements.
public enum BinaryKind {
    ADD,
    SUB,
    MUL,
    DIV,
    /// NaN if either operand is NaN. Gradient: to the larger, half to each when equal.
    MAX,
    /// NaN if either operand is NaN. Gradient: to the smaller, half to each when equal.
    MIN,
    /// `x` to the power `y`, for `x > 0`. Elsewhere the result is that of IEEE `pow`, the gradient
    /// in `y` is 0.
    POW,
    AND,
    OR
}
