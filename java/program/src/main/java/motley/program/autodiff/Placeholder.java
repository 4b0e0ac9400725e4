package motley.program.autodiff;

/// Keeps the exported package non-empty; goes away with its first real type.
final class Placeholder {
    private Placeholder() {}
}
