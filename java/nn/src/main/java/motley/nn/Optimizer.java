package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.stream.Stream;

/// How mean gradients move the parameters. The mathematics is in [Descent].
public sealed interface Optimizer {
    /// What it keeps between steps, one tensor or more for each parameter, all zero at first.
    List<ParameterSpec> state(List<ParameterSpec> parameters);

    /// A learning rate, per step, to begin with when nobody has tuned one.
    double defaultLearningRate();

    /// Gradient descent, with momentum if `momentum` is above 0.
    ///
    /// State: `sgd.velocity.…` if there is momentum, else none.
    ///
    /// @param momentum share of the velocity kept from step to step
    /// @param nesterov whether to look ahead along the velocity
    record Sgd(double momentum, boolean nesterov) implements Optimizer {
        public Sgd {
            requireShare("momentum", momentum);
            require(
                    momentum > 0 || !nesterov,
                    "nesterov: true with momentum 0 (expected: momentum above 0)");
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return momentum == 0 ? List.of() : slots("sgd.velocity.", parameters).toList();
        }

        @Override
        public double defaultLearningRate() {
            return 0.05;
        }
    }

    /// Adam: steps scaled by running means of the gradient and of its square.
    ///
    /// State: first `adam.m.…` of every parameter, then `adam.v.…` of every parameter.
    ///
    /// @param beta1 share of the mean kept from step to step
    /// @param beta2 share of the mean square kept from step to step
    /// @param epsilon added to the root of the mean square, above 0
    record Adam(double beta1, double beta2, double epsilon) implements Optimizer {
        public Adam {
            requireShare("beta1", beta1);
            requireShare("beta2", beta2);
            require(epsilon > 0, "epsilon: %s (expected: above 0)", epsilon);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return Stream.concat(slots("adam.m.", parameters), slots("adam.v.", parameters))
                    .toList();
        }

        @Override
        public double defaultLearningRate() {
            return 0.001;
        }
    }

    private static Stream<ParameterSpec> slots(String prefix, List<ParameterSpec> parameters) {
        return parameters.stream()
                .map(p -> new ParameterSpec(prefix + p.name(), p.shape(), Initializer.ZEROS));
    }

    private static void requireShare(String name, double value) {
        require(value >= 0 && value < 1, "%s: %s (expected: in [0, 1))", name, value);
    }
}
