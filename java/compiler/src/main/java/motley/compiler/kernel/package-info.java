/// Kernels as data: what the compiler hands to a renderer, the same for every machine.
package motley.compiler.kernel;
