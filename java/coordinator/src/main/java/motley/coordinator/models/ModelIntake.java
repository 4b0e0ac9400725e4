package motley.coordinator.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.interchange.MalformedFileException;
import motley.interchange.ModelJson;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasLimits;
import motley.interchange.keras.KerasModel;
import motley.interchange.keras.KerasSettings;
import motley.nn.Metric;
import motley.nn.Model;
import motley.nn.PlacedLayer;
import motley.tensor.TensorType;

/// Reads files that people send as a model. What a file is, its first bytes say; what is not
/// understood is refused by its name before anything of it is kept.
final class ModelIntake {
    /// Of a file, and of its parameters: twice that is in memory for a moment, beside the heap's
    /// other duties.
    static final long BYTES_MAX = Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 4);

    private static final KerasLimits LIMITS = new KerasLimits(BYTES_MAX, 1 << 24, BYTES_MAX, 64);
    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int HEAD_BYTES = 9;

    private ModelIntake() {}

    /// A file of somebody.
    ///
    /// @param name as its sender calls it
    record Part(String name, Path path) {}

    /// What the files turned out to be.
    ///
    /// @param saved with weights; empty: they are drawn from the seed of the run
    record Content(Model model, Optional<SavedModel> saved, ObjectNode description) {}

    private enum Kind {
        KERAS,
        H5,
        SAFETENSORS,
        JSON
    }

    /// @throws Problem if they are no model that Motley understands; the message says what and
    /// where
    static Content read(List<Part> parts) throws IOException {
        if (parts.size() == 1) return read(parts.getFirst());
        if (parts.size() == 2) {
            var first = kind(parts.getFirst());
            var second = kind(parts.getLast());
            if (first == Kind.JSON && second == Kind.SAFETENSORS) {
                return read(parts.getFirst(), parts.getLast());
            }
            if (first == Kind.SAFETENSORS && second == Kind.JSON) {
                return read(parts.getLast(), parts.getFirst());
            }
        }
        throw new IllegalArgumentException(
                "files: %d (expected: one model, or a .json and the .safetensors of its weights)"
                        .formatted(parts.size()));
    }

    private static Content read(Part part) throws IOException {
        var kind = kind(part);
        return understood(
                part,
                () ->
                        switch (kind) {
                            case KERAS, H5 -> keras(kind, KerasFile.read(part.path, LIMITS));
                            case SAFETENSORS -> {
                                var saved = SavedModel.read(part.path);
                                yield content(kind, saved.model(), Optional.of(saved));
                            }
                            case JSON -> content(kind, ModelJson.read(part.path), Optional.empty());
                        });
    }

    private static Content read(Part json, Part weights) throws IOException {
        var model = understood(json, () -> ModelJson.read(json.path));
        return understood(
                weights,
                () -> {
                    var saved = SavedModel.read(weights.path, model);
                    return content(Kind.SAFETENSORS, model, Optional.of(saved));
                });
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T understood(Part part, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (MalformedFileException | IllegalArgumentException | ArithmeticException e) {
            throw refused(part, String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError | StackOverflowError e) {
            throw refused(part, "larger than this coordinator can hold");
        }
    }

    /// The sender knows the file by its name, not by where it lies here.
    private static Problem refused(Part part, String message) {
        var reason = message.replace(part.path + ": ", "");
        return new Problem(HttpStatus.UNPROCESSABLE_ENTITY, part.name + ": " + reason);
    }

    private static Kind kind(Part part) throws IOException {
        long sizeBytes = Files.size(part.path);
        if (sizeBytes > BYTES_MAX) {
            throw refused(part, "%d bytes (expected: at most %d)".formatted(sizeBytes, BYTES_MAX));
        }
        byte[] head;
        try (var in = Files.newInputStream(part.path)) {
            head = in.readNBytes(HEAD_BYTES);
        }
        if (Arrays.equals(head, 0, Math.min(head.length, HDF5.length), HDF5, 0, HDF5.length)) {
            return Kind.H5;
        }
        if (head.length >= 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3) return Kind.KERAS;
        if (head.length == HEAD_BYTES && head[HEAD_BYTES - 1] == '{') {
            long header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header >= 2 && header <= sizeBytes - Long.BYTES) return Kind.SAFETENSORS;
        }
        if (new String(head, java.nio.charset.StandardCharsets.UTF_8)
                .stripLeading()
                .startsWith("{")) return Kind.JSON;
        throw refused(
                part,
                "no model by its first bytes (expected: a .keras or .h5 file of Keras, a model as"
                        + " JSON, or safetensors that say their model)");
    }

    private static Content keras(Kind kind, KerasModel read) {
        var saved = read.saved();
        var content = content(kind, saved.model(), Optional.of(saved));
        var compiled = content.description.putObject("compiled");
        settings(read.settings(), compiled);
        var warnings = content.description.putArray("warnings");
        read.warnings().forEach(warnings::add);
        return content;
    }

    private static void settings(KerasSettings settings, ObjectNode into) {
        settings.loss().ifPresent(loss -> into.put("loss", loss.text()));
        settings.optimizer()
                .ifPresent(
                        descent ->
                                into.put("optimizer", descent.optimizer())
                                        .put("learningRate", descent.learningRate())
                                        .put("schedule", descent.schedule()));
        var metrics = into.putArray("metrics");
        settings.metrics().stream().map(Metric::text).forEach(metrics::add);
    }

    private static Content content(Kind kind, Model model, Optional<SavedModel> saved) {
        requireSize(model);
        var object =
                Reply.object()
                        .put("form", kind.name().toLowerCase(Locale.ROOT))
                        .put("isKeras", saved.flatMap(SavedModel::keras).isPresent())
                        .put("input", model.input().toString())
                        .put("target", model.target().toString())
                        .put("loss", model.loss().text())
                        .put("classes", model.classes());
        var summary = model.summary();
        object.put("parameters", summary.parameterCount())
                .put("flopsPerSample", summary.flops())
                .put("activationBytesPerSample", summary.activationBytes());
        var layers = object.putArray("layers");
        summary.layers().forEach(layer -> layers.add(layer(layer)));
        return new Content(model, saved, object);
    }

    private static ObjectNode layer(PlacedLayer layer) {
        var object =
                Reply.object()
                        .put("name", layer.name())
                        .put("output", layer.output().toString())
                        .put("parameters", layer.parameterCount())
                        .put("flopsPerSample", layer.flops());
        if (layer.node().frozen()) object.put("isFrozen", true);
        return object;
    }

    /// A text of a few bytes may describe any number of parameters.
    private static void requireSize(Model model) {
        long bytes = 0;
        for (var spec : model.parameters()) {
            TensorType type = spec.type();
            bytes = Math.addExact(bytes, type.sizeBytes());
        }
        if (bytes <= BYTES_MAX) return;
        throw new IllegalArgumentException(
                "weights: %d bytes (expected: at most %d)".formatted(bytes, BYTES_MAX));
    }
}
