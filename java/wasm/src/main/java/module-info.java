import org.jspecify.annotations.NullMarked;

/// The engine for browsers without WebGPU: plans rendered as WebAssembly.
@NullMarked
module motley.wasm {
    requires transitive motley.program;
    requires transitive motley.compiler;
    requires static org.jspecify;

    exports motley.wasm;
}
