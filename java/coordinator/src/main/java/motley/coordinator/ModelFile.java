package motley.coordinator;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import motley.interchange.Safetensors;
import motley.interchange.SavedModel;
import motley.nn.Model;
import motley.tensor.TensorType;

/// A run's parameters as a safetensors file: a header made for it and the file of a checkpoint.
///
/// @param elements f32 in the order of the model
public record ModelFile(Header header, Path elements) {
    /// The bytes before the elements.
    public static final class Header {
        private final byte[] bytes;

        Header(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    /// @param keras the Keras model that it was, if it was one
    static ModelFile of(Model model, Optional<String> keras, Path elements) {
        var types = new LinkedHashMap<String, TensorType>();
        for (var spec : model.parameters()) types.put(spec.name(), spec.type());
        var metadata = SavedModel.metadata(model, keras);
        return new ModelFile(new Header(Safetensors.header(types, metadata)), elements);
    }

    public long sizeBytes() throws IOException {
        return header.bytes.length + Files.size(elements);
    }

    /// Writes the whole file.
    public void writeTo(OutputStream out) throws IOException {
        out.write(header.bytes);
        Files.copy(elements, out);
    }
}
