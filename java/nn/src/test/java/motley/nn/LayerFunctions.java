package motley.nn;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import motley.nn.Attention.Projections;
import motley.nn.Layer.AveragePool;
import motley.nn.Layer.Border;
import motley.nn.Layer.Conv1D;
import motley.nn.Layer.Conv2D;
import motley.nn.Layer.DepthwiseConv2D;
import motley.nn.Layer.GlobalAveragePool;
import motley.nn.Layer.GlobalMaxPool;
import motley.nn.Layer.MaxPool;
import motley.nn.Layer.TransposedConv2D;
import motley.nn.Normalisations.Affine;
import motley.nn.Normalisations.Moments;
import motley.nn.Recurrences.Weights;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Every function of layers, in sizes small enough for the reference and uneven enough for a mixed
/// up axis to show. The twin of `FUNCTIONS` in tools/golden/layers.py.
public final class LayerFunctions {
    private static final double EPSILON = 0x1p-10;

    private LayerFunctions() {}

    public static Stream<LayerFunction> all() {
        return Stream.of(
                        normalisations(),
                        activations(),
                        attention(),
                        recurrent(),
                        convolutions(),
                        pooling())
                .flatMap(List::stream);
    }

    private static List<LayerFunction> normalisations() {
        var x = TensorType.f32(3, 2, 5, 6); // [batch, rows, cols, channel]
        var k = TensorType.f32(6); // [channel]
        return List.of(
                new LayerFunction(
                        "batchNorm",
                        List.of(x, k, k),
                        (b, p) -> {
                            var affine = new Affine(p.get(1), p.get(2));
                            var out = new Normalisations(b).batchNorm(p.get(0), affine, EPSILON);
                            var moments = out.moments();
                            return List.of(
                                    out.y(), moments.mean(), moments.variance(), out.unbiased());
                        }),
                new LayerFunction(
                        "batchNorm.weighted",
                        List.of(x, k, k, TensorType.i32(3)),
                        (b, p) -> {
                            var weights = b.convert(p.get(3), DType.F32);
                            var affine = new Affine(p.get(1), p.get(2));
                            var n = new Normalisations(b);
                            var out = n.batchNorm(p.get(0), weights, affine, EPSILON);
                            var moments = out.moments();
                            return List.of(
                                    b.mul(b.alongOutermost(weights, x.shape()), out.y()),
                                    moments.mean(),
                                    moments.variance(),
                                    out.unbiased());
                        }),
                new LayerFunction(
                        "batchNorm.evaluation",
                        List.of(x, k, k, TensorType.i32(6), TensorType.i32(6)),
                        (b, p) -> {
                            var affine = new Affine(p.get(1), p.get(2));
                            var mean = b.convert(p.get(3), DType.F32);
                            var moments = new Moments(mean, b.convert(p.get(4), DType.F32));
                            var n = new Normalisations(b);
                            return List.of(n.batchNorm(p.get(0), affine, moments, EPSILON));
                        }),
                new LayerFunction(
                        "layerNorm",
                        List.of(x, k, k),
                        (b, p) -> {
                            var affine = new Affine(p.get(1), p.get(2));
                            var n = new Normalisations(b);
                            return List.of(n.layerNorm(p.get(0), affine, EPSILON));
                        }),
                new LayerFunction(
                        "groupNorm",
                        List.of(x, k, k),
                        (b, p) -> {
                            var affine = new Affine(p.get(1), p.get(2));
                            var n = new Normalisations(b);
                            return List.of(n.groupNorm(p.get(0), affine, 3, EPSILON));
                        }),
                new LayerFunction(
                        "rmsNorm",
                        List.of(x, k),
                        (b, p) -> {
                            var n = new Normalisations(b);
                            return List.of(n.rmsNorm(p.get(0), p.get(1), EPSILON));
                        }));
    }

    private static List<LayerFunction> activations() {
        return List.of(
                activation("leakyRelu", (a, x) -> a.leakyRelu(x, 0.25)),
                activation("gelu", Activations::gelu),
                activation("geluByTanh", Activations::geluByTanh),
                activation("silu", Activations::silu),
                activation("sigmoid", Activations::sigmoid),
                activation("tanh", Activations::tanh),
                activation("softmax", Activations::softmax));
    }

    private static LayerFunction activation(String name, BiFunction<Activations, Var, Var> of) {
        return new LayerFunction(
                name,
                List.of(TensorType.f32(3, 4, 5)),
                // Four times as wide, for the curves to show.
                (b, p) -> List.of(of.apply(new Activations(b), b.scale(p.getFirst(), 4))));
    }

    private static List<LayerFunction> attention() {
        var x = TensorType.f32(2, 5, 6); // [batch, time, width]
        return List.of(
                multiHead("multiHead", false),
                multiHead("multiHead.causal", true),
                new LayerFunction(
                        "sinusoidal",
                        List.of(x),
                        (b, p) -> {
                            var positions = new Attention(b).sinusoidal(Shape.of(5, 6));
                            var repeated = b.alongInnermost(positions, x.shape());
                            return List.of(b.mul(p.getFirst(), repeated));
                        }),
                new LayerFunction(
                        "embedding",
                        List.of(TensorType.i32(2, 4), TensorType.f32(5, 3)),
                        (b, p) -> List.of(new Attention(b).embedding(p.get(0), p.get(1)))));
    }

    private static LayerFunction multiHead(String name, boolean causal) {
        return new LayerFunction(
                name,
                List.of(
                        TensorType.f32(2, 5, 6),
                        TensorType.f32(6, 18),
                        TensorType.f32(18),
                        TensorType.f32(6, 6),
                        TensorType.f32(6)),
                (b, p) -> {
                    var weights = new Projections(p.get(1), p.get(2), p.get(3), p.get(4));
                    return List.of(new Attention(b).multiHead(p.get(0), weights, 3, causal));
                });
    }

    /// Series of seven steps: halving meets odd counts.
    private static List<LayerFunction> recurrent() {
        var x = TensorType.f32(3, 7, 5); // [batch, time, in], 4 units
        return List.of(
                new LayerFunction(
                        "lstm",
                        List.of(
                                x,
                                TensorType.f32(5, 16),
                                TensorType.f32(4, 16),
                                TensorType.f32(16)),
                        (b, p) -> {
                            var recurrent = new Recurrences(b);
                            var weights = new Weights(p.get(1), p.get(2), p.get(3));
                            var states = recurrent.lstm(p.get(0), weights);
                            return List.of(recurrent.series(states.hidden()), states.cell());
                        }),
                new LayerFunction(
                        "gru",
                        List.of(
                                x,
                                TensorType.f32(5, 12),
                                TensorType.f32(4, 12),
                                TensorType.f32(12),
                                TensorType.f32(12)),
                        (b, p) -> {
                            var recurrent = new Recurrences(b);
                            var weights = new Weights(p.get(1), p.get(2), p.get(3));
                            var states = recurrent.gru(p.get(0), weights, p.get(4));
                            return List.of(recurrent.series(states), states.getLast());
                        }));
    }

    private static List<LayerFunction> convolutions() {
        var images = TensorType.f32(2, 7, 6, 4); // [batch, rows, cols, channel]
        var series = TensorType.f32(2, 7, 4); // [batch, time, channel]
        var plain = new Conv2D(6, 3);
        return List.of(
                convolution("conv1d", new Conv1D(6, 3), List.of(series, w(3, 4, 6), w(6))),
                convolution(
                        "conv1d.same",
                        new Conv1D(6, 3, 2, Border.SAME),
                        List.of(series, w(3, 4, 6), w(6))),
                convolution(
                        "conv2d.dilated",
                        plain.withDilation(2),
                        List.of(images, w(3, 3, 4, 6), w(6))),
                convolution(
                        "conv2d.grouped",
                        plain.withGroups(2),
                        List.of(images, w(3, 3, 2, 6), w(6))),
                convolution(
                        "conv2d.withoutBias", plain.withoutBias(), List.of(images, w(3, 3, 4, 6))),
                convolution(
                        "depthwise",
                        new DepthwiseConv2D(2, 3, 2, Border.SAME),
                        List.of(images, w(3, 3, 1, 8), w(8))),
                convolution(
                        "transposed",
                        new TransposedConv2D(3, 3, 2, Border.VALID),
                        List.of(images, w(3, 3, 3, 4), w(3))),
                convolution(
                        "transposed.same",
                        new TransposedConv2D(3, 4, 2, Border.SAME),
                        List.of(images, w(4, 4, 3, 4), w(3))));
    }

    private static TensorType w(Integer... dims) {
        return TensorType.f32(dims);
    }

    private static LayerFunction convolution(
            String name, Layer.Convolution layer, List<TensorType> params) {
        return new LayerFunction(
                name,
                params,
                (b, p) -> {
                    var parameters = p.subList(1, p.size()).iterator();
                    return List.of(new Convolutions(b).apply(layer, p.getFirst(), parameters));
                });
    }

    private static List<LayerFunction> pooling() {
        var images = TensorType.f32(2, 7, 6, 3); // [batch, rows, cols, channel]
        var series = TensorType.f32(2, 7, 3); // [batch, time, channel]
        return List.of(
                pooling("maxPool", new MaxPool(3, 2), images),
                pooling("maxPool.same", new MaxPool(2, 2, Border.SAME), images),
                pooling("maxPool.series", new MaxPool(3, 2), series),
                pooling("averagePool", new AveragePool(3, 2, Border.VALID), images),
                pooling("averagePool.same", new AveragePool(2, 2, Border.SAME), images),
                pooling(
                        "averagePool.column",
                        new AveragePool(2, 2, Border.SAME),
                        TensorType.f32(2, 7, 1, 3)),
                pooling("averagePool.series", new AveragePool(3, 2, Border.VALID), series),
                pooling("globalAveragePool", new GlobalAveragePool(), images),
                pooling("globalMaxPool", new GlobalMaxPool(), images),
                pooling("globalMaxPool.series", new GlobalMaxPool(), series));
    }

    private static LayerFunction pooling(String name, Layer.Pooling layer, TensorType x) {
        return new LayerFunction(
                name, List.of(x), (b, p) -> List.of(new Poolings(b).apply(layer, p.getFirst())));
    }
}
