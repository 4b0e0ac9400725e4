package motley.interchange.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import motley.interchange.SavedModel;
import motley.interchange.keras.WeightReader.Located;
import motley.nn.Optimizers;
import motley.tensor.Tensor;

/// A model that came from Keras goes back there: with its own description, layers' names, inputs
/// and outputs, and with Motley's weights.
///
/// A `.keras` file takes the optimizer's state along, so that Keras trains on where Motley stood.
/// An `.h5` file does not: Keras 3.15 cannot train a model that it loaded with such a state.
public final class KerasWriter {
    private static final String VERSION = "3.15.1";

    private final SavedModel saved;
    private final JsonNode root;
    private final KerasSettings settings;
    private final Owner owner;
    private final List<Located> variables;

    private KerasWriter(SavedModel saved, String description) {
        this.saved = saved;
        root = KerasFile.parse(description);
        var warnings = new ArrayList<String>();
        var understood = ModelReader.read(root, warnings);
        owner = understood.owner();
        settings =
                new CompileReader(root.path("compile_config"), understood, warnings)
                        .read()
                        .settings();
        if (!understood.model().nodes().equals(saved.model().nodes())) {
            throw new KerasRefusedException("description: of another model than the weights");
        }
        variables = WeightReader.modern(saved.model(), owner);
    }

    /// The bytes of a `.keras` file.
    ///
    /// @param state of the optimizer that the description names, where it has made steps
    /// @throws IllegalArgumentException if the model did not come from Keras
    public static byte[] archive(SavedModel saved, Optional<OptimizerState> state) {
        return of(saved).archive(state);
    }

    /// The bytes of an `.h5` file.
    ///
    /// @throws IllegalArgumentException if the model did not come from Keras
    public static byte[] legacy(SavedModel saved) {
        return of(saved).legacy();
    }

    private static KerasWriter of(SavedModel saved) {
        var name = saved.model().name();
        var description = saved.keras().orElseThrow(() -> notFromKeras(name));
        try {
            return new KerasWriter(saved, description);
        } catch (KerasRefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static IllegalArgumentException notFromKeras(String name) {
        return new IllegalArgumentException(
                "model: %s is not from Keras (expected: one of its files)".formatted(name));
    }

    private float[] values(Located variable, List<Tensor> parameters) {
        var shape = parameters.get(variable.parameter()).shape();
        var values = new float[variable.shape().count()];
        for (var piece : variable.variable().layout().pieces(shape)) {
            piece.write(parameters.get(variable.parameter() + piece.parameterOffset()), values);
        }
        return values;
    }

    // ---- `.keras` ----------------------------------------------------------------------------

    private byte[] archive(Optional<OptimizerState> state) {
        var group = new Hdf5Writer.Group();
        for (var variable : variables) {
            var path = variable.path();
            var leaf = new Hdf5Writer.Floats(variable.shape(), values(variable, saved.weights()));
            group.at(path.subList(0, path.size() - 1)).put(path.getLast(), leaf);
        }
        if (state.isPresent() && settings.optimizer().isPresent()) {
            addOptimizer(group.at(List.of("optimizer", "vars")), state.get());
        }
        var metadata = JsonNodeFactory.instance.objectNode().put("keras_version", VERSION);
        metadata.put("date_saved", "1970-01-01@00:00:00"); // Equal models give equal bytes.
        var parts = new LinkedHashMap<String, byte[]>();
        parts.put(KerasArchive.METADATA, metadata.toString().getBytes(UTF_8));
        parts.put(KerasArchive.CONFIG, root.toString().getBytes(UTF_8));
        parts.put(KerasArchive.WEIGHTS, Hdf5Writer.write(group));
        return zip(parts);
    }

    private void addOptimizer(Hdf5Writer.Group vars, OptimizerState state) {
        var compiled = settings.optimizer().orElseThrow();
        var slots = OptimizerStateReader.slots(Optimizers.named(compiled.optimizer()));
        var trained = variables.stream().filter(v -> v.variable().trained()).toList();
        vars.put("0", new Hdf5Writer.Whole(state.steps()));
        int first = 1;
        if (compiled.schedule().equals("constant")) {
            var rate = new float[] {(float) compiled.learningRate()};
            vars.put("1", new Hdf5Writer.Floats(new motley.tensor.Shape(List.of()), rate));
            first = 2;
        }
        for (int slot = 0; slot < slots.prefixes().size(); slot++) {
            var all = parameters(state, slots.prefixes().get(slot));
            for (int v = 0; v < trained.size(); v++) {
                int at = first + OptimizerStateReader.at(slots, v, slot, trained.size());
                var variable = trained.get(v);
                var leaf = new Hdf5Writer.Floats(variable.shape(), values(variable, all));
                vars.put(String.valueOf(at), leaf);
            }
        }
    }

    /// One slot of every parameter; zeros where the optimizer keeps none.
    private List<Tensor> parameters(OptimizerState state, String prefix) {
        return saved.model().parameters().stream()
                .map(
                        spec ->
                                Optional.ofNullable(state.tensors().get(prefix + spec.name()))
                                        .orElseGet(() -> Tensor.onHeap(spec.type())))
                .toList();
    }

    private static byte[] zip(Map<String, byte[]> parts) {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (var part : parts.entrySet()) {
                var entry = new ZipEntry(part.getKey());
                var sum = new CRC32();
                sum.update(part.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(part.getValue().length);
                entry.setCrc(sum.getValue());
                entry.setTime(315_532_800_000L); // 1980, where the format's time begins
                zip.putNextEntry(entry);
                zip.write(part.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return out.toByteArray();
    }

    // ---- `.h5` -------------------------------------------------------------------------------

    private byte[] legacy() {
        var file = new Hdf5Writer.Group();
        file.text("backend", "tensorflow");
        file.text("keras_version", VERSION);
        var config = JsonNodeFactory.instance.objectNode();
        config.set("class_name", root.path("class_name"));
        config.set("config", root.path("config"));
        file.text("model_config", config.toString());
        var compiled = root.path("compile_config");
        if (compiled.isObject()) file.text("training_config", training(compiled).toString());
        var weights = file.at(List.of("model_weights"));
        var names = new ArrayList<String>();
        for (var layer : owner.layers()) {
            names.add(layer.name());
            addLayer(weights.at(List.of(layer.name())), layer);
        }
        weights.list("layer_names", names);
        return Hdf5Writer.write(file);
    }

    private void addLayer(Hdf5Writer.Group group, Owner layer) {
        var names = new ArrayList<String>();
        for (var variable : layer.legacy()) {
            var located = variables.stream().filter(v -> v.variable().equals(variable)).findFirst();
            var place = located.orElseThrow();
            // Keras goes by their order; the number keeps names apart in models within models.
            var path = List.of(layer.name(), String.valueOf(names.size()), variable.leaf());
            var leaf = new Hdf5Writer.Floats(place.shape(), values(place, saved.weights()));
            group.at(path.subList(0, 2)).put(path.getLast(), leaf);
            names.add(String.join("/", path));
        }
        group.list("weight_names", names);
    }

    /// With losses and metrics by their long names: Keras 3.15 does not read short ones here.
    private static ObjectNode training(JsonNode compiled) {
        var training = JsonNodeFactory.instance.objectNode();
        compiled.properties()
                .forEach(
                        field -> {
                            var key = field.getKey();
                            var name = key.equals("optimizer") ? "optimizer_config" : key;
                            boolean isNamed = key.equals("loss") || key.endsWith("metrics");
                            training.set(
                                    name, isNamed ? longNames(field.getValue()) : field.getValue());
                        });
        return training;
    }

    private static JsonNode longNames(JsonNode node) {
        if (node.isTextual()) {
            var name = node.asText();
            return JsonNodeFactory.instance.textNode(LONG.getOrDefault(name, name));
        }
        if (node.isArray()) {
            var list = JsonNodeFactory.instance.arrayNode();
            node.forEach(one -> list.add(longNames(one)));
            return list;
        }
        if (node.isObject() && !node.has("class_name")) {
            var object = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(f -> object.set(f.getKey(), longNames(f.getValue())));
            return object;
        }
        return node;
    }

    private static final Map<String, String> LONG =
            Map.of(
                    "mse", "mean_squared_error",
                    "MSE", "mean_squared_error",
                    "mae", "mean_absolute_error",
                    "MAE", "mean_absolute_error");
}
