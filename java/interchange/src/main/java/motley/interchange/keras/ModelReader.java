package motley.interchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import motley.interchange.keras.LayerReader.Applied;
import motley.interchange.keras.LayerReader.Call;
import motley.nn.Graph;
import motley.nn.Graph.Value;
import motley.nn.Head;
import motley.nn.Head.Link;
import motley.nn.Layer;
import motley.nn.Loss;
import motley.nn.Model;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// A Keras model's configuration as a [Model], and where its variables lie in it.
///
/// Models within models are taken apart: their layers become the outer one's. Several inputs become
/// parts of one sample, several outputs parts of one vector. Confined to one thread.
final class ModelReader {
    private static final JsonNode NO_KWARGS = JsonNodeFactory.instance.objectNode();

    final Graph graph = new Graph();
    final LayerReader layers;
    private int count;

    private ModelReader(List<String> warnings) {
        layers = new LayerReader(graph, warnings);
    }

    /// An input or an output of a model.
    ///
    /// @param name of its layer
    /// @param link what Keras does at the end of an output that Motley's loss does itself
    record Port(String name, Shape shape, DType dtype, Link link) {}

    /// @param model with the usual loss of its output; `CompileReader` says the right one
    /// @param outputs more than one: they lie in one vector, one after another
    record Understood(Model model, Owner owner, List<Port> inputs, List<Port> outputs) {
        Understood {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    /// @throws KerasRefusedException if something in it is none that Motley has
    /// @throws IllegalArgumentException if layers do not fit together
    static Understood read(JsonNode root, List<String> warnings) {
        var nodes = new ModelNodes(root, "model");
        return new ModelReader(warnings).read(nodes);
    }

    private Understood read(ModelNodes root) {
        var inputs = inputs(root);
        var type = sampleType(inputs);
        var in = given(inputs);
        var name = name(root);
        return switch (root.className()) {
            case "Sequential" -> {
                var applied = sequential(root, in.getFirst(), new Place(true, 1));
                requireLast(root, applied.value());
                yield single(graph.model(name, type, anyLoss()), applied.owner(), inputs);
            }
            case "Functional", "Model" -> {
                var whole = new FunctionalReader(this, root, new Place(true, 1)).read(in, true);
                if (whole.outputs().size() == 1) {
                    requireLast(root, whole.outputs().getFirst().value());
                    yield single(graph.model(name, type, anyLoss()), whole.owner(), inputs);
                }
                yield joined(whole, inputs, name);
            }
            default ->
                    throw KerasRefusedException.of(
                            "model", "class " + root.className(), "Sequential or Functional");
        };
    }

    /// Where a model lies: whether what is around it is trained, and how deep it is.
    record Place(boolean trained, int depth) {}

    // ---- Inputs ------------------------------------------------------------------------------

    /// Keras takes tokens as float32 unless told otherwise; where a table reads the input, they are
    /// whole numbers all the same.
    private static Port asTokens(Port input, JsonNode layers) {
        for (var layer : layers) {
            boolean isTable = layer.path("class_name").asText().equals("Embedding");
            boolean reads =
                    !layer.has("inbound_nodes")
                            || layer.path("inbound_nodes")
                                    .toString()
                                    .contains("[\"%s\",".formatted(input.name));
            if (isTable && reads) return new Port(input.name, input.shape, DType.I32, input.link);
        }
        return input;
    }

    private List<Port> inputs(ModelNodes root) {
        var config = root.node().path("config");
        var all = new ArrayList<Port>();
        if (root.node().path("class_name").asText().equals("Sequential")) {
            var first = config.path("layers").path(0);
            var input = input(new ModelNodes(first, "layers[0]"), config.path("build_input_shape"));
            var second = List.of(config.path("layers").path(1));
            return List.of(asTokens(input, JsonNodeFactory.instance.arrayNode().addAll(second)));
        }
        var byName = new LinkedHashMap<String, JsonNode>();
        for (var layer : config.path("layers")) byName.put(layer.path("name").asText(), layer);
        for (var reference : FunctionalReader.references(config.path("input_layers"))) {
            var layer = byName.get(reference.layer());
            if (layer == null) {
                throw KerasRefusedException.of("input_layers", reference.layer(), "a layer");
            }
            var input =
                    input(
                            new ModelNodes(layer, reference.layer()),
                            JsonNodeFactory.instance.nullNode());
            all.add(asTokens(input, config.path("layers")));
        }
        if (all.isEmpty()) throw KerasRefusedException.of("input_layers", "none", "at least 1");
        return all;
    }

    private static Port input(ModelNodes layer, JsonNode otherwise) {
        layer.className();
        var settings = layer.settings();
        settings.requireFalse("sparse", "ragged");
        var shape = settings.node("batch_shape");
        if (!shape.isArray()) shape = settings.node("batch_input_shape");
        if (!shape.isArray()) shape = otherwise;
        var dims = new ArrayList<Integer>();
        for (int i = 1; i < shape.size(); i++) dims.add(shape.path(i).asInt(0));
        boolean known = shape.isArray() && shape.size() >= 2 && dims.stream().allMatch(d -> d > 0);
        if (!known) {
            throw KerasRefusedException.of(
                    settings.at("batch_shape"), shape, "sizes that are given, but for the batch");
        }
        return new Port(layer.name(), new Shape(dims), dtype(layer, settings), Link.LINEAR);
    }

    private static DType dtype(ModelNodes layer, Settings settings) {
        if (!layer.className().equals("InputLayer")) {
            return layer.className().equals("Embedding") ? DType.I32 : DType.F32;
        }
        var name = settings.node("dtype").asText("float32");
        return switch (name) {
            case "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32" -> DType.I32;
            case "float16", "float32", "float64", "bfloat16" -> DType.F32;
            default ->
                    throw KerasRefusedException.of(settings.at("dtype"), name, "float32 or int32");
        };
    }

    /// One sample: an input as it is; several as rows of numbers, one after another.
    private TensorType sampleType(List<Port> inputs) {
        if (inputs.size() == 1) {
            var only = inputs.getFirst();
            return new TensorType(only.dtype, only.shape);
        }
        long elements = 0;
        for (var input : inputs) {
            elements += input.shape.count();
            if (input.dtype != DType.F32) {
                throw KerasRefusedException.of(
                        "input " + input.name, "whole numbers", "float32, as one of several");
            }
        }
        if (elements >= 1 << 30) throw KerasRefusedException.of("inputs", elements, "under 2^30");
        return TensorType.f32((int) elements);
    }

    private List<Value> given(List<Port> inputs) {
        if (inputs.size() == 1) return List.of(graph.sample());
        var values = new ArrayList<Value>();
        int first = 0;
        for (var input : inputs) {
            int elements = input.shape.count();
            var part = graph.apply(new Layer.Part(first, elements), graph.sample());
            boolean isFlat = input.shape.rank() == 1;
            values.add(isFlat ? part : graph.apply(new Layer.Reshape(input.shape), part));
            first += elements;
        }
        return values;
    }

    // ---- Outputs -----------------------------------------------------------------------------

    private static Loss anyLoss() {
        return new Loss.MeanSquaredError();
    }

    private Understood single(Model model, Owner owner, List<Port> inputs) {
        var link =
                switch (model.nodes().getLast().layer()) {
                    case Layer.Softmax _ -> Link.SOFTMAX;
                    case Layer.Sigmoid _ -> Link.SIGMOID;
                    default -> Link.LINEAR;
                };
        var output = new Port("", model.outputShape(), DType.F32, link);
        return new Understood(model, owner, inputs, List.of(output));
    }

    private Understood joined(FunctionalReader.Whole whole, List<Port> inputs, String name) {
        var type = sampleType(inputs);
        var placed = graph.model(name, type, anyLoss()).placed();
        var outputs = new ArrayList<Port>();
        var values = new ArrayList<Value>();
        var heads = new ArrayList<Head>();
        for (var out : whole.outputs()) {
            int number = out.value().number();
            var shape = number == 0 ? type.shape() : placed.get(number - 1).output();
            outputs.add(new Port(out.name(), shape, DType.F32, out.link()));
            boolean isFlat = shape.rank() == 1;
            values.add(isFlat ? out.value() : graph.apply(new Layer.Flatten(), out.value()));
            heads.add(new Head(shape.count(), out.link()));
        }
        var vector = graph.apply(new Layer.Concatenate(), values.toArray(Value[]::new));
        boolean linked = heads.stream().anyMatch(head -> head.link() != Link.LINEAR);
        if (linked) graph.apply(new Layer.Heads(heads), vector);
        return new Understood(graph.model(name, type, anyLoss()), whole.owner(), inputs, outputs);
    }

    private void requireLast(ModelNodes root, Value output) {
        if (output.number() == graph.size() && output.number() > 0) return;
        throw KerasRefusedException.of(
                root.title(), "an output that is not last", "one at the end");
    }

    private static String name(ModelNodes root) {
        var name = root.name().replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
        if (name.isEmpty()) return "keras";
        return name.length() > 64 ? name.substring(0, 64) : name;
    }

    // ---- Layers, and models within -----------------------------------------------------------

    Applied sequential(ModelNodes model, Value in, Place place) {
        requireDepth(model, place);
        var own = new Place(isTrained(model, place), place.depth + 1);
        var value = in;
        var owners = new ArrayList<Owner>();
        for (var layer : model.node().path("config").path("layers")) {
            var nodes = new ModelNodes(layer, model.title());
            if (nodes.className().equals("InputLayer")) continue;
            var applied = apply(nodes, List.of(value), NO_KWARGS, own, false);
            value = applied.value();
            owners.add(applied.owner());
        }
        var owner = new Owner("Sequential", model.name(), List.of(), owners);
        return new Applied(value, owner, Link.LINEAR);
    }

    /// @param bare whether a softmax or sigmoid at its end is left out
    Applied apply(ModelNodes layer, List<Value> in, JsonNode kwargs, Place place, boolean bare) {
        if (++count > KerasLimits.LAYERS_MAX) {
            throw KerasRefusedException.of("layers", count, "at most " + KerasLimits.LAYERS_MAX);
        }
        var className = layer.className();
        return switch (className) {
            case "Sequential" -> {
                if (in.size() == 1) yield sequential(layer, in.getFirst(), place);
                throw KerasRefusedException.of(layer.title(), in.size() + " inputs", "1");
            }
            case "Functional", "Model" -> within(layer, in, place);
            default ->
                    layers.apply(
                            new Call(className, layer.settings(), in, kwargs, place.trained, bare));
        };
    }

    private Applied within(ModelNodes model, List<Value> in, Place place) {
        var whole = new FunctionalReader(this, model, place).read(in, false);
        if (whole.outputs().size() == 1) {
            return new Applied(whole.outputs().getFirst().value(), whole.owner(), Link.LINEAR);
        }
        throw KerasRefusedException.of(
                model.title(), whole.outputs().size() + " outputs", "1, within a model");
    }

    static boolean isTrained(ModelNodes model, Place place) {
        return place.trained && model.settings().flag("trainable", true);
    }

    static void requireDepth(ModelNodes model, Place place) {
        if (place.depth <= KerasLimits.DEPTH_MAX) return;
        throw KerasRefusedException.of(
                model.title(), "models within models", "at most " + KerasLimits.DEPTH_MAX);
    }
}
