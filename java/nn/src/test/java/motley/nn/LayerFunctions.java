package motley.nn;

import java.util.List;
import java.util.stream.Stream;
import motley.nn.Normalisations.Affine;
import motley.nn.Normalisations.Moments;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// Every function of layers, in sizes small enough for the reference and uneven enough for a mixed
/// up axis to show. The twin of `FUNCTIONS` in tools/golden/layers.py.
final class LayerFunctions {
    private static final double EPSILON = 0x1p-10;

    private LayerFunctions() {}

    static Stream<LayerFunction> all() {
        return Stream.of(normalisations()).flatMap(List::stream);
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
}
