package motley.interchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import motley.interchange.keras.KerasSettings.Optimization;
import motley.nn.Optimizer;
import motley.nn.Optimizers;

/// An optimizer with its learning rate, of a model's compile settings.
///
/// @param config the compile settings
record OptimizerReader(JsonNode config, List<String> warnings) {
    /// Empty where there is none, or none that Motley has, which is warned of.
    Optional<Optimization> read() {
        var node = config.path("optimizer");
        if (!node.isObject()) node = config.path("optimizer_config");
        if (!node.isObject()) return Optional.empty();
        var name = node.path("class_name").asText("none");
        try {
            var settings = new Settings(node.path("config"), "optimizer " + name);
            var optimizer = clipped(optimizer(name, settings), settings);
            return Optional.of(withRate(Optimizers.text(optimizer), settings));
        } catch (KerasRefusedException | IllegalArgumentException e) {
            warnings.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Optimizer optimizer(String name, Settings s) {
        s.requireFalse("use_ema", "amsgrad", "centered");
        s.requireUnset("loss_scale_factor");
        s.requireNumber("decay", 0);
        if (s.has("gradient_accumulation_steps")) {
            s.requireNumber("gradient_accumulation_steps", 1);
        }
        double epsilon = s.number("epsilon", 1e-7);
        var rule =
                switch (name) {
                    case "Adam", "AdamW" -> {
                        double beta1 = s.number("beta_1", 0.9);
                        double beta2 = s.number("beta_2", 0.999);
                        yield new Optimizer.KerasAdam(beta1, beta2, epsilon, false);
                    }
                    case "SGD" -> {
                        double momentum = s.number("momentum", 0);
                        boolean nesterov = momentum > 0 && s.flag("nesterov", false);
                        yield new Optimizer.KerasSgd(momentum, nesterov);
                    }
                    case "RMSprop" -> {
                        double momentum = s.number("momentum", 0);
                        yield new Optimizer.KerasRmsProp(s.number("rho", 0.9), momentum, epsilon);
                    }
                    default ->
                            throw KerasRefusedException.of(
                                    "optimizer", name, "Adam, AdamW, SGD or RMSprop");
                };
        double decay = s.number("weight_decay", 0);
        return decay == 0 ? rule : new Optimizer.Shrunk(rule, decay);
    }

    private static Optimizer clipped(Optimizer optimizer, Settings s) {
        if (s.has("clipnorm")) {
            return new Optimizer.ClippedEach(optimizer, s.number("clipnorm", 1));
        }
        if (s.has("global_clipnorm")) {
            return new Optimizer.ClippedByNorm(optimizer, s.number("global_clipnorm", 1));
        }
        if (s.has("clipvalue")) {
            return new Optimizer.ClippedByValue(optimizer, s.number("clipvalue", 1));
        }
        return optimizer;
    }

    private static Optimization withRate(String optimizer, Settings s) {
        var rate = s.node("learning_rate");
        if (!rate.isObject()) {
            double constant = s.number("learning_rate", s.number("lr", 0.001));
            return new Optimization(optimizer, constant, "constant");
        }
        var name = rate.path("class_name").asText("none");
        var schedule = new Settings(rate.path("config"), "schedule " + name);
        return switch (name) {
            case "ExponentialDecay" -> exponential(optimizer, schedule);
            case "CosineDecay" -> cosine(optimizer, schedule);
            default ->
                    throw KerasRefusedException.of(
                            "schedule", name, "ExponentialDecay or CosineDecay");
        };
    }

    private static Optimization exponential(String optimizer, Settings s) {
        double first = s.number("initial_learning_rate", 0.001);
        int steps = s.whole("decay_steps");
        double factor = s.number("decay_rate", 1);
        var schedule =
                s.flag("staircase", false)
                        ? "step:every=%d,factor=%s".formatted(steps, factor)
                        : "exponential:factor=" + Math.pow(factor, 1.0 / steps);
        return new Optimization(optimizer, first, schedule);
    }

    private static Optimization cosine(String optimizer, Settings s) {
        double first = s.number("initial_learning_rate", 0.001);
        boolean rises = s.has("warmup_target");
        double peak = rises ? s.number("warmup_target", first) : first;
        int rise = rises ? s.whole("warmup_steps", 0) : 0;
        var schedule =
                "fixed-cosine:over=%d,floor=%s,from=%s,rise=%d"
                        .formatted(
                                s.whole("decay_steps"), s.number("alpha", 0), first / peak, rise);
        return new Optimization(optimizer, peak, schedule);
    }
}
