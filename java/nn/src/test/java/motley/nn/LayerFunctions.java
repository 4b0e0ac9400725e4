package motley.nn;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import motley.nn.Attention.Projections;
import motley.nn.Normalisations.Affine;
import motley.nn.Normalisations.Moments;
import motley.nn.Recurrent.Weights;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Every function of layers, in sizes small enough for the reference and uneven enough for a mixed
/// up axis to show. The twin of `FUNCTIONS` in tools/golden/layers.py.
final class LayerFunctions {
    private static final double EPSILON = 0x1p-10;

    private LayerFunctions() {}

    static Stream<LayerFunction> all() {
        return Stream.of(normalisations(), activations(), attention(), recurrent())
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
                            var recurrent = new Recurrent(b);
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
                            var recurrent = new Recurrent(b);
                            var weights = new Weights(p.get(1), p.get(2), p.get(3));
                            var states = recurrent.gru(p.get(0), weights, p.get(4));
                            return List.of(recurrent.series(states), states.getLast());
                        }));
    }
}
