package motley.interchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import motley.interchange.keras.ModelReader.Place;
import motley.nn.Graph.Value;
import motley.nn.Head.Link;

/// A functional Keras model: layers and what each reads, in any order. Confined to one thread.
final class FunctionalReader {
    private final ModelReader models;
    private final ModelNodes model;
    private final Place place;
    private final Map<Reference, Value> values = new HashMap<>();
    private final Map<Reference, Link> links = new HashMap<>();
    private final Map<String, Owner> owners = new LinkedHashMap<>();

    FunctionalReader(ModelReader models, ModelNodes model, Place place) {
        ModelReader.requireDepth(model, place);
        this.models = models;
        this.model = model;
        this.place = new Place(ModelReader.isTrained(model, place), place.depth() + 1);
    }

    /// What a layer gives when it is called for the `node`-th time.
    record Reference(String layer, int node) {}

    /// An output and its layer.
    record Output(String name, Value value, Link link) {}

    record Whole(List<Output> outputs, Owner owner) {}

    /// A call of a layer that waits for what it reads.
    private record Waiting(
            ModelNodes layer, Reference gives, List<Reference> reads, JsonNode kwargs) {}

    /// @param isOuter whether softmaxes at the ends of several outputs are left out
    Whole read(List<Value> in, boolean isOuter) {
        var config = model.node().path("config");
        var inputs = references(config.path("input_layers"));
        var outputs = references(config.path("output_layers"));
        if (inputs.size() != in.size()) {
            throw KerasRefusedException.of(
                    model.title(), in.size() + " inputs", String.valueOf(inputs.size()));
        }
        for (int i = 0; i < in.size(); i++) values.put(inputs.get(i), in.get(i));
        var waiting = waiting(config.path("layers"));
        applyAll(waiting, isOuter && outputs.size() > 1 ? ends(outputs, waiting) : Set.of());
        var all = new ArrayList<Output>();
        for (var output : outputs) {
            var value = values.get(output);
            if (value == null) {
                throw KerasRefusedException.of("output_layers", output.layer(), "a layer");
            }
            all.add(new Output(output.layer(), value, links.getOrDefault(output, Link.LINEAR)));
        }
        return new Whole(all, owner(config.path("layers")));
    }

    private Owner owner(JsonNode layers) {
        var ordered = new ArrayList<Owner>();
        for (var layer : layers) {
            var owner = owners.get(layer.path("name").asText());
            if (owner != null) ordered.add(owner);
        }
        return new Owner("Functional", model.name(), List.of(), ordered);
    }

    private List<Waiting> waiting(JsonNode layers) {
        var all = new ArrayList<Waiting>();
        for (var layer : layers) {
            var nodes = new ModelNodes(layer, model.title());
            if (nodes.className().equals("InputLayer")) continue;
            int number = 0;
            var name = layer.path("name").asText(nodes.name());
            for (var inbound : layer.path("inbound_nodes")) {
                var reads = new ArrayList<Reference>();
                var kwargs = read(inbound, nodes, reads);
                all.add(new Waiting(nodes, new Reference(name, number++), reads, kwargs));
            }
        }
        return all;
    }

    /// Outputs that no layer of the model reads.
    private static Set<Reference> ends(List<Reference> outputs, List<Waiting> waiting) {
        var ends = new HashSet<>(outputs);
        for (var call : waiting) call.reads.forEach(ends::remove);
        return ends;
    }

    private void applyAll(List<Waiting> calls, Set<Reference> bare) {
        var left = calls;
        while (!left.isEmpty()) {
            var still = new ArrayList<Waiting>();
            for (var call : left) {
                if (values.keySet().containsAll(call.reads)) apply(call, bare);
                else still.add(call);
            }
            if (still.size() == left.size()) {
                throw KerasRefusedException.of(
                        still.getFirst().layer.title(),
                        "reads " + still.getFirst().reads,
                        "layers that do not wait for it");
            }
            left = still;
        }
    }

    private void apply(Waiting call, Set<Reference> bare) {
        var in = call.reads.stream().map(values::get).toList();
        var isEnd = bare.contains(call.gives);
        var applied = models.apply(call.layer, in, call.kwargs, place, isEnd);
        var before = owners.put(call.gives.layer, applied.owner());
        if (before != null && !applied.owner().all().isEmpty()) {
            throw KerasRefusedException.of(
                    call.layer.title(), "called more than once", "once, as it has weights");
        }
        values.put(call.gives, applied.value());
        links.put(call.gives, applied.link());
    }

    // ---- References --------------------------------------------------------------------------

    /// `["head", 0, 0]`, or a list of such.
    static List<Reference> references(JsonNode node) {
        var all = new ArrayList<Reference>();
        if (node.path(0).isTextual()) {
            all.add(reference(node));
        } else {
            for (var one : node) all.add(reference(one));
        }
        return all;
    }

    private static Reference reference(JsonNode node) {
        boolean fits = node.isArray() && node.size() >= 3 && node.path(0).isTextual();
        if (!fits) throw KerasRefusedException.of("reference", node, "[layer, node, tensor]");
        if (node.path(2).asInt(-1) != 0) {
            throw KerasRefusedException.of(
                    "reference to " + node.path(0).asText(), node, "a layer with one output");
        }
        return new Reference(node.path(0).asText(), node.path(1).asInt(-1));
    }

    /// Puts what a call reads into `reads`.
    ///
    /// @return the other arguments
    private static JsonNode read(JsonNode inbound, ModelNodes layer, List<Reference> reads) {
        if (inbound.isArray()) { // Keras 2: [[layer, node, tensor, {}], …]
            for (var one : inbound) reads.add(reference(one));
            return JsonNodeFactory.instance.objectNode();
        }
        collect(inbound.path("args"), layer, reads, 0);
        var kwargs = inbound.path("kwargs");
        for (var name : List.of("inputs", "query", "value", "key")) {
            if (kwargs.hasNonNull(name)) collect(kwargs.path(name), layer, reads, 0);
        }
        return kwargs;
    }

    private static void collect(JsonNode node, ModelNodes layer, List<Reference> reads, int depth) {
        if (node.isArray() && depth < 3) {
            for (var one : node) collect(one, layer, reads, depth + 1);
            return;
        }
        var history = node.path("config").path("keras_history");
        boolean isTensor = node.path("class_name").asText("").equals("__keras_tensor__");
        if (!isTensor || !history.isArray()) {
            throw KerasRefusedException.of(layer.title(), "argument " + node, "layers' outputs");
        }
        reads.add(reference(history));
    }
}
