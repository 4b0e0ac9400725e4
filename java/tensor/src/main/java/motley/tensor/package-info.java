/// Shapes, element types and tensors over memory segments: layout and lifetime, no arithmetic.
package motley.tensor;
