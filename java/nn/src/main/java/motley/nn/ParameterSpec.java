package motley.nn;

import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// A tensor that training carries from step to step: a parameter of a model or a piece of an
/// optimizer's state.
///
/// @param name unique within its model and optimizer, such as `conv1.weight` or
///     `adam.m.conv1.weight`
/// @param initializer how its first values are drawn
public record ParameterSpec(String name, Shape shape, Initializer initializer) {
    public TensorType type() {
        return new TensorType(DType.F32, shape);
    }
}
