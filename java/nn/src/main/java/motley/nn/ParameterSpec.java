package motley.nn;

import static motley.tensor.Require.require;

import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// A tensor that training carries from step to step: a parameter of a model or a piece of an
/// optimizer's state.
///
/// @param name unique within its model and optimizer, such as `conv1.weight` or
///     `adam.m.conv1.weight`
/// @param initializer how its first values are drawn
/// @param role what moves it
public record ParameterSpec(String name, Shape shape, Initializer initializer, Role role) {
    /// What moves a parameter.
    public sealed interface Role {
        /// Its gradient, through the optimizer.
        record Trained() implements Role {}

        /// Nothing: its layer is frozen. Where a program gives gradients it gives zeros.
        record Fixed() implements Role {}

        /// A measurement of each batch, such as the mean of its activations: after a step it is
        /// `(1 - momentum)·old + momentum·measured`. Where a program gives gradients it gives the
        /// measurement in the statistic's place, weighted like a sample's gradient, so that whoever
        /// adds up micro-batches need not tell the two apart.
        ///
        /// @param momentum in (0, 1]
        record Statistic(double momentum) implements Role {
            public Statistic {
                require(
                        momentum > 0 && momentum <= 1,
                        "momentum: %s (expected: in (0, 1])",
                        momentum);
            }
        }
    }

    /// A parameter that is trained.
    public ParameterSpec(String name, Shape shape, Initializer initializer) {
        this(name, shape, initializer, new Role.Trained());
    }

    /// The same parameter with other first values.
    public ParameterSpec with(Initializer other) {
        return new ParameterSpec(name, shape, other, role);
    }

    /// The same parameter, which keeps its values.
    ParameterSpec fixed() {
        return new ParameterSpec(name, shape, initializer, new Role.Fixed());
    }

    public TensorType type() {
        return new TensorType(DType.F32, shape);
    }

    public boolean isTrained() {
        return role instanceof Role.Trained;
    }
}
