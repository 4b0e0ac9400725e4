package motley.program;

import motley.tensor.TensorType;

/// A value of a [Program], assigned exactly once.
///
/// @param id unique within its program; params and equations are numbered in order from 0
public record Var(int id, TensorType type) {
    /// `v3: f32[2, 3]`.
    @Override
    public String toString() {
        return "v" + id + ": " + type;
    }
}
