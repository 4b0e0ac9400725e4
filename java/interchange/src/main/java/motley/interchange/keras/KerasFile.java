package motley.interchange.keras;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.interchange.MalformedFileException;
import motley.interchange.SavedModel;
import motley.nn.Model;
import motley.nn.Optimizers;

/// Files of Keras: `.keras` as version 3 writes it, `.h5` as versions 2 and 3 do. Which one a file
/// is, its first bytes say.
///
/// A file's settings are understood whole before a byte of its weights is read: an unknown layer, a
/// setting that Motley lacks or an impossible shape is refused by its name.
/// Sources: Keras 3.15, `keras.src.saving.saving_lib` and `keras.src.legacy.saving`; what its files
/// look like was measured on files of that version.
public final class KerasFile {
    /// Levels of JSON: a model within a model takes about six.
    private static final int NESTING_MAX = 200;

    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                    JsonFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNestingDepth(NESTING_MAX)
                                            .maxNameLength(1 << 12)
                                            .maxNumberLength(100)
                                            .build())
                            .build());

    private KerasFile() {}

    /// Whether a Keras model can be meant by a file of that name.
    public static boolean isFile(String name) {
        return name.endsWith(".keras") || name.endsWith(".h5") || name.endsWith(".hdf5");
    }

    /// @throws MalformedFileException if the file holds no model that Motley understands; the
    ///     message says what and where
    /// @throws IOException if it cannot be read
    public static KerasModel read(Path file) throws IOException {
        return read(file, KerasLimits.USUAL);
    }

    /// The same within other limits.
    public static KerasModel read(Path file, KerasLimits limits) throws IOException {
        try {
            return readBounded(file, limits);
        } catch (IllegalArgumentException | ArithmeticException | KerasRefusedException e) {
            throw new MalformedFileException(file, String.valueOf(e.getMessage()), e);
        } catch (StackOverflowError | OutOfMemoryError e) {
            throw new MalformedFileException(file, "larger than this process can hold", e);
        }
    }

    private static KerasModel readBounded(Path file, KerasLimits limits) throws IOException {
        long bytes = Files.size(file);
        long most = Math.min(limits.fileBytesMax(), Integer.MAX_VALUE - 16);
        if (bytes > most) {
            throw KerasRefusedException.of("file", bytes + " bytes", "at most " + most);
        }
        byte[] first;
        try (var in = Files.newInputStream(file)) {
            first = in.readNBytes(8);
        }
        requireName(file, first);
        if (Hdf5File.isSignature(first)) return legacy(Files.readAllBytes(file), limits);
        boolean isZip = first.length >= 4 && first[0] == 'P' && first[1] == 'K' && first[2] == 3;
        if (!isZip) {
            throw new KerasRefusedException(
                    "neither a .keras archive nor HDF5, by its first bytes");
        }
        return modern(KerasArchive.read(file, limits), limits);
    }

    /// A name that says something else than the bytes is a mistake, or a trick.
    private static void requireName(Path file, byte[] first) {
        boolean isNamedArchive = file.toString().endsWith(".keras");
        if (isNamedArchive && Hdf5File.isSignature(first)) {
            throw KerasRefusedException.of("file", "HDF5 by its first bytes", "the name .h5");
        }
    }

    // ---- `.keras` ----------------------------------------------------------------------------

    private static KerasModel modern(KerasArchive archive, KerasLimits limits) {
        var warnings = new ArrayList<String>();
        var root = parse(archive.config());
        var understood = ModelReader.read(root, warnings);
        var compiled = new CompileReader(root.path("compile_config"), understood, warnings).read();
        var model = compiled.model();
        requireSize(model, archive.weights().length, limits);
        try (var file = Hdf5File.open(ByteBuffer.wrap(archive.weights()))) {
            var reader = new WeightReader(file, model, understood.owner());
            var variables = WeightReader.modern(model, understood.owner());
            var weights = reader.read(variables);
            var state =
                    state(compiled.settings())
                            .flatMap(
                                    o ->
                                            new OptimizerStateReader(file, reader, variables)
                                                    .modern(o));
            var saved = new SavedModel(model, weights, Optional.of(archive.config()));
            return new KerasModel(saved, compiled.settings(), state, warnings);
        }
    }

    private static Optional<motley.nn.Optimizer> state(KerasSettings settings) {
        return settings.optimizer().map(o -> Optimizers.named(o.optimizer()));
    }

    // ---- `.h5` -------------------------------------------------------------------------------

    private static KerasModel legacy(byte[] bytes, KerasLimits limits) {
        var warnings = new ArrayList<String>();
        try (var file = Hdf5File.open(ByteBuffer.wrap(bytes))) {
            var config = file.text(List.of(), "model_config");
            if (config.isEmpty()) {
                throw KerasRefusedException.of(
                        "model_config", "missing", "a whole model, as model.save writes it");
            }
            var root = described(limited(config.get(), limits), file);
            var understood = ModelReader.read(root, warnings);
            var compiled =
                    new CompileReader(root.path("compile_config"), understood, warnings).read();
            var model = compiled.model();
            requireSize(model, bytes.length, limits);
            var reader = new WeightReader(file, model, understood.owner());
            var variables = reader.legacy();
            var weights = reader.read(variables);
            var state =
                    state(compiled.settings())
                            .flatMap(
                                    o ->
                                            new OptimizerStateReader(file, reader, variables)
                                                    .legacy(o));
            var saved = new SavedModel(model, weights, Optional.of(root.toString()));
            return new KerasModel(saved, compiled.settings(), state, warnings);
        }
    }

    /// The description as a `.keras` file has it, with the compile settings.
    private static JsonNode described(String config, Hdf5File file) {
        var root = JsonNodeFactory.instance.objectNode();
        var model = parse(config);
        var className = model.path("class_name").asText("");
        root.put(
                "module", className.equals("Sequential") ? "keras" : "keras.src.models.functional");
        root.set("class_name", model.path("class_name"));
        root.set("config", model.path("config"));
        root.set(
                "registered_name",
                model.has("registered_name") && !model.path("registered_name").isNull()
                        ? model.path("registered_name")
                        : model.path("class_name"));
        var training = file.text(List.of(), "training_config").map(KerasFile::parse);
        training.filter(JsonNode::isObject)
                .ifPresent(
                        found -> {
                            var compile = root.putObject("compile_config");
                            found.properties()
                                    .forEach(
                                            field ->
                                                    compile.set(
                                                            renamed(field.getKey()),
                                                            field.getValue()));
                            place(compile.path("optimizer"), "keras.optimizers");
                            place(
                                    compile.at("/optimizer/config/learning_rate"),
                                    "keras.optimizers.schedules");
                        });
        return root;
    }

    /// HDF5 files leave out where a class comes from; archives that do are not loaded.
    private static void place(JsonNode described, String module) {
        boolean isPlaced = described.has("module") || !described.has("class_name");
        if (isPlaced || !(described instanceof ObjectNode object)) return;
        object.put("module", module).putNull("registered_name");
    }

    private static String renamed(String key) {
        return key.equals("optimizer_config") ? "optimizer" : key;
    }

    // ---- Both --------------------------------------------------------------------------------

    private static String limited(String config, KerasLimits limits) {
        if (config.length() <= limits.configCharactersMax()) return config;
        throw KerasRefusedException.of("model_config", config.length(), "fewer characters");
    }

    static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new KerasRefusedException("config: no JSON that can be read", e);
        }
    }

    /// Memory is taken for weights only if the file can hold them.
    private static void requireSize(Model model, long fileBytes, KerasLimits limits) {
        long bytes = 0;
        for (var spec : model.parameters()) bytes += spec.type().sizeBytes();
        if (bytes > limits.weightsBytesMax()) {
            throw KerasRefusedException.of(
                    "weights", bytes + " bytes", "at most " + limits.weightsBytesMax());
        }
        if (bytes > fileBytes * limits.weightsPerByteMax()) {
            throw KerasRefusedException.of(
                    "weights", bytes + " bytes", "a file that holds them, not one of " + fileBytes);
        }
    }
}
