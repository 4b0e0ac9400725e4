/// Layers, losses, optimizers and metrics as functions that build programs.
package motley.nn;
