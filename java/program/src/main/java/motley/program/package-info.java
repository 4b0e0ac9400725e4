/// Tensor programs: typed, static-shape, side-effect-free lists of primitive operations.
package motley.program;
