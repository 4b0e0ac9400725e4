package motley.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasModel;
import motley.nn.Metric;
import motley.nn.Model;
import motley.nn.Models;

/// The model that a training was asked for: one with a name or a description, or a Keras file,
/// which
/// brings weights and the settings that it was compiled with.
record GivenModel(Model model, Optional<KerasModel> keras) {
    /// Before the command line was read.
    static final GivenModel NONE = new GivenModel(Models.named("mnist-mlp"), Optional.empty());

    /// Reads it, and says what a Keras file brings and what of it was left out.
    static GivenModel read(String text, Console console) {
        if (!KerasFile.isFile(text))
            return new GivenModel(ModelFiles.named(text), Optional.empty());
        var read = ModelFiles.keras(Path.of(text));
        for (var warning : read.warnings()) console.say("%s: %s".formatted(text, warning));
        var settings = read.settings();
        settings.loss().ifPresent(loss -> console.say("%s: loss %s".formatted(text, loss.text())));
        settings.optimizer()
                .ifPresent(
                        o ->
                                console.say(
                                        "%s: optimizer %s, learning rate %s, schedule %s"
                                                .formatted(
                                                        text,
                                                        o.optimizer(),
                                                        o.learningRate(),
                                                        o.schedule())));
        return new GivenModel(read.saved().model(), Optional.of(read));
    }

    Optional<SavedModel> saved() {
        return keras.map(KerasModel::saved);
    }

    Optional<String> optimizer() {
        return keras.flatMap(k -> k.settings().optimizer()).map(o -> o.optimizer());
    }

    /// @param asked for on the command line
    /// @param optimizer asked for on the command line: a file's rate is its own optimizer's
    Optional<Double> rate(Optional<Double> asked, Optional<String> optimizer) {
        if (asked.isPresent() || optimizer.isPresent()) return asked;
        return keras.flatMap(k -> k.settings().optimizer()).map(o -> o.learningRate());
    }

    /// With the parameters of [#rate].
    String schedule(Optional<String> asked, Optional<String> optimizer) {
        if (asked.isPresent()) return asked.get();
        if (optimizer.isPresent()) return "constant";
        return keras.flatMap(k -> k.settings().optimizer())
                .map(o -> o.schedule())
                .orElse("constant");
    }

    List<Metric> metrics() {
        return keras.map(k -> k.settings().metrics()).orElse(List.of());
    }

    /// Its weights as a file that a run can begin with, which goes with this process.
    Optional<Path> weightsFile() throws IOException {
        if (keras.isEmpty()) return Optional.empty();
        var file = Files.createTempFile("motley-", ".safetensors");
        file.toFile().deleteOnExit();
        keras.get().saved().write(file);
        return Optional.of(file);
    }
}
