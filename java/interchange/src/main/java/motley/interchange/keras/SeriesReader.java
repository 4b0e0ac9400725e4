package motley.interchange.keras;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import motley.interchange.keras.LayerReader.Applied;
import motley.interchange.keras.LayerReader.Call;
import motley.interchange.keras.Owner.Variable;
import motley.nn.Graph;
import motley.nn.Graph.Value;
import motley.nn.Head.Link;
import motley.nn.Layer;
import motley.nn.Layer.Steps;

/// Keras' layers for series: tables of tokens, recurrent layers, attention.
record SeriesReader(Graph graph) {
    Applied apply(Call call, boolean trained) {
        return switch (call.className()) {
            case "Embedding" -> embedding(call, trained);
            case "Bidirectional" -> bidirectional(call, trained);
            case "MultiHeadAttention" -> attention(call, trained);
            default -> {
                var steps = recurrent(call.className(), call.settings(), call.only(), trained);
                yield given(call, steps.value, steps.variables);
            }
        };
    }

    static Variable below(String prefix, Variable v) {
        return new Variable(
                prefix + v.path(), v.leaf(), v.node(), v.parameter(), v.layout(), v.trained());
    }

    private static Applied given(Call call, Value value, List<Variable> variables) {
        var owner = new Owner(call.className(), call.name(), variables, List.of());
        return new Applied(value, owner, Link.LINEAR);
    }

    private Applied embedding(Call call, boolean trained) {
        var s = call.settings();
        LayerReader.requireFree(s, "embeddings");
        s.requireFalse("mask_zero");
        s.requireUnset("lora_rank");
        int node = graph.size();
        var layer = new Layer.Embedding(s.whole("input_dim"), s.whole("output_dim"));
        var value = graph.apply(layer, call.only());
        var same = new Layout.Same();
        return given(
                call, value, List.of(new Variable("vars/0", "embeddings", node, 0, same, trained)));
    }

    private record Recurred(Value value, List<Variable> variables) {}

    private Recurred recurrent(String className, Settings s, Value in, boolean trained) {
        LayerReader.requireFree(s, "kernel", "recurrent", "bias");
        s.requireFalse("return_state", "stateful", "go_backwards");
        s.requireText("activation", "tanh");
        s.requireText("recurrent_activation", "sigmoid");
        s.requireNumber("dropout", 0);
        s.requireNumber("recurrent_dropout", 0);
        if (!s.flag("use_bias", true)) {
            throw KerasRefusedException.of(s.at("use_bias"), false, "true");
        }
        int units = s.whole("units");
        var steps = s.flag("return_sequences", false) ? Steps.ALL : Steps.LAST;
        int node = graph.size();
        if (className.equals("LSTM")) {
            var value = graph.apply(new Layer.Lstm(units, steps), in);
            var same = new Layout.Same();
            return new Recurred(value, cell(node, same, same, trained));
        }
        boolean resetsAfter = s.flag("reset_after", s.has("reset_after"));
        if (!resetsAfter) throw KerasRefusedException.of(s.at("reset_after"), false, "true");
        var value = graph.apply(new Layer.Gru(units, steps), in);
        var gates = new Layout.Gates(units);
        return new Recurred(value, cell(node, gates, new Layout.GatesTwice(units), trained));
    }

    private static List<Variable> cell(int node, Layout matrices, Layout bias, boolean trained) {
        return List.of(
                new Variable("cell/vars/0", "kernel", node, 0, matrices, trained),
                new Variable("cell/vars/1", "recurrent_kernel", node, 1, matrices, trained),
                new Variable("cell/vars/2", "bias", node, 2, bias, trained));
    }

    /// One layer reads the series as it is, the other from its end.
    private Applied bidirectional(Call call, boolean trained) {
        var s = call.settings();
        s.requireText("merge_mode", "concat");
        var forward = inner(call, "layer");
        var backward = s.has("backward_layer") ? inner(call, "backward_layer") : forward;
        if (!sameKind(forward, backward)) {
            throw KerasRefusedException.of(
                    s.at("backward_layer"), "another kind", "the same layer backwards");
        }
        var in = call.only();
        var there = recurrent(forward.className(), forward.settings(), in, trained);
        var turned = graph.apply(new Layer.Backwards(), in);
        // The backward layer says go_backwards; its other settings are those of the forward one.
        var back = recurrent(forward.className(), forward.settings(), turned, trained);
        boolean all = forward.settings().flag("return_sequences", false);
        var aligned = all ? graph.apply(new Layer.Backwards(), back.value) : back.value;
        var value = graph.apply(new Layer.Concatenate(), there.value, aligned);
        var variables = new ArrayList<Variable>();
        for (var v : there.variables) variables.add(below("forward_layer/", v));
        for (var v : back.variables) variables.add(below("backward_layer/", v));
        return given(call, value, variables);
    }

    private static ModelNodes inner(Call call, String name) {
        var inner = new ModelNodes(call.settings().node(name), call.settings().at(name));
        var className = inner.className();
        if (className.equals("LSTM") || className.equals("GRU")) return inner;
        throw KerasRefusedException.of(call.settings().at(name), className, "LSTM or GRU");
    }

    private static boolean sameKind(ModelNodes one, ModelNodes other) {
        var a = one.settings();
        var b = other.settings();
        return one.className().equals(other.className())
                && a.whole("units") == b.whole("units")
                && a.flag("return_sequences", false) == b.flag("return_sequences", false);
    }

    private Applied attention(Call call, boolean trained) {
        var s = call.settings();
        LayerReader.requireFree(s, "kernel", "bias");
        s.requireUnset("output_shape");
        s.requireNumber("dropout", 0);
        if (!s.flag("use_bias", true)) {
            throw KerasRefusedException.of(s.at("use_bias"), false, "true");
        }
        if (new HashSet<>(call.in()).size() != 1) {
            throw KerasRefusedException.of(s.where(), "different inputs", "one series for all");
        }
        for (var mask : List.of("query_mask", "value_mask", "key_mask", "attention_mask")) {
            if (call.kwargs().hasNonNull(mask)) {
                throw KerasRefusedException.of(s.at(mask), "given", "none");
            }
        }
        int heads = s.whole("num_heads");
        int depth = s.whole("key_dim");
        if (s.whole("value_dim", depth) != depth) {
            throw KerasRefusedException.of(s.at("value_dim"), s.whole("value_dim"), "the key_dim");
        }
        boolean causal = call.kwargs().path("use_causal_mask").asBoolean(false);
        int node = graph.size();
        var value = graph.apply(new Layer.Attention(heads, causal), call.in().getFirst());
        var variables = new ArrayList<Variable>();
        var dense = List.of("query", "key", "value");
        for (int i = 0; i < dense.size(); i++) {
            var path = dense.get(i) + "_dense/vars/";
            var matrix = new Layout.Projection(i, heads);
            variables.add(new Variable(path + 0, "kernel", node, 0, matrix, trained));
            var bias = new Layout.ProjectionBias(i, heads);
            variables.add(new Variable(path + 1, "bias", node, 1, bias, trained));
        }
        var path = "output_dense/vars/";
        variables.add(new Variable(path + 0, "kernel", node, 2, new Layout.Joined(heads), trained));
        variables.add(new Variable(path + 1, "bias", node, 3, new Layout.Same(), trained));
        return given(call, value, variables);
    }
}
