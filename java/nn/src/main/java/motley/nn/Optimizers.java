package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import motley.nn.Optimizer.Adagrad;
import motley.nn.Optimizer.Adam;
import motley.nn.Optimizer.AdamW;
import motley.nn.Optimizer.Averaged;
import motley.nn.Optimizer.ClippedByNorm;
import motley.nn.Optimizer.ClippedByValue;
import motley.nn.Optimizer.ClippedEach;
import motley.nn.Optimizer.DelayedNesterov;
import motley.nn.Optimizer.KerasAdam;
import motley.nn.Optimizer.KerasRmsProp;
import motley.nn.Optimizer.KerasSgd;
import motley.nn.Optimizer.Lion;
import motley.nn.Optimizer.RmsProp;
import motley.nn.Optimizer.Sgd;
import motley.nn.Optimizer.Shrunk;
import motley.nn.TrainingProgram.Span;

/// The optimizers as text: a name, which brings the settings people usually start from, and what
/// differs from them, as in `adamw:weight-decay=0.1,beta2=0.95,clip-norm=1`.
///
/// | name | settings |
/// |---|---|
/// | `adam` | `beta1`, `beta2`, `epsilon`, `weight-decay` |
/// | `adamw` | the same; decay 0.01 |
/// | `sgd`, `nesterov` | `momentum` (0.9), `weight-decay` |
/// | `delayed-nesterov` | `momentum` (0.9), `every` (8), `weight-decay` |
/// | `rmsprop` | `beta`, `epsilon`, `weight-decay` |
/// | `adagrad` | `epsilon`, `weight-decay` |
/// | `lion` | `beta1`, `beta2`, `weight-decay` (0) |
/// | `keras-adam` | `beta1`, `beta2`, `epsilon` (10⁻⁷) |
/// | `tensorflow-adam` | the same; [squares uses][Optimizer#squaresUses] |
/// | `keras-sgd`, `keras-nesterov` | `momentum` (0, 0.9) |
/// | `keras-rmsprop` | `rho` (0.9), `momentum` (0), `epsilon` (10⁻⁷) |
/// | each | `clip-norm`, `clip-each`, `clip-value`, `decay`, `ema` |
///
/// The settings of the last line wrap the optimizer in the order in which they are written: the
/// last one is the outermost.
public final class Optimizers {
    private Optimizers() {}

    /// @throws IllegalArgumentException if no optimizer has that name or setting; the message lists
    ///     those there are
    public static Optimizer named(String text) {
        var settings = NamedSettings.parse("optimizer", text);
        var optimizer = rule(settings);
        for (var key : settings.keysLeft()) {
            optimizer =
                    switch (key) {
                        case "clip-norm" -> new ClippedByNorm(optimizer, settings.take(key, 0));
                        case "clip-value" -> new ClippedByValue(optimizer, settings.take(key, 0));
                        case "clip-each" -> new ClippedEach(optimizer, settings.take(key, 0));
                        case "decay" -> new Shrunk(optimizer, settings.take(key, 0));
                        case "ema" -> new Averaged(optimizer, settings.take(key, 0));
                        default -> optimizer;
                    };
        }
        settings.requireNoneLeft("clip-norm", "clip-each", "clip-value", "decay", "ema");
        return optimizer;
    }

    /// The optimizer that [#named] gives, if it can move parameters by the sum of devices'
    /// gradients.
    ///
    /// @throws IllegalArgumentException if it [squares uses][Optimizer#squaresUses] too
    public static Optimizer ofSums(String text) {
        var optimizer = named(text);
        require(
                !optimizer.squaresUses(),
                "optimizer: %s (expected over devices: keras-adam; alone it can be had)",
                text);
        return optimizer;
    }

    /// The text that [#named] reads as `optimizer`, with every setting.
    public static String text(Optimizer optimizer) {
        return switch (optimizer) {
            case Sgd(double momentum, boolean nesterov, double decay) ->
                    "%s:momentum=%s,weight-decay=%s"
                            .formatted(nesterov ? "nesterov" : "sgd", momentum, decay);
            case DelayedNesterov(double momentum, int every, double decay) ->
                    "delayed-nesterov:momentum=%s,every=%d,weight-decay=%s"
                            .formatted(momentum, every, decay);
            case RmsProp(double beta, double epsilon, double decay) ->
                    "rmsprop:beta=%s,epsilon=%s,weight-decay=%s".formatted(beta, epsilon, decay);
            case Adagrad(double epsilon, double decay) ->
                    "adagrad:epsilon=%s,weight-decay=%s".formatted(epsilon, decay);
            case Adam(double beta1, double beta2, double epsilon, double decay) ->
                    "adam:beta1=%s,beta2=%s,epsilon=%s,weight-decay=%s"
                            .formatted(beta1, beta2, epsilon, decay);
            case AdamW(double beta1, double beta2, double epsilon, double decay) ->
                    "adamw:beta1=%s,beta2=%s,epsilon=%s,weight-decay=%s"
                            .formatted(beta1, beta2, epsilon, decay);
            case Lion(double beta1, double beta2, double decay) ->
                    "lion:beta1=%s,beta2=%s,weight-decay=%s".formatted(beta1, beta2, decay);
            case KerasSgd(double momentum, boolean nesterov) ->
                    "keras-%s:momentum=%s".formatted(nesterov ? "nesterov" : "sgd", momentum);
            case KerasRmsProp(double rho, double momentum, double epsilon) ->
                    "keras-rmsprop:rho=%s,momentum=%s,epsilon=%s".formatted(rho, momentum, epsilon);
            case KerasAdam(double beta1, double beta2, double epsilon, boolean squaresUses) ->
                    "%s-adam:beta1=%s,beta2=%s,epsilon=%s"
                            .formatted(squaresUses ? "tensorflow" : "keras", beta1, beta2, epsilon);
            case Shrunk(var inner, double decay) -> text(inner) + ",decay=" + decay;
            case ClippedEach(var inner, double normMax) -> text(inner) + ",clip-each=" + normMax;
            case ClippedByNorm(var inner, double normMax) -> text(inner) + ",clip-norm=" + normMax;
            case ClippedByValue(var inner, double valueMax) ->
                    text(inner) + ",clip-value=" + valueMax;
            case Averaged(var inner, double decay) -> text(inner) + ",ema=" + decay;
        };
    }

    /// Where in the state of `optimizer` the running averages of the parameters are, if it keeps
    /// them.
    public static Optional<Span> averages(Optimizer optimizer, List<ParameterSpec> parameters) {
        var names = optimizer.state(parameters).stream().map(ParameterSpec::name).toList();
        int first = names.indexOf(Averaged.PREFIX + parameters.getFirst().name());
        return first < 0 ? Optional.empty() : Optional.of(new Span(first, parameters.size()));
    }

    /// Whether a tensor of an optimizer's state is a running mean or sum of gradients themselves,
    /// and not of their squares or of parameters: what points somewhere, and so is worth nothing
    /// once it is old.
    public static boolean isOfGradients(ParameterSpec state) {
        return Stream.of(
                        "sgd.velocity.",
                        "adam.m.",
                        "adamw.m.",
                        "delayed-nesterov.",
                        "lion.m.",
                        "keras-sgd.velocity.",
                        "keras-rmsprop.velocity.",
                        "keras-adam.m.")
                .anyMatch(state.name()::startsWith);
    }

    /// The names [#named] knows, in a fixed order.
    public static List<String> names() {
        return List.of(
                "adam",
                "adamw",
                "sgd",
                "nesterov",
                "delayed-nesterov",
                "rmsprop",
                "adagrad",
                "lion",
                "keras-adam",
                "tensorflow-adam",
                "keras-sgd",
                "keras-nesterov",
                "keras-rmsprop");
    }

    private static Optimizer rule(NamedSettings settings) {
        return switch (settings.name()) {
            case "adam" -> adam(settings);
            case "adamw" -> adamW(settings);
            case "sgd" -> new Sgd(settings.take("momentum", 0.9), false, decay(settings));
            case "nesterov" -> new Sgd(settings.take("momentum", 0.9), true, decay(settings));
            case "delayed-nesterov" -> {
                double momentum = settings.take("momentum", 0.9);
                int every = whole("every", settings.take("every", 8));
                yield new DelayedNesterov(momentum, every, decay(settings));
            }
            case "rmsprop" -> {
                double beta = settings.take("beta", 0.99);
                yield new RmsProp(beta, settings.take("epsilon", 1e-8), decay(settings));
            }
            case "adagrad" -> new Adagrad(settings.take("epsilon", 1e-10), decay(settings));
            case "lion" -> {
                double beta1 = settings.take("beta1", 0.9);
                yield new Lion(beta1, settings.take("beta2", 0.99), decay(settings));
            }
            case "keras-adam" -> kerasAdam(settings, false);
            case "tensorflow-adam" -> kerasAdam(settings, true);
            case "keras-sgd" -> new KerasSgd(settings.take("momentum", 0), false);
            case "keras-nesterov" -> new KerasSgd(settings.take("momentum", 0.9), true);
            case "keras-rmsprop" -> {
                double rho = settings.take("rho", 0.9);
                double momentum = settings.take("momentum", 0);
                yield new KerasRmsProp(rho, momentum, settings.take("epsilon", 1e-7));
            }
            default ->
                    throw new IllegalArgumentException(
                            "optimizer: %s (expected: one of %s)"
                                    .formatted(settings.name(), String.join(", ", names())));
        };
    }

    private static int whole(String key, double value) {
        require(value == (int) value, "%s: %s (expected: a whole number)", key, value);
        return (int) value;
    }

    private static Adam adam(NamedSettings settings) {
        double beta1 = settings.take("beta1", 0.9);
        double beta2 = settings.take("beta2", 0.999);
        return new Adam(beta1, beta2, settings.take("epsilon", 1e-8), decay(settings));
    }

    private static AdamW adamW(NamedSettings settings) {
        double beta1 = settings.take("beta1", 0.9);
        double beta2 = settings.take("beta2", 0.999);
        double epsilon = settings.take("epsilon", 1e-8);
        return new AdamW(beta1, beta2, epsilon, settings.take("weight-decay", 0.01));
    }

    private static KerasAdam kerasAdam(NamedSettings settings, boolean squaresUses) {
        double beta1 = settings.take("beta1", 0.9);
        double beta2 = settings.take("beta2", 0.999);
        return new KerasAdam(beta1, beta2, settings.take("epsilon", 1e-7), squaresUses);
    }

    private static double decay(NamedSettings settings) {
        return settings.take("weight-decay", 0);
    }
}
