package motley.coordinator;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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

    static Optional<ModelFile> of(RunHandle run, Runs runs) {
        var specs = run.plan().model().parameters();
        return runs.weights(run.id())
                .map(elements -> new ModelFile(new Header(Safetensors.header(specs)), elements));
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
