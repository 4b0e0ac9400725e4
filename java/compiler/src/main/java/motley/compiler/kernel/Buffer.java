package motley.compiler.kernel;

import motley.tensor.DType;

/// A dense row-major value of a plan. Its address follows from the plan's [Layout].
///
/// @param id unique within its plan
/// @param elements how many, at least 1
public record Buffer(int id, DType dtype, int elements) {
    /// `b3:f32[128]`.
    @Override
    public String toString() {
        return "b" + id + ":" + dtype.label() + "[" + elements + "]";
    }
}
