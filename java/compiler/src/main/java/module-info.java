import org.jspecify.annotations.NullMarked;

/// Lowers a program to kernels: simplify, fuse, schedule, plan memory.
@NullMarked
module motley.compiler {
    requires transitive motley.program;
    requires static org.jspecify;

    exports motley.compiler;
    exports motley.compiler.device;
    exports motley.compiler.kernel;
}
