/// Programs to device plans for WebGPU: kernels as texts in WGSL, with every shape baked in.
package motley.webgpu.wgsl;
