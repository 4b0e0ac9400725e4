import org.jspecify.annotations.NullMarked;

/// Layers, losses, optimizers and metrics as functions that build programs.
@NullMarked
module motley.nn {
    requires transitive motley.program;
    requires static org.jspecify;

    exports motley.nn;
}
