package motley.program;

/// Ways to fold an axis.
public enum ReduceKind {
    SUM,
    MAX,
    MIN
}
