package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import motley.interchange.ModelJson;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasModel;
import motley.interchange.keras.KerasSettings.Optimization;
import motley.nn.Metric;
import motley.nn.Model;
import motley.nn.Models;

/// The model that a training was asked for: one with a name or a description; a Keras file, which
/// brings weights and the settings that it was compiled with; or one that the coordinator keeps,
/// which may bring them too.
///
/// @param request what names it in a request
/// @param compiled what moves its parameters, where it says so
/// @param isStored whether the coordinator has its weights already
record GivenModel(
        Model model,
        JsonNode request,
        Optional<SavedModel> saved,
        Optional<Optimization> compiled,
        List<Metric> metrics,
        boolean isStored) {
    /// Before the command line was read.
    static final GivenModel NONE = of("mnist-mlp");

    GivenModel {
        metrics = List.copyOf(metrics);
    }

    /// Reads it, and says what it brings and what of it was left out.
    static GivenModel read(String text, CoordinatorOptions coordinator, Console console) {
        if (KerasFile.isFile(text)) {
            var read = of(ModelFiles.keras(Path.of(text)), text, console);
            read.tell(text, console);
            return read;
        }
        boolean isKnown = Models.names().contains(text) || ModelJson.isFile(text);
        if (isKnown || !StoredModels.isName(text)) return of(text);
        var found = coordinator.find();
        if (found.isEmpty()) return of(text);
        try (var api = found.get()) {
            var stored = StoredModels.fetch(api, text);
            stored.tell(text, console);
            return stored;
        }
    }

    private static GivenModel of(String text) {
        var model = ModelFiles.named(text);
        boolean isNamed = Models.names().contains(text);
        JsonNode request = isNamed ? TextNode.valueOf(text) : ModelFiles.description(model);
        return new GivenModel(model, request, Optional.empty(), Optional.empty(), List.of(), false);
    }

    private static GivenModel of(KerasModel read, String text, Console console) {
        for (var warning : read.warnings()) console.say("%s: %s".formatted(text, warning));
        var model = read.saved().model();
        var settings = read.settings();
        return new GivenModel(
                model,
                ModelFiles.description(model),
                Optional.of(read.saved()),
                settings.optimizer(),
                settings.metrics(),
                false);
    }

    /// One that a coordinator keeps.
    ///
    /// @param version as the coordinator describes it
    static GivenModel stored(String id, JsonNode version, SavedModel saved) {
        var request =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("stored", id)
                        .put("version", version.path("version").asInt());
        var compiled = version.path("compiled");
        var descent =
                compiled.has("optimizer")
                        ? Optional.of(
                                new Optimization(
                                        compiled.path("optimizer").asText(),
                                        compiled.path("learningRate").asDouble(),
                                        compiled.path("schedule").asText()))
                        : Optional.<Optimization>empty();
        var metrics = compiled.path("metrics").valueStream().map(JsonNode::asText);
        return new GivenModel(
                saved.model(),
                request,
                Optional.of(saved),
                descent,
                metrics.map(Metric::named).toList(),
                true);
    }

    /// One that a coordinator keeps without weights.
    static GivenModel stored(Model model) {
        return new GivenModel(
                model,
                ModelFiles.description(model),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                true);
    }

    private void tell(String text, Console console) {
        if (saved.isPresent()) console.say("%s: loss %s".formatted(text, model.loss().text()));
        compiled.ifPresent(
                o ->
                        console.say(
                                "%s: optimizer %s, learning rate %s, schedule %s"
                                        .formatted(
                                                text,
                                                o.optimizer(),
                                                o.learningRate(),
                                                o.schedule())));
    }

    Optional<String> optimizer() {
        return compiled.map(Optimization::optimizer);
    }

    /// @param asked for on the command line
    /// @param optimizer asked for on the command line: a model's rate is its own optimizer's
    Optional<Double> rate(Optional<Double> asked, Optional<String> optimizer) {
        if (asked.isPresent() || optimizer.isPresent()) return asked;
        return compiled.map(Optimization::learningRate);
    }

    /// With the parameters of [#rate].
    String schedule(Optional<String> asked, Optional<String> optimizer) {
        if (asked.isPresent()) return asked.get();
        if (optimizer.isPresent()) return "constant";
        return compiled.map(Optimization::schedule).orElse("constant");
    }

    /// Weights that the coordinator does not have yet, as a file that goes with this process.
    Optional<Path> weightsFile() throws IOException {
        if (isStored || saved.isEmpty()) return Optional.empty();
        var file = Files.createTempFile("motley-", ".safetensors");
        file.toFile().deleteOnExit();
        saved.get().write(file);
        return Optional.of(file);
    }
}
