package motley.program.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What rounding errors of a convolution by transformed tiles are relative to.
///
/// In exact arithmetic the transforms of a tile cancel to a convolution; rounded ones leave an
/// error for every pixel `d`, tap `g` and output `y` of the tile, relative to `|d|·|g|` with a
/// weight of at most the amplification. Where tiles begin is the engine's affair, so every pixel
/// that may share a tile with an output counts: with tiles of `m·m` outputs, the `(2m+1)·(2m+1)`
/// around. That is again a convolution, with larger filters whose taps are all the sum of a
/// filter's magnitudes, and likewise for both gradients.
final class TileBound {
    private TileBound() {}

    /// The magnitude for the contraction `op` of `a` and `b` with a result of type `out`; empty if
    /// no tile is transformed.
    static Optional<Values> magnitude(
            Op op, Values a, Values b, TensorType out, Accuracy accuracy) {
        return accuracy.tiles().flatMap(tiles -> magnitude(op, a, b, out, tiles));
    }

    private static Optional<Values> magnitude(
            Op op, Values a, Values b, TensorType out, Accuracy.Tiles tiles) {
        return switch (op) {
            case Op.Convolution(var spec) when transformed(spec, shape(b)) -> {
                var large = new Op.Convolution(enlarged(spec, tiles));
                yield weighted(Reference.evaluate(large, List.of(a, spread(b, tiles)), out), tiles);
            }
            case Op.ConvolutionInputGradient(var spec, var images)
                    when transformed(spec, shape(b)) -> {
                var large = new Op.ConvolutionInputGradient(enlarged(spec, tiles), images);
                yield weighted(Reference.evaluate(large, List.of(a, spread(b, tiles)), out), tiles);
            }
            case Op.ConvolutionFilterGradient(var spec, var filters)
                    when transformed(spec, filters) -> {
                int side = side(tiles);
                var wide = Shape.of(side, side, filters.dim(2), filters.dim(3));
                var large = new Op.ConvolutionFilterGradient(enlarged(spec, tiles), wide);
                var type = new TensorType(DType.F32, wide);
                var taps = Reference.evaluate(large, List.of(a, b), type);
                yield weighted(overTaps(taps, filters), tiles);
            }
            default -> Optional.empty();
        };
    }

    private static boolean transformed(ConvolutionSpec spec, Shape filters) {
        boolean plain = spec.equals(new ConvolutionSpec(1, 1, 1, 1, spec.padding(), 1));
        return plain && filters.dim(0) == 3 && filters.dim(1) == 3;
    }

    private static int side(Accuracy.Tiles tiles) {
        return 2 * tiles.outputs() + 1;
    }

    private static ConvolutionSpec enlarged(ConvolutionSpec spec, Accuracy.Tiles tiles) {
        int more = tiles.outputs() - 1;
        var pad = spec.padding();
        var wide =
                new Padding(
                        pad.top() + more,
                        pad.bottom() + more,
                        pad.left() + more,
                        pad.right() + more);
        return new ConvolutionSpec(1, 1, 1, 1, wide, 1);
    }

    /// Filters of the larger side whose taps are all the sum of a filter's taps.
    private static Values spread(Values filters, Accuracy.Tiles tiles) {
        var shape = shape(filters);
        int side = side(tiles);
        return overTaps(filters, Shape.of(side, side, shape.dim(2), shape.dim(3)));
    }

    /// For each pair of channels the sum over all taps of `x`, at every tap of `to`.
    private static Values overTaps(Values x, Shape to) {
        int pairs = to.dim(2) * to.dim(3);
        var sums = new double[pairs];
        for (int i = 0; i < x.count(); i++) sums[i % pairs] += x.get(i);
        var all = new double[to.count()];
        Arrays.setAll(all, i -> sums[i % pairs]);
        return Values.owning(new TensorType(DType.F32, to), all);
    }

    private static Optional<Values> weighted(Values magnitude, Accuracy.Tiles tiles) {
        return Optional.of(magnitude.map(m -> tiles.amplification() * m));
    }

    private static Shape shape(Values x) {
        return x.type().shape();
    }
}
