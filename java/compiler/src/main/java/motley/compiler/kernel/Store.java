package motley.compiler.kernel;

/// Writes node number `node` at every point of a loop.
public record Store(Access to, int node) {}
