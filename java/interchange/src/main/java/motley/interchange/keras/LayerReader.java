package motley.interchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.interchange.keras.Owner.Variable;
import motley.nn.Graph;
import motley.nn.Graph.Value;
import motley.nn.Head.Link;
import motley.nn.Layer;
import motley.nn.Layer.Border;

/// Single Keras layers as layers of a [Graph]: the allow-list of classes, and of each the settings
/// that Motley has. A setting that would change what is computed is honoured or refused by name.
///
/// Confined to one thread.
final class LayerReader {
    private final Graph graph;
    private final List<String> warnings;

    LayerReader(Graph graph, List<String> warnings) {
        this.graph = graph;
        this.warnings = warnings;
    }

    /// A layer as it is applied once.
    ///
    /// @param kwargs of the call, beside the values
    /// @param trained whether its variables are, as far as the models around it say
    /// @param bare whether a softmax or sigmoid at its end is to be left out and told of
    record Call(
            String className,
            Settings settings,
            List<Value> in,
            JsonNode kwargs,
            boolean trained,
            boolean bare) {
        Value only() {
            if (in.size() == 1) return in.getFirst();
            throw KerasRefusedException.of(settings.where(), in.size() + " inputs", "1");
        }

        String name() {
            return settings.text("name", "");
        }
    }

    /// What came of it.
    ///
    /// @param link what was left out at its end, or LINEAR
    record Applied(Value value, Owner owner, Link link) {}

    /// @throws KerasRefusedException if the class or a setting is none that Motley has
    Applied apply(Call call) {
        call.settings.requireUnset("activity_regularizer", "quantization_config");
        requireFloat32(call.settings);
        int before = graph.size();
        boolean trained = call.trained && call.settings.flag("trainable", true);
        var applied = dispatch(call, trained);
        if (!trained) graph.freezeSince(before);
        return applied;
    }

    private Applied dispatch(Call call, boolean trained) {
        return switch (call.className) {
            case "Dense" -> dense(call, trained);
            case "Conv1D", "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose" ->
                    new ConvolutionReader(graph, this).apply(call, trained);
            case "Embedding", "LSTM", "GRU", "Bidirectional", "MultiHeadAttention" ->
                    new SeriesReader(graph).apply(call, trained);
            case "TimeDistributed" -> timeDistributed(call, trained);
            case "BatchNormalization" -> batchNorm(call, trained);
            case "LayerNormalization" -> layerNorm(call, trained);
            case "Activation" -> activated(call, call.only(), List.of());
            case "ReLU", "LeakyReLU", "ELU", "Softmax" -> plain(call, activation(call));
            default -> plain(call, WithoutWeights.layer(call));
        };
    }

    private Applied plain(Call call, Optional<Layer> layer) {
        boolean isLast = call.bare && layer.filter(Layer.Softmax.class::isInstance).isPresent();
        var link = isLast ? Link.SOFTMAX : Link.LINEAR;
        if (layer.isEmpty() || isLast) return given(call, call.in.getFirst(), List.of(), link);
        var value = graph.apply(layer.get(), call.in.toArray(Value[]::new));
        return given(call, value, List.of(), Link.LINEAR);
    }

    private static Applied given(Call call, Value value, List<Variable> variables, Link link) {
        return new Applied(
                value, new Owner(call.className, call.name(), variables, List.of()), link);
    }

    private Applied dense(Call call, boolean trained) {
        var s = call.settings;
        requireFree(s, "kernel", "bias");
        s.requireUnset("lora_rank");
        boolean hasBias = s.flag("use_bias", true);
        int node = graph.size();
        var value = graph.apply(new Layer.Dense(s.whole("units"), hasBias), call.only());
        return activated(call, value, kernelAndBias(node, new Layout.Same(), hasBias, trained));
    }

    static List<Variable> kernelAndBias(int node, Layout layout, boolean hasBias, boolean trained) {
        var variables = new ArrayList<Variable>();
        variables.add(new Variable("vars/0", "kernel", node, 0, layout, trained));
        var same = new Layout.Same();
        if (hasBias) variables.add(new Variable("vars/1", "bias", node, 1, same, trained));
        return variables;
    }

    /// A dense layer looks at each position by itself anyway.
    private Applied timeDistributed(Call call, boolean trained) {
        var inner = new ModelNodes(call.settings.node("layer"), call.settings.at("layer"));
        var className = inner.className();
        if (!className.equals("Dense")) {
            throw KerasRefusedException.of(call.settings.at("layer"), className, "Dense");
        }
        var own = new Call(className, inner.settings(), call.in, call.kwargs, trained, call.bare);
        var applied = apply(own);
        var variables =
                applied.owner.variables().stream()
                        .map(v -> SeriesReader.below("layer/", v))
                        .toList();
        return given(call, applied.value, variables, applied.link);
    }

    private Applied batchNorm(Call call, boolean trained) {
        var s = call.settings;
        requireFree(s, "beta", "gamma");
        s.requireFalse("renorm", "synchronized");
        requireLastAxis(s);
        for (var part : List.of("scale", "center")) {
            if (!s.flag(part, true)) throw KerasRefusedException.of(s.at(part), false, "true");
        }
        double momentum = 1 - s.number("momentum", 0.99);
        int node = graph.size();
        var norm = new Layer.BatchNorm(momentum, s.number("epsilon", 1e-3), true);
        var value = graph.apply(norm, call.only());
        var names = List.of("gamma", "beta", "moving_mean", "moving_variance");
        var variables = new ArrayList<Variable>();
        for (int i = 0; i < names.size(); i++) {
            boolean moves = trained && i < 2;
            var path = "vars/" + i;
            variables.add(new Variable(path, names.get(i), node, i, new Layout.Same(), moves));
        }
        return given(call, value, variables, Link.LINEAR);
    }

    private Applied layerNorm(Call call, boolean trained) {
        var s = call.settings;
        requireFree(s, "beta", "gamma");
        s.requireFalse("rms_scaling");
        requireLastAxis(s);
        for (var part : List.of("scale", "center")) {
            if (!s.flag(part, true)) throw KerasRefusedException.of(s.at(part), false, "true");
        }
        int node = graph.size();
        var value = graph.apply(new Layer.LayerNorm(s.number("epsilon", 1e-3)), call.only());
        var same = new Layout.Same();
        var gamma = new Variable("vars/0", "gamma", node, 0, same, trained);
        var beta = new Variable("vars/1", "beta", node, 1, same, trained);
        return given(call, value, List.of(gamma, beta), Link.LINEAR);
    }

    /// Numbers of axes are those with the batch in front; Motley's is the last one.
    private static void requireLastAxis(Settings s) {
        var axis = s.wholesWithSign("axis", -1);
        if (axis.size() == 1 && s.isLastAxis(axis.getFirst())) return;
        throw KerasRefusedException.of(s.at("axis"), axis, "-1, the last one");
    }

    // ---- Activations -------------------------------------------------------------------------

    /// `value` behind the activation that `call` names.
    Applied activated(Call call, Value value, List<Variable> variables) {
        var name = call.settings.text("activation", "linear");
        var layer = named(name, call.settings);
        var link =
                switch (name) {
                    case "softmax" -> Link.SOFTMAX;
                    case "sigmoid" -> Link.SIGMOID;
                    default -> Link.LINEAR;
                };
        if (call.bare && link != Link.LINEAR) return given(call, value, variables, link);
        var behind = layer.map(activation -> graph.apply(activation, value)).orElse(value);
        return given(call, behind, variables, Link.LINEAR);
    }

    private static Optional<Layer> named(String name, Settings s) {
        return switch (name) {
            case "linear" -> Optional.empty();
            case "relu" -> Optional.of(new Layer.Relu());
            case "relu6" -> Optional.of(new Layer.CappedRelu(6));
            case "elu" -> Optional.of(new Layer.Elu(1));
            case "leaky_relu" -> Optional.of(new Layer.LeakyRelu(0.2));
            case "gelu" -> Optional.of(new Layer.Gelu(false));
            case "silu", "swish" -> Optional.of(new Layer.Silu());
            case "sigmoid" -> Optional.of(new Layer.Sigmoid());
            case "tanh" -> Optional.of(new Layer.Tanh());
            case "softplus" -> Optional.of(new Layer.Softplus());
            case "softmax" -> Optional.of(new Layer.Softmax());
            default ->
                    throw KerasRefusedException.of(
                            s.at("activation"),
                            name,
                            "linear, relu, relu6, leaky_relu, elu, gelu, silu, sigmoid, tanh,"
                                    + " softplus or softmax");
        };
    }

    /// Of a layer that is an activation.
    private static Optional<Layer> activation(Call call) {
        var s = call.settings;
        return switch (call.className) {
            case "ReLU" -> {
                s.requireNumber("threshold", 0);
                double slope = s.number("negative_slope", 0);
                if (!s.has("max_value")) {
                    yield Optional.of(slope == 0 ? new Layer.Relu() : new Layer.LeakyRelu(slope));
                }
                s.requireNumber("negative_slope", 0);
                yield Optional.of(new Layer.CappedRelu(s.number("max_value", 6)));
            }
            case "LeakyReLU" ->
                    Optional.of(new Layer.LeakyRelu(s.number("negative_slope", alpha(s))));
            case "ELU" -> Optional.of(new Layer.Elu(s.number("alpha", 1)));
            default -> {
                requireLastAxis(s);
                yield Optional.of(new Layer.Softmax());
            }
        };
    }

    /// Keras 2 has the slope under this name.
    private static double alpha(Settings s) {
        return s.number("alpha", 0.3);
    }

    // ---- Settings that several have ----------------------------------------------------------

    static Border border(Settings s) {
        var padding = s.text("padding", "valid");
        return switch (padding) {
            case "valid" -> Border.VALID;
            case "same" -> Border.SAME;
            case "causal" -> Border.CAUSAL;
            default -> throw KerasRefusedException.of(s.at("padding"), padding, "valid or same");
        };
    }

    /// Regularisers and constraints change training.
    static void requireFree(Settings s, String... variables) {
        for (var variable : variables) {
            s.requireUnset(variable + "_regularizer", variable + "_constraint");
        }
    }

    private void requireFloat32(Settings s) {
        var dtype = s.node("dtype");
        var name =
                dtype.isObject() ? dtype.path("config").path("name").asText("") : dtype.asText("");
        switch (name) {
            case "", "null", "float32" -> {}
            case "mixed_float16", "mixed_bfloat16" ->
                    warnings.add("%s: computed in float32, not %s".formatted(s.where(), name));
            default -> {
                boolean isTable = s.where().contains("(Embedding)") || name.startsWith("int");
                if (!isTable) throw KerasRefusedException.of(s.at("dtype"), name, "float32");
            }
        }
    }
}
