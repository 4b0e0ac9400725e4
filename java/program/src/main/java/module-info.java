import org.jspecify.annotations.NullMarked;

/// Tensor programs: typed, static-shape, side-effect-free lists of primitive operations.
@NullMarked
module motley.program {
    requires transitive motley.tensor;
    requires static org.jspecify;

    exports motley.program;
    exports motley.program.reference;
    exports motley.program.autodiff;
}
