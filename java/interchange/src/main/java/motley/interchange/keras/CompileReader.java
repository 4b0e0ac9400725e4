package motley.interchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.interchange.keras.ModelReader.Port;
import motley.interchange.keras.ModelReader.Understood;
import motley.nn.Head.Link;
import motley.nn.Loss;
import motley.nn.Metric;
import motley.nn.Model;
import motley.nn.Several;

/// What a model was compiled with, as Motley says it. What cannot be honoured is left out and
/// warned of, never replaced.
final class CompileReader {
    private final JsonNode config;
    private final Understood understood;
    private final List<String> warnings;

    /// @param config null or missing if the model was not compiled
    CompileReader(JsonNode config, Understood understood, List<String> warnings) {
        this.config = config;
        this.understood = understood;
        this.warnings = warnings;
    }

    /// The model under its loss, and the rest.
    record Compiled(Model model, KerasSettings settings) {}

    Compiled read() {
        var loss = loss();
        var model = understood.model().with(loss.orElseGet(this::usual));
        if (!config.isObject()) {
            warnings.add("not compiled: loss and optimizer are yours to choose");
            return new Compiled(model, KerasSettings.NONE);
        }
        var optimizer = new OptimizerReader(config, warnings).read();
        if (optimizer.isEmpty()) {
            warnings.add("optimizer: the file has none that can be taken over; choose one");
        }
        return new Compiled(model, new KerasSettings(loss, optimizer, metrics(model)));
    }

    // ---- Losses ------------------------------------------------------------------------------

    private Optional<Loss> loss() {
        var given = config.path("loss");
        if (!given.isTextual() && !given.isContainerNode()) return Optional.empty();
        var outputs = understood.outputs();
        try {
            if (outputs.size() == 1) {
                var node = only(given, outputs.getFirst());
                return Optional.of(loss(node, outputs.getFirst()));
            }
            var terms = new ArrayList<Several.Term>();
            for (int i = 0; i < outputs.size(); i++) {
                var loss = loss(of(given, i), outputs.get(i));
                terms.add(term(loss, outputs.get(i), weight(i)));
            }
            return Optional.of(new Loss.Joint(terms));
        } catch (KerasRefusedException e) {
            warnings.add(e.getMessage() + ": the loss is yours to choose");
            return Optional.empty();
        }
    }

    private static Several.Term term(Loss loss, Port output, double weight) {
        boolean perPosition =
                loss instanceof Loss.CrossEntropy || loss instanceof Loss.CategoricalCrossEntropy;
        if (perPosition && output.shape().rank() != 1) {
            throw KerasRefusedException.of(
                    "loss of " + output.name(), output.shape(), "one vector, as one of several");
        }
        return new Several.Term(loss, output.shape().count(), weight);
    }

    /// A single loss may stand in a list or under its output's name.
    private static JsonNode only(JsonNode given, Port output) {
        if (given.isArray() && given.size() == 1) return given.path(0);
        if (given.isObject() && !given.has("class_name") && given.size() == 1) {
            return given.elements().next();
        }
        if (given.isTextual() || given.has("class_name")) return given;
        throw KerasRefusedException.of("loss", given, "one, for " + output.shape());
    }

    private JsonNode of(JsonNode given, int output) {
        if (given.isTextual() || given.has("class_name")) return given;
        if (given.isArray()) return given.path(output);
        return given.path(understood.outputs().get(output).name());
    }

    private double weight(int output) {
        var weights = config.path("loss_weights");
        if (weights.isArray()) return weights.path(output).asDouble(1);
        var name = understood.outputs().get(output).name();
        return weights.isObject() ? weights.path(name).asDouble(1) : weights.asDouble(1);
    }

    private static Loss loss(JsonNode node, Port output) {
        var name = node.isTextual() ? node.asText() : node.path("class_name").asText("none");
        var settings = new Settings(node.isTextual() ? EMPTY : node.path("config"), "loss " + name);
        if (node.isObject() && name.equals("function")) {
            return loss(node.path("config"), output); // A function by its name.
        }
        settings.requireUnset("ignore_class");
        var reduction = settings.text("reduction", "sum_over_batch_size");
        boolean isMean = reduction.equals("sum_over_batch_size") || reduction.equals("auto");
        if (!isMean) {
            throw KerasRefusedException.of(
                    settings.at("reduction"), reduction, "sum_over_batch_size");
        }
        double smoothing = settings.number("label_smoothing", 0);
        return switch (name) {
            case "sparse_categorical_crossentropy", "SparseCategoricalCrossentropy" -> {
                requireLogits(settings, output, Link.SOFTMAX);
                yield new Loss.CrossEntropy();
            }
            case "categorical_crossentropy", "CategoricalCrossentropy" -> {
                requireLogits(settings, output, Link.SOFTMAX);
                yield new Loss.CategoricalCrossEntropy(smoothing);
            }
            case "binary_crossentropy", "BinaryCrossentropy" -> {
                requireLogits(settings, output, Link.SIGMOID);
                yield new Loss.BinaryCrossEntropy(smoothing);
            }
            case "mse", "MSE", "mean_squared_error", "MeanSquaredError" ->
                    new Loss.MeanSquaredError();
            case "mae", "MAE", "mean_absolute_error", "MeanAbsoluteError" ->
                    new Loss.MeanAbsoluteError();
            case "huber", "huber_loss", "Huber" -> new Loss.Huber(settings.number("delta", 1));
            default ->
                    throw KerasRefusedException.of(
                            "loss", name, "a cross-entropy, mse, mae or huber");
        };
    }

    private static final JsonNode EMPTY =
            com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();

    /// Keras takes the logits behind a softmax, whatever `from_logits` says; without a softmax it
    /// takes what it is told.
    private static void requireLogits(Settings settings, Port output, Link link) {
        if (output.link() == link || settings.flag("from_logits", false)) return;
        throw KerasRefusedException.of(
                settings.at("from_logits"),
                false,
                "true, or a %s at the end of the model"
                        .formatted(link.name().toLowerCase(java.util.Locale.ROOT)));
    }

    /// What suits the outputs, for a model that need not be trained.
    private Loss usual() {
        var outputs = understood.outputs();
        if (outputs.size() == 1) return usual(outputs.getFirst());
        var terms = new ArrayList<Several.Term>();
        for (var output : outputs) {
            boolean isVector = output.shape().rank() == 1;
            var loss = isVector ? usual(output) : new Loss.MeanSquaredError();
            terms.add(new Several.Term(loss, output.shape().count(), 1));
        }
        return new Loss.Joint(terms);
    }

    private static Loss usual(Port output) {
        return switch (output.link()) {
            case SOFTMAX -> new Loss.CrossEntropy();
            case SIGMOID -> new Loss.BinaryCrossEntropy(0);
            case LINEAR -> new Loss.MeanSquaredError();
        };
    }

    // ---- Metrics -----------------------------------------------------------------------------

    private List<Metric> metrics(Model model) {
        var names = new ArrayList<String>();
        collect(config.path("metrics"), names, 0);
        collect(config.path("weighted_metrics"), names, 0);
        var metrics = new ArrayList<Metric>();
        for (var name : names) {
            var metric = metric(name).filter(m -> fits(m, model));
            if (metric.isEmpty()) warnings.add("metric %s: left out".formatted(name));
            metric.filter(m -> !metrics.contains(m)).ifPresent(metrics::add);
        }
        return metrics;
    }

    private static void collect(JsonNode node, List<String> names, int depth) {
        if (depth > 4 || names.size() > 64) return;
        if (node.isTextual()) {
            names.add(node.asText());
        } else if (node.has("class_name")) {
            var config = node.path("config");
            names.add(config.path("fn").asText(config.path("name").asText("unnamed")));
        } else {
            for (var one : node) collect(one, names, depth + 1);
        }
    }

    private static Optional<Metric> metric(String name) {
        return switch (name) {
            case "accuracy",
                    "acc",
                    "binary_accuracy",
                    "categorical_accuracy",
                    "sparse_categorical_accuracy" ->
                    Optional.of(new Metric.Accuracy());
            case "mae", "MAE", "mean_absolute_error" -> Optional.of(new Metric.MeanAbsoluteError());
            case "sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy" ->
                    Optional.of(new Metric.TopK(5));
            default -> Optional.empty();
        };
    }

    private static boolean fits(Metric metric, Model model) {
        try {
            metric.requireFits(model);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
