package motley.interchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static motley.tensor.Require.require;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import motley.nn.Block;
import motley.nn.Graph;
import motley.nn.Initializers;
import motley.nn.Layer;
import motley.nn.Loss;
import motley.nn.Model;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// A model without its weights, as JSON that people write:
///
/// ```json
/// {
///   "motley-model": 1,
///   "name": "my-model",
///   "input": {"dtype": "f32", "shape": [28, 28, 1]},
///   "loss": "cross-entropy:smoothing=0.1",
///   "layers": [
///     {"layer": "conv2d", "filters": 16, "kernel": 3, "border": "same"},
///     {"layer": "relu"},
///     {"residual": [{"layer": "conv2d", "filters": 16, "kernel": 3, "border": "same"}]},
///     {"layer": "global-average-pool"},
///     {"layer": "global-max-pool", "from": ["add1"]},
///     {"layer": "concatenate", "from": ["pool1", "pool2"]},
///     {"layer": "dense", "units": 10, "initializer": "he-normal"}
///   ]
/// }
/// ```
///
/// A layer reads the one before it, or those that `from` names as `motley model summary` does; the
/// first reads `sample`. A layer can name earlier ones only, so there is no cycle. `loss` may be
/// left out, for cross-entropy. `"frozen": true` keeps a layer's weights. What nobody knows is
/// refused by its place: `layers[3].kernal: no
/// such field`.
///
/// A text that was written here gives an equal model again.
public final class ModelJson {
    /// The version written, and the only one read.
    public static final int VERSION = 1;

    /// Characters of a text, at most.
    public static final int LENGTH_MAX = 1 << 20;

    /// Layers of a model, at most.
    public static final int LAYERS_MAX = 4096;

    private static final String VERSION_FIELD = "motley-model";
    private static final int DEPTH_MAX = 16;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(2 * DEPTH_MAX)
                                                    .maxNameLength(1 << 10)
                                                    .maxNumberLength(30)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Graph graph = new Graph();
    private Graph.Value last = graph.sample();
    private int layers;

    private ModelJson() {}

    /// Whether a model can be meant by a file of that name.
    public static boolean isFile(String name) {
        return name.endsWith(".json");
    }

    /// @throws MalformedFileException if the file holds no model; the message says where and what
    /// @throws IOException if it cannot be read
    public static Model read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(LENGTH_MAX + 1);
            return parse(new String(bytes, UTF_8));
        } catch (IllegalArgumentException e) {
            throw new MalformedFileException(file, String.valueOf(e.getMessage()), e);
        }
    }

    /// @throws IllegalArgumentException if the text is no model; the message says where and what
    public static Model parse(String text) {
        int length = text.length();
        require(length <= LENGTH_MAX, "model: over %d characters (expected: fewer)", LENGTH_MAX);
        try {
            return model(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            var line = at == null ? 0 : at.getLineNr();
            throw new IllegalArgumentException(
                    "model: line %d is not JSON: %s"
                            .formatted(line, Fields.shortened(e.getOriginalMessage())),
                    e);
        }
    }

    private static Model model(JsonNode json) {
        return new ModelJson().read(new Fields(json, ""));
    }

    private Model read(Fields f) {
        int version = f.whole(VERSION_FIELD);
        require(version == VERSION, "%s: %d (expected: %d)", VERSION_FIELD, version, VERSION);
        var name = f.text("name");
        require(
                name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
                "name: %s (expected: up to 64 letters, digits, dots and dashes)",
                Fields.shortened(name));
        var input = type(f.object("input"));
        var loss = Loss.named(f.textIfAny("loss").orElse("cross-entropy"));
        append(f.list("layers"), f.at("layers"), 1);
        f.requireNoneLeft();
        return graph.model(name, input, loss);
    }

    private static TensorType type(Fields f) {
        var label = f.text("dtype");
        var shape = f.shape("shape");
        f.requireNoneLeft();
        for (var dtype : List.of(DType.F32, DType.I32)) {
            if (dtype.label().equals(label)) return new TensorType(dtype, shape);
        }
        throw new IllegalArgumentException(
                "%s: %s (expected: f32 or i32)".formatted(f.at("dtype"), Fields.shortened(label)));
    }

    /// One after the other, the first behind what is last now.
    private void append(List<JsonNode> nodes, String path, int depth) {
        require(depth <= DEPTH_MAX, "%s: nested over %d deep", path, DEPTH_MAX);
        for (int i = 0; i < nodes.size(); i++) {
            var f = new Fields(nodes.get(i), "%s[%d]".formatted(path, i));
            if (f.has("residual")) appendResidual(f, depth);
            else appendLayer(f);
            f.requireNoneLeft();
        }
    }

    private void appendLayer(Fields f) {
        require(++layers <= LAYERS_MAX, "%s: over %d layers", f.path(), LAYERS_MAX);
        Block block = LayerJson.read(f);
        var initializer = f.textIfAny("initializer").map(Initializers::named);
        if (initializer.isPresent()) block = block.initialized(initializer.get());
        boolean frozen = f.flag("frozen", false);
        int before = graph.size();
        var from = new ArrayList<Graph.Value>();
        for (var name : f.list("from")) from.add(named(f, name));
        if (from.isEmpty()) from.add(last);
        last = graph.apply(block, from.toArray(Graph.Value[]::new));
        if (frozen) graph.freezeSince(before);
    }

    private Graph.Value named(Fields f, JsonNode name) {
        return graph.named(name.isTextual() ? name.textValue() : "")
                .orElseThrow(() -> Fields.wrong(f.at("from"), name, "sample or an earlier layer"));
    }

    private void appendResidual(Fields f, int depth) {
        var from = last;
        append(f.list("residual"), f.at("residual"), depth + 1);
        var body = last;
        last = from;
        append(f.list("shortcut"), f.at("shortcut"), depth + 1);
        last = graph.apply(new Layer.Add(), body, last);
        require(!body.equals(from), "%s: no layers (expected: at least 1)", f.at("residual"));
    }

    /// The text, a line for each layer, with every setting.
    public static String text(Model model) {
        var head = NODES.objectNode();
        head.put(VERSION_FIELD, VERSION).put("name", model.name());
        var input = head.putObject("input");
        input.put("dtype", model.input().dtype().label());
        LayerJson.write("shape", model.input().shape(), input);
        head.put("loss", model.loss().text());
        var text = new StringBuilder("{\n");
        head.properties()
                .forEach(
                        field ->
                                text.append(
                                        "  \"%s\": %s,\n"
                                                .formatted(field.getKey(), field.getValue())));
        var rows = new ArrayList<String>();
        var names = new ArrayList<>(List.of("sample"));
        for (var placed : model.placed()) {
            rows.add("    " + object(placed.node(), names));
            names.add(placed.name());
        }
        return text.append("  \"layers\": [\n")
                .append(String.join(",\n", rows))
                .append("\n  ]\n}\n")
                .toString();
    }

    /// @param names of the sample and of the layers before this one
    private static ObjectNode object(Model.Node node, List<String> names) {
        var object = NODES.objectNode();
        LayerJson.write(node.layer(), object);
        node.initializer().ifPresent(i -> object.put("initializer", Initializers.text(i)));
        if (node.frozen()) object.put("frozen", true);
        if (!node.in().equals(List.of(names.size() - 1))) {
            var from = object.putArray("from");
            for (int value : node.in()) from.add(names.get(value));
        }
        return object;
    }
}
