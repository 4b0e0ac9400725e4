import org.jspecify.annotations.NullMarked;

/// WebGPU: kernels as WGSL, device plans, and the engine that runs them over `webgpu.h`.
@NullMarked
module motley.webgpu {
    requires transitive motley.tensor;
    requires transitive motley.program;
    requires transitive motley.compiler;
    requires static org.jspecify;

    exports motley.webgpu;
    exports motley.webgpu.wgsl;
}
