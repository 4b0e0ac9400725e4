/// Reverse-mode differentiation as a function from programs to programs.
package motley.program.autodiff;
