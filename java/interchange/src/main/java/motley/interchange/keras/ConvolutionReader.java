package motley.interchange.keras;

import java.util.ArrayList;
import java.util.List;
import motley.interchange.keras.LayerReader.Applied;
import motley.interchange.keras.LayerReader.Call;
import motley.interchange.keras.Owner.Variable;
import motley.nn.Graph;
import motley.nn.Layer;

/// Keras' convolutions. A separable one becomes two layers.
record ConvolutionReader(Graph graph, LayerReader layers) {
    Applied apply(Call call, boolean trained) {
        var s = call.settings();
        LayerReader.requireFree(s, "kernel", "bias", "depthwise", "pointwise");
        if (s.has("data_format")) s.requireText("data_format", "channels_last");
        boolean hasBias = s.flag("use_bias", true);
        int node = graph.size();
        return switch (call.className()) {
            case "Conv1D" -> {
                s.requireNumber("groups", 1);
                var layer =
                        new Layer.Conv1D(
                                s.whole("filters"),
                                s.square("kernel_size", 1, 1),
                                s.square("strides", 1, 1),
                                LayerReader.border(s),
                                s.square("dilation_rate", 1, 1),
                                hasBias);
                yield single(call, layer, new Layout.Same(), trained);
            }
            case "Conv2D" -> {
                var layer =
                        new Layer.Conv2D(
                                s.whole("filters"),
                                s.square("kernel_size", 2, 1),
                                s.square("strides", 2, 1),
                                LayerReader.border(s),
                                s.square("dilation_rate", 2, 1),
                                s.whole("groups", 1),
                                hasBias);
                yield single(call, layer, new Layout.Same(), trained);
            }
            case "DepthwiseConv2D" -> {
                var layer = depthwise(s, hasBias);
                var layout = new Layout.Depthwise(layer.multiplier());
                yield single(call, layer, layout, trained);
            }
            case "SeparableConv2D" -> separable(call, node, trained);
            default -> transposed(call, trained);
        };
    }

    private Applied single(Call call, Layer layer, Layout layout, boolean trained) {
        int node = graph.size();
        boolean hasBias = call.settings().flag("use_bias", true);
        var value = graph.apply(layer, call.only());
        var variables = LayerReader.kernelAndBias(node, layout, hasBias, trained);
        return layers.activated(call, value, variables);
    }

    private static Layer.DepthwiseConv2D depthwise(Settings s, boolean hasBias) {
        int dilation = s.square("dilation_rate", 2, 1);
        if (dilation != 1) throw KerasRefusedException.of(s.at("dilation_rate"), dilation, "1");
        return new Layer.DepthwiseConv2D(
                s.whole("depth_multiplier", 1),
                s.square("kernel_size", 2, 1),
                s.square("strides", 2, 1),
                LayerReader.border(s),
                hasBias);
    }

    private Applied separable(Call call, int node, boolean trained) {
        var s = call.settings();
        var first = depthwise(s, false);
        boolean hasBias = s.flag("use_bias", true);
        var between = graph.apply(first, call.only());
        var mixing = new Layer.Conv2D(s.whole("filters"), 1, 1, Layer.Border.VALID, 1, 1, hasBias);
        var value = graph.apply(mixing, between);
        var same = new Layout.Same();
        var layout = new Layout.Depthwise(first.multiplier());
        var variables = new ArrayList<Variable>();
        variables.add(new Variable("vars/0", "depthwise_kernel", node, 0, layout, trained));
        variables.add(new Variable("vars/1", "pointwise_kernel", node + 1, 0, same, trained));
        if (hasBias) variables.add(new Variable("vars/2", "bias", node + 1, 1, same, trained));
        return layers.activated(call, value, List.copyOf(variables));
    }

    private Applied transposed(Call call, boolean trained) {
        var s = call.settings();
        s.requireUnset("output_padding");
        if (!s.flag("use_bias", true)) {
            throw KerasRefusedException.of(s.at("use_bias"), false, "true");
        }
        int dilation = s.square("dilation_rate", 2, 1);
        if (dilation != 1) throw KerasRefusedException.of(s.at("dilation_rate"), dilation, "1");
        int kernel = s.square("kernel_size", 2, 1);
        int stride = s.square("strides", 2, 1);
        if (kernel < stride) {
            throw KerasRefusedException.of(s.at("kernel_size"), kernel, "at least the strides");
        }
        var layer =
                new Layer.TransposedConv2D(
                        s.whole("filters"), kernel, stride, LayerReader.border(s));
        return single(call, layer, new Layout.Same(), trained);
    }
}
