/// The engine that runs device plans natively, through the C interface `webgpu.h`.
package motley.webgpu;
