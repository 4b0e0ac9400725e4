import org.jspecify.annotations.NullMarked;

/// The engine for the JVM: vector kernels, each with a scalar twin.
@NullMarked
module motley.cpu {
    requires transitive motley.tensor;
    requires transitive motley.program;
    requires transitive motley.compiler;
    requires jdk.incubator.vector;
    requires static org.jspecify;

    exports motley.cpu;
}
