package motley.nn;

import static motley.tensor.Require.require;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// How mean gradients move the parameters. The mathematics is in [Descent].
///
/// The cases of [Wrapper] add something before or after another optimizer:
/// `new Averaged(new ClippedByNorm(new AdamW(0.1), 1), 0.999)`. [Optimizers] writes and reads them
/// as text. Settings that are not given are PyTorch's.
public sealed interface Optimizer {
    /// What it keeps between steps, one tensor or more for each parameter, all zero at first.
    List<ParameterSpec> state(List<ParameterSpec> parameters);

    /// A learning rate, per step, to begin with when nobody has tuned one.
    double defaultLearningRate();

    /// Whether it squares the gradient of a table's row for each of the row's uses by itself. Only
    /// who computes the gradient of a whole batch at once can tell the uses apart, so that such an
    /// optimizer has no program for the sum of devices' gradients.
    default boolean squaresUses() {
        return false;
    }

    /// Gradient descent, with momentum if `momentum` is above 0.
    ///
    /// State: `sgd.velocity.…` if there is momentum, else none.
    ///
    /// @param momentum share of the velocity kept from step to step
    /// @param nesterov whether to look ahead along the velocity
    /// @param weightDecay `λ`: the gradient becomes `g + λ·p`
    record Sgd(double momentum, boolean nesterov, double weightDecay) implements Optimizer {
        public Sgd {
            requireShare("momentum", momentum);
            requireDecay(weightDecay);
            require(
                    momentum > 0 || !nesterov,
                    "nesterov: true with momentum 0 (expected: momentum above 0)");
        }

        public Sgd(double momentum, boolean nesterov) {
            this(momentum, nesterov, 0);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return momentum == 0 ? List.of() : slots(parameters, "sgd.velocity.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.05;
        }
    }

    /// Nesterov's momentum for gradients that may be old: every step goes along its gradient, but
    /// momentum is gathered and felt in every `every`-th step only, from the sum of the gradients
    /// since the last time. Old answers are a momentum of their own, and added to one that is felt
    /// at once they make training diverge.
    ///
    /// State: first `delayed-nesterov.velocity.…` of every parameter, then `delayed-nesterov.sum.…`
    /// of every parameter.
    ///
    /// @param momentum share of the velocity kept from one time to the next
    /// @param every steps from one time to the next, about as many as devices answer at once
    /// @param weightDecay `λ`: the gradient becomes `g + λ·p`
    record DelayedNesterov(double momentum, int every, double weightDecay) implements Optimizer {
        /// Up to here a step's number is exact in f32, and so whether it is one of these.
        private static final int EVERY_MAX = 1 << 20;

        public DelayedNesterov {
            requireShare("momentum", momentum);
            require(
                    momentum > 0,
                    "momentum: %s (expected: above 0; sgd:momentum=0 has none)",
                    momentum);
            require(
                    every >= 2 && every <= EVERY_MAX,
                    "every: %d (expected: 2 to %d; nesterov feels it in every step)",
                    every,
                    EVERY_MAX);
            requireDecay(weightDecay);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return slots(parameters, "delayed-nesterov.velocity.", "delayed-nesterov.sum.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.05;
        }
    }

    /// RMSProp: steps scaled by the root of a running mean of the gradient's square.
    ///
    /// State: `rmsprop.square.…`.
    ///
    /// @param beta share of the mean square kept from step to step
    /// @param epsilon added to the root, above 0
    /// @param weightDecay `λ`: the gradient becomes `g + λ·p`
    record RmsProp(double beta, double epsilon, double weightDecay) implements Optimizer {
        public RmsProp {
            requireShare("beta", beta);
            requireEpsilon(epsilon);
            requireDecay(weightDecay);
        }

        public RmsProp() {
            this(0.99, 1e-8, 0);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return slots(parameters, "rmsprop.square.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.001;
        }
    }

    /// Adagrad: steps scaled by the root of the sum of all squares of the gradient so far.
    ///
    /// State: `adagrad.sum.…`.
    ///
    /// @param epsilon added to the root, above 0
    /// @param weightDecay `λ`: the gradient becomes `g + λ·p`
    record Adagrad(double epsilon, double weightDecay) implements Optimizer {
        public Adagrad {
            requireEpsilon(epsilon);
            requireDecay(weightDecay);
        }

        public Adagrad() {
            this(1e-10, 0);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return slots(parameters, "adagrad.sum.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.01;
        }
    }

    /// Adam: steps scaled by running means of the gradient and of its square.
    ///
    /// State: first `adam.m.…` of every parameter, then `adam.v.…` of every parameter.
    ///
    /// @param beta1 share of the mean kept from step to step
    /// @param beta2 share of the mean square kept from step to step
    /// @param epsilon added to the root of the mean square, above 0
    /// @param weightDecay `λ`: the gradient becomes `g + λ·p`
    record Adam(double beta1, double beta2, double epsilon, double weightDecay)
            implements Optimizer {
        public Adam {
            requireShare("beta1", beta1);
            requireShare("beta2", beta2);
            requireEpsilon(epsilon);
            requireDecay(weightDecay);
        }

        public Adam() {
            this(0.9, 0.999, 1e-8, 0);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return slots(parameters, "adam.m.", "adam.v.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.001;
        }
    }

    /// Adam with weight decay beside the gradient instead of within it, so that the decay is not
    /// scaled by the mean square.
    ///
    /// State: first `adamw.m.…` of every parameter, then `adamw.v.…` of every parameter.
    ///
    /// @param beta1 share of the mean kept from step to step
    /// @param beta2 share of the mean square kept from step to step
    /// @param epsilon added to the root of the mean square, above 0
    /// @param weightDecay `λ`: a step takes `rate·λ·p` from every parameter
    record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
            implements Optimizer {
        public AdamW {
            requireShare("beta1", beta1);
            requireShare("beta2", beta2);
            requireEpsilon(epsilon);
            requireDecay(weightDecay);
        }

        public AdamW(double weightDecay) {
            this(0.9, 0.999, 1e-8, weightDecay);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return slots(parameters, "adamw.m.", "adamw.v.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.001;
        }
    }

    /// Lion: steps of one size in every direction, with the sign of a mean of gradients.
    ///
    /// State: `lion.m.…`. It wants a rate three to ten times smaller than Adam's, and as many times
    /// more weight decay.
    ///
    /// @param beta1 share of the mean in the direction of a step
    /// @param beta2 share of the mean kept from step to step
    /// @param weightDecay `λ`: a step takes `rate·λ·p` from every parameter
    record Lion(double beta1, double beta2, double weightDecay) implements Optimizer {
        public Lion {
            requireShare("beta1", beta1);
            requireShare("beta2", beta2);
            requireDecay(weightDecay);
        }

        public Lion(double weightDecay) {
            this(0.9, 0.99, weightDecay);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return slots(parameters, "lion.m.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.0001;
        }
    }

    /// [Sgd] as Keras has it: the rate multiplies the velocity when it is kept, so that a step of a
    /// new rate goes on with the old one's momentum.
    ///
    /// State: `keras-sgd.velocity.…` if there is momentum, else none.
    record KerasSgd(double momentum, boolean nesterov) implements Optimizer {
        public KerasSgd {
            requireShare("momentum", momentum);
            boolean holds = momentum > 0 || !nesterov;
            require(holds, "nesterov: true with momentum 0 (expected: momentum above 0)");
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return momentum == 0 ? List.of() : slots(parameters, "keras-sgd.velocity.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.01;
        }
    }

    /// [RmsProp] as Keras has it: `epsilon` is added inside the root, and steps gather momentum.
    ///
    /// State: `keras-rmsprop.square.…` of every parameter, then `keras-rmsprop.velocity.…` of every
    /// parameter if there is momentum.
    ///
    /// @param rho share of the mean square kept from step to step
    record KerasRmsProp(double rho, double momentum, double epsilon) implements Optimizer {
        public KerasRmsProp {
            requireShare("rho", rho);
            requireShare("momentum", momentum);
            requireEpsilon(epsilon);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            if (momentum == 0) return slots(parameters, "keras-rmsprop.square.");
            return slots(parameters, "keras-rmsprop.square.", "keras-rmsprop.velocity.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.001;
        }
    }

    /// [Adam] as Keras has it: `epsilon` is added to the root before the correction, which makes it
    /// larger in the first steps. Keras' AdamW is this in [Shrunk].
    ///
    /// State: first `keras-adam.m.…` of every parameter, then `keras-adam.v.…` of every parameter.
    ///
    /// @param squaresUses as Keras does it with TensorFlow, for whoever wants its very losses; with
    ///     other backends, and in the mathematics, the square is that of the sum over all uses
    record KerasAdam(double beta1, double beta2, double epsilon, boolean squaresUses)
            implements Optimizer {
        public KerasAdam {
            requireShare("beta1", beta1);
            requireShare("beta2", beta2);
            requireEpsilon(epsilon);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return slots(parameters, "keras-adam.m.", "keras-adam.v.");
        }

        @Override
        public double defaultLearningRate() {
            return 0.001;
        }
    }

    /// An optimizer that adds something to another one.
    sealed interface Wrapper extends Optimizer {
        Optimizer inner();

        @Override
        default List<ParameterSpec> state(List<ParameterSpec> parameters) {
            return inner().state(parameters);
        }

        @Override
        default double defaultLearningRate() {
            return inner().defaultLearningRate();
        }

        @Override
        default boolean squaresUses() {
            return inner().squaresUses();
        }
    }

    /// Takes `rate·decay·p` from every parameter, then lets `inner` move.
    record Shrunk(Optimizer inner, double decay) implements Wrapper {
        public Shrunk {
            requireDecay(decay);
        }
    }

    /// Shortens each gradient whose own Euclidean norm exceeds `normMax`, then lets `inner` move.
    record ClippedEach(Optimizer inner, double normMax) implements Wrapper {
        public ClippedEach {
            requireWhole(inner);
            require(normMax > 0, "normMax: %s (expected: above 0)", normMax);
        }
    }

    /// Shortens all gradients together where their common Euclidean norm exceeds `normMax`, then
    /// lets `inner` move.
    record ClippedByNorm(Optimizer inner, double normMax) implements Wrapper {
        public ClippedByNorm {
            requireWhole(inner);
            require(normMax > 0, "normMax: %s (expected: above 0)", normMax);
        }
    }

    /// Limits every element of every gradient to `[-valueMax, valueMax]`, then lets `inner` move.
    record ClippedByValue(Optimizer inner, double valueMax) implements Wrapper {
        public ClippedByValue {
            requireWhole(inner);
            require(valueMax > 0, "valueMax: %s (expected: above 0)", valueMax);
        }
    }

    /// Lets `inner` move and keeps an exponential moving average of the parameters, which often
    /// predicts better than the parameters themselves. Training does not feel it.
    ///
    /// State: that of `inner`, then `ema.…` of every parameter, which are zeros before the first
    /// step; see [Optimizers#averages].
    ///
    /// @param decay share of the average kept from step to step
    record Averaged(Optimizer inner, double decay) implements Wrapper {
        static final String PREFIX = "ema.";

        public Averaged {
            requireShare("decay", decay);
        }

        @Override
        public List<ParameterSpec> state(List<ParameterSpec> parameters) {
            var averages = slots(parameters, PREFIX).stream();
            return Stream.concat(inner.state(parameters).stream(), averages).toList();
        }
    }

    /// For each prefix a tensor of zeros beside every parameter.
    private static List<ParameterSpec> slots(List<ParameterSpec> parameters, String... prefixes) {
        return Arrays.stream(prefixes)
                .flatMap(prefix -> parameters.stream().map(p -> slot(prefix, p)))
                .toList();
    }

    private static ParameterSpec slot(String prefix, ParameterSpec parameter) {
        var name = prefix + parameter.name();
        return new ParameterSpec(name, parameter.shape(), Initializers.ZEROS);
    }

    /// What is clipped is a gradient, and not its parts.
    private static void requireWhole(Optimizer inner) {
        require(
                !inner.squaresUses(),
                "clipping: of %s (expected: keras-adam, or no clipping)",
                Optimizers.text(inner));
    }

    private static void requireShare(String name, double value) {
        require(value >= 0 && value < 1, "%s: %s (expected: in [0, 1))", name, value);
    }

    private static void requireEpsilon(double value) {
        require(value > 0, "epsilon: %s (expected: above 0)", value);
    }

    private static void requireDecay(double value) {
        require(value >= 0 && value < 1e6, "weightDecay: %s (expected: in [0, 10⁶))", value);
    }
}
