package motley.interchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import motley.nn.Layer;
import motley.nn.Layer.Border;
import motley.nn.Layer.Steps;
import motley.tensor.Shape;

/// One layer with its settings, as an object of [ModelJson], and back.
///
/// Written are all settings, so that a file means the same when a default changes. Read are those
/// that are there; the others are those of the layer's shortest constructor.
final class LayerJson {
    /// The field that says which layer it is.
    static final String KIND = "layer";

    private static final double EPSILON = 1e-5;

    private LayerJson() {}

    /// @throws IllegalArgumentException if there is no such layer, or a setting is missing or
    ///     wrong; not if a field is left over
    static Layer read(Fields f) {
        var kind = f.text(KIND);
        return switch (kind) {
            case "dense" -> new Layer.Dense(f.whole("units"), f.flag("bias", true));
            case "embedding" -> new Layer.Embedding(f.whole("count"), f.whole("features"));
            case "flatten" -> new Layer.Flatten();
            case "reshape" -> new Layer.Reshape(f.shape("shape"));
            case "dropout" -> new Layer.Dropout(f.number("rate", 0.5));
            case "add" -> new Layer.Add();
            case "multiply" -> new Layer.Multiply();
            case "concatenate" -> new Layer.Concatenate();
            case "relu" -> new Layer.Relu();
            case "leaky-relu" -> new Layer.LeakyRelu(f.number("slope", 0.01));
            case "capped-relu" -> new Layer.CappedRelu(f.number("most", 6));
            case "elu" -> new Layer.Elu(f.number("scale", 1));
            case "softplus" -> new Layer.Softplus();
            case "gelu" -> new Layer.Gelu(f.flag("approximate", false));
            case "silu" -> new Layer.Silu();
            case "sigmoid" -> new Layer.Sigmoid();
            case "tanh" -> new Layer.Tanh();
            case "softmax" -> new Layer.Softmax();
            default -> image(kind, f);
        };
    }

    private static Layer image(String kind, Fields f) {
        return switch (kind) {
            case "conv1d" ->
                    new Layer.Conv1D(
                            f.whole("filters"),
                            f.whole("kernel"),
                            stride(f, 1),
                            border(f),
                            f.whole("dilation", 1),
                            f.flag("bias", true));
            case "conv2d" ->
                    new Layer.Conv2D(
                            f.whole("filters"),
                            f.whole("kernel"),
                            stride(f, 1),
                            border(f),
                            f.whole("dilation", 1),
                            f.whole("groups", 1),
                            f.flag("bias", true));
            case "depthwise-conv2d" ->
                    new Layer.DepthwiseConv2D(
                            f.whole("multiplier", 1),
                            f.whole("kernel"),
                            stride(f, 1),
                            border(f),
                            f.flag("bias", true));
            case "transposed-conv2d" ->
                    new Layer.TransposedConv2D(
                            f.whole("filters"), f.whole("kernel"), stride(f, 1), border(f));
            case "max-pool" -> {
                int size = f.whole("size");
                yield new Layer.MaxPool(size, stride(f, size), border(f));
            }
            case "average-pool" -> {
                int size = f.whole("size");
                yield new Layer.AveragePool(size, stride(f, size), border(f));
            }
            case "global-average-pool" -> new Layer.GlobalAveragePool();
            case "global-max-pool" -> new Layer.GlobalMaxPool();
            default -> series(kind, f);
        };
    }

    private static Layer series(String kind, Fields f) {
        return switch (kind) {
            case "batch-norm" ->
                    new Layer.BatchNorm(
                            f.number("momentum", 0.1), epsilon(f), f.flag("biased", false));
            case "layer-norm" -> new Layer.LayerNorm(epsilon(f));
            case "group-norm" -> new Layer.GroupNorm(f.whole("groups"), epsilon(f));
            case "rms-norm" -> new Layer.RmsNorm(epsilon(f));
            case "attention" -> new Layer.Attention(f.whole("heads"), f.flag("causal", false));
            case "learned-positions" -> new Layer.LearnedPositions();
            case "sinusoidal-positions" -> new Layer.SinusoidalPositions();
            case "lstm" -> new Layer.Lstm(f.whole("units"), f.choice("steps", Steps.LAST));
            case "gru" -> new Layer.Gru(f.whole("units"), f.choice("steps", Steps.LAST));
            case "part", "backwards", "frame", "enlarge", "standardise", "heads" ->
                    ShapingJson.read(kind, f);
            default ->
                    throw new IllegalArgumentException(
                            "%s: %s (expected: a layer, such as dense, conv2d, max-pool, relu,"
                                            .formatted(f.at(KIND), Fields.shortened(kind))
                                    + " flatten, lstm or attention)");
        };
    }

    private static int stride(Fields f, int otherwise) {
        return f.whole("stride", otherwise);
    }

    private static Border border(Fields f) {
        return f.choice("border", Border.VALID);
    }

    private static double epsilon(Fields f) {
        return f.number("epsilon", EPSILON);
    }

    /// Writes which layer it is, and its settings, into `out`.
    static void write(Layer layer, ObjectNode out) {
        switch (layer) {
            case Layer.Dense(int units, boolean hasBias) ->
                    out.put(KIND, "dense").put("units", units).put("bias", hasBias);
            case Layer.Embedding(int count, int features) ->
                    out.put(KIND, "embedding").put("count", count).put("features", features);
            case Layer.Flatten _ -> out.put(KIND, "flatten");
            case Layer.Reshape(var shape) -> {
                out.put(KIND, "reshape");
                write("shape", shape, out);
            }
            case Layer.Shaping shaping -> ShapingJson.write(shaping, out);
            case Layer.Dropout(double rate) -> out.put(KIND, "dropout").put("rate", rate);
            case Layer.Convolution c -> write(c, out);
            case Layer.Pooling p -> write(p, out);
            case Layer.Normalisation n -> write(n, out);
            case Layer.Attention(int heads, boolean causal) ->
                    out.put(KIND, "attention").put("heads", heads).put("causal", causal);
            case Layer.LearnedPositions _ -> out.put(KIND, "learned-positions");
            case Layer.SinusoidalPositions _ -> out.put(KIND, "sinusoidal-positions");
            case Layer.Lstm(int units, var steps) -> {
                out.put(KIND, "lstm").put("units", units);
                out.put("steps", Fields.lowerCase(steps));
            }
            case Layer.Gru(int units, var steps) -> {
                out.put(KIND, "gru").put("units", units);
                out.put("steps", Fields.lowerCase(steps));
            }
            case Layer.Add _ -> out.put(KIND, "add");
            case Layer.Multiply _ -> out.put(KIND, "multiply");
            case Layer.Concatenate _ -> out.put(KIND, "concatenate");
            case Layer.Activation a -> write(a, out);
        }
    }

    private static void write(Layer.Convolution convolution, ObjectNode out) {
        switch (convolution) {
            case Layer.Conv1D c -> {
                out.put(KIND, "conv1d").put("filters", c.filters()).put("kernel", c.kernel());
                out.put("stride", c.stride()).put("border", Fields.lowerCase(c.border()));
                out.put("dilation", c.dilation()).put("bias", c.hasBias());
            }
            case Layer.Conv2D c -> {
                out.put(KIND, "conv2d").put("filters", c.filters()).put("kernel", c.kernel());
                out.put("stride", c.stride()).put("border", Fields.lowerCase(c.border()));
                out.put("dilation", c.dilation()).put("groups", c.groups());
                out.put("bias", c.hasBias());
            }
            case Layer.DepthwiseConv2D c -> {
                out.put(KIND, "depthwise-conv2d").put("multiplier", c.multiplier());
                out.put("kernel", c.kernel()).put("stride", c.stride());
                out.put("border", Fields.lowerCase(c.border())).put("bias", c.hasBias());
            }
            case Layer.TransposedConv2D(int filters, int kernel, int stride, var border) -> {
                out.put(KIND, "transposed-conv2d").put("filters", filters).put("kernel", kernel);
                out.put("stride", stride).put("border", Fields.lowerCase(border));
            }
        }
    }

    private static void write(Layer.Pooling pooling, ObjectNode out) {
        switch (pooling) {
            case Layer.MaxPool(int size, int stride, var border) -> {
                out.put(KIND, "max-pool").put("size", size).put("stride", stride);
                out.put("border", Fields.lowerCase(border));
            }
            case Layer.AveragePool(int size, int stride, var border) -> {
                out.put(KIND, "average-pool").put("size", size).put("stride", stride);
                out.put("border", Fields.lowerCase(border));
            }
            case Layer.GlobalAveragePool _ -> out.put(KIND, "global-average-pool");
            case Layer.GlobalMaxPool _ -> out.put(KIND, "global-max-pool");
        }
    }

    private static void write(Layer.Normalisation norm, ObjectNode out) {
        switch (norm) {
            case Layer.BatchNorm(double momentum, double epsilon, boolean biased) -> {
                out.put(KIND, "batch-norm").put("momentum", momentum);
                out.put("epsilon", epsilon).put("biased", biased);
            }
            case Layer.LayerNorm(double epsilon) ->
                    out.put(KIND, "layer-norm").put("epsilon", epsilon);
            case Layer.GroupNorm(int groups, double epsilon) ->
                    out.put(KIND, "group-norm").put("groups", groups).put("epsilon", epsilon);
            case Layer.RmsNorm(double epsilon) -> out.put(KIND, "rms-norm").put("epsilon", epsilon);
        }
    }

    private static void write(Layer.Activation activation, ObjectNode out) {
        switch (activation) {
            case Layer.Relu _ -> out.put(KIND, "relu");
            case Layer.LeakyRelu(double slope) -> out.put(KIND, "leaky-relu").put("slope", slope);
            case Layer.CappedRelu(double most) -> out.put(KIND, "capped-relu").put("most", most);
            case Layer.Elu(double scale) -> out.put(KIND, "elu").put("scale", scale);
            case Layer.Softplus _ -> out.put(KIND, "softplus");
            case Layer.Heads heads -> ShapingJson.write(heads, out);
            case Layer.Gelu(boolean approximate) ->
                    out.put(KIND, "gelu").put("approximate", approximate);
            case Layer.Silu _ -> out.put(KIND, "silu");
            case Layer.Sigmoid _ -> out.put(KIND, "sigmoid");
            case Layer.Tanh _ -> out.put(KIND, "tanh");
            case Layer.Softmax _ -> out.put(KIND, "softmax");
        }
    }

    static void write(String name, Shape shape, ObjectNode out) {
        var dims = out.putArray(name);
        for (int dim : shape.dims()) dims.add(dim);
    }
}
