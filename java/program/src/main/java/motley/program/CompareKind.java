package motley.program;

/// Relations of two elements.
public enum CompareKind {
    EQ,
    NE,
    LT,
    LE,
    GT,
    GE
}
