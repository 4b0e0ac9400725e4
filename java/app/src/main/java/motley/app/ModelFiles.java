package motley.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import motley.interchange.MalformedFileException;
import motley.interchange.ModelJson;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasModel;
import motley.nn.Model;
import motley.nn.Models;

/// Models as people name them on the command line: one that `motley model list` has, a description
/// in a `.json` file, or a file of weights that holds one.
final class ModelFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WEIGHTS = ".safetensors";

    private ModelFiles() {}

    /// What a person should read wherever a model is asked for.
    static final String DESCRIPTION =
            "one that `motley model list` names, or your own: a .json file as `motley model"
                    + " describe` prints, or a .keras or .h5 file";

    /// @throws UserException if the file cannot be read or is no model
    /// @throws IllegalArgumentException if no model has that name
    static Model named(String text) {
        if (KerasFile.isFile(text)) return keras(Path.of(text)).saved().model();
        boolean isFile = ModelJson.isFile(text) || text.endsWith(WEIGHTS);
        if (!isFile) return Models.named(text);
        var file = Path.of(text);
        if (ModelJson.isFile(text)) return read(file, () -> ModelJson.read(file));
        return read(file, () -> SavedModel.read(file)).model();
    }

    /// A model and its weights.
    ///
    /// @param model as for [#named]; empty: the one that the file describes
    /// @throws UserException if the file is unusable or has other tensors than the model
    static SavedModel saved(Path file, Optional<String> model) {
        if (model.isEmpty() && KerasFile.isFile(file.toString())) return keras(file).saved();
        if (model.isEmpty()) return read(file, () -> SavedModel.read(file));
        var chosen = named(model.get());
        return read(file, () -> SavedModel.read(file, chosen));
    }

    /// A model that Keras wrote.
    ///
    /// @throws UserException if the file is none that Motley understands; the message says why
    static KerasModel keras(Path file) {
        return read(file, () -> KerasFile.read(file));
    }

    /// The model as a request carries it.
    static JsonNode description(Model model) {
        try {
            return JSON.readTree(ModelJson.text(model));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description is JSON", e);
        }
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T read(Path file, Reading<T> reading) {
        try {
            return reading.read();
        } catch (NoSuchFileException e) {
            throw new UserException("cannot read %s: no such file".formatted(file), e);
        } catch (MalformedFileException e) {
            throw new UserException("cannot read " + e.getMessage(), e); // It names the file.
        } catch (IOException e) {
            throw new UserException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
