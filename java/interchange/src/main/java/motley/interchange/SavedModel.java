package motley.interchange;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.nn.Model;
import motley.nn.Models;
import motley.tensor.Tensor;

/// A model and its weights in one file: tensors as safetensors, and the model as [ModelJson] in the
/// file's metadata. Other programs see the tensors, by the names of [Model#parameters].
///
/// ```java
/// new SavedModel(model, trainer.weights()).write(file);
/// var saved = SavedModel.read(file);    // the same model, the same bits
/// ```
///
/// @param weights of the types and in the order of the model's parameters
/// @param keras the description of the Keras model that it was, if it was one: with it the model
///     goes out again with its layers' names, inputs and outputs
public record SavedModel(Model model, List<Tensor> weights, Optional<String> keras) {
    /// Metadata: the model's name, for people.
    private static final String NAME = "model";

    /// Metadata: the model, as [ModelJson] writes it.
    private static final String DESCRIPTION = "model.json";

    /// Metadata: the Keras model that it was.
    private static final String KERAS = "keras.json";

    public SavedModel(Model model, List<Tensor> weights) {
        this(model, weights, Optional.empty());
    }

    /// @throws IllegalArgumentException if the weights are not those of the model
    public SavedModel {
        weights = List.copyOf(weights);
        var specs = model.parameters();
        require(
                weights.size() == specs.size(),
                "weights: %d tensors (expected: %d)",
                weights.size(),
                specs.size());
        for (int i = 0; i < specs.size(); i++) {
            require(
                    weights.get(i).type().equals(specs.get(i).type()),
                    "weights: %s is %s (expected: %s)",
                    specs.get(i).name(),
                    weights.get(i).type(),
                    specs.get(i).type());
        }
    }

    /// What a file of weights says about itself.
    public static Map<String, String> metadata(Model model) {
        return Map.of(NAME, model.name(), DESCRIPTION, ModelJson.text(model));
    }

    /// The same, with a Keras model's own description.
    public static Map<String, String> metadata(Model model, Optional<String> keras) {
        var metadata = new LinkedHashMap<>(metadata(model));
        keras.ifPresent(text -> metadata.put(KERAS, text));
        return metadata;
    }

    /// Replaces `file` in one step, and makes its folder if there is none.
    ///
    /// @throws IOException if the disk refuses
    public void write(Path file) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) Files.createDirectories(folder);
        Safetensors.write(file, tensors(), metadata(model, keras));
    }

    /// The weights by name, in the order of the model.
    public Map<String, Tensor> tensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        var specs = model.parameters();
        for (int i = 0; i < specs.size(); i++) tensors.put(specs.get(i).name(), weights.get(i));
        return tensors;
    }

    /// Reads a file that says which model it holds: in whole, or by one of [Models]' names.
    ///
    /// The weights are mapped, read-only, as long as somebody holds them.
    ///
    /// @throws MalformedFileException if the file is damaged, names no model, or lacks weights
    /// @throws IOException if it cannot be read
    public static SavedModel read(Path file) throws IOException {
        var content = Safetensors.read(file, Arena.ofAuto());
        return of(file, content, model(file, content.metadata()));
    }

    /// Reads weights for `model`, whatever the file says about itself.
    ///
    /// @throws MalformedFileException if the file is damaged or lacks weights
    /// @throws IOException if it cannot be read
    public static SavedModel read(Path file, Model model) throws IOException {
        return of(file, Safetensors.read(file, Arena.ofAuto()), model);
    }

    private static Model model(Path file, Map<String, String> metadata) throws IOException {
        var description = metadata.get(DESCRIPTION);
        var name = metadata.get(NAME);
        try {
            if (description != null) return ModelJson.parse(description);
            if (name != null) return Models.named(name);
        } catch (IllegalArgumentException e) {
            throw new MalformedFileException(file, String.valueOf(e.getMessage()), e);
        }
        throw new MalformedFileException(file, "does not say which model its weights are for");
    }

    /// Tensors that are none of the model's are left alone.
    private static SavedModel of(Path file, TensorFile content, Model model)
            throws MalformedFileException {
        var weights = new ArrayList<Tensor>();
        for (var spec : model.parameters()) {
            var tensor = content.tensors().get(spec.name());
            if (tensor == null || !tensor.type().equals(spec.type())) {
                var found = tensor == null ? "missing" : tensor.type().toString();
                throw new MalformedFileException(
                        file,
                        "tensor %s is %s (expected: %s, for %s)"
                                .formatted(spec.name(), found, spec.type(), model.name()));
            }
            weights.add(tensor);
        }
        return new SavedModel(model, weights, Optional.ofNullable(content.metadata().get(KERAS)));
    }
}
