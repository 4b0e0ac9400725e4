package motley.programs;

import java.util.List;
import java.util.Optional;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.TypeRules;
import motley.program.Var;
import motley.program.Window;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// One way to propose each operation that slides over images.
final class RandomWindows {
    private RandomWindows() {}

    static List<RandomOps.Proposal> all() {
        return List.of(
                d -> pool(d, PoolForm.LARGEST),
                d -> pool(d, PoolForm.LARGEST_GRADIENT),
                d -> pool(d, PoolForm.PICK),
                d -> pool(d, PoolForm.AVERAGE),
                d -> pool(d, PoolForm.AVERAGE_GRADIENT),
                d -> convolve(d, ConvolutionForm.FORWARD),
                d -> convolve(d, ConvolutionForm.INPUT_GRADIENT),
                d -> convolve(d, ConvolutionForm.FILTER_GRADIENT));
    }

    private enum PoolForm {
        LARGEST,
        LARGEST_GRADIENT,
        PICK,
        AVERAGE,
        AVERAGE_GRADIENT
    }

    private static void pool(Draft d, PoolForm form) {
        var x = d.images();
        var shape = x.type().shape();
        int rows = d.between(1, Math.min(3, shape.dim(1)));
        int cols = d.between(1, Math.min(3, shape.dim(2)));
        var padding = padding(d, rows - 1, cols - 1);
        var window = new Window(rows, cols, d.between(1, 3), d.between(1, 3), padding);
        var pooled = TypeRules.infer(new Op.AveragePool(window), List.of(x.type()));
        switch (form) {
            case LARGEST -> d.apply(new Op.MaxPool(window), x);
            case LARGEST_GRADIENT -> d.apply(new Op.MaxPoolGradient(window), x, d.like(pooled));
            case PICK -> d.apply(new Op.MaxPoolPick(window), x, d.like(x.type()));
            case AVERAGE -> d.apply(new Op.AveragePool(window), x);
            case AVERAGE_GRADIENT ->
                    d.apply(new Op.AveragePoolGradient(window, shape), d.like(pooled));
        }
    }

    private enum ConvolutionForm {
        FORWARD,
        INPUT_GRADIENT,
        FILTER_GRADIENT
    }

    private static void convolve(Draft d, ConvolutionForm form) {
        var x = d.images();
        var images = x.type().shape();
        int groups = groups(d, images.dim(3));
        int out = groups * Math.max(1, d.channels() / groups);
        var filters = Shape.of(d.between(1, 4), d.between(1, 4), images.dim(3) / groups, out);
        var spec =
                new ConvolutionSpec(
                        d.between(1, 3),
                        d.between(1, 3),
                        d.small(),
                        d.small(),
                        padding(d, 2, 2),
                        groups);
        var w = d.like(TensorType.f32().with(filters));
        var type = output(spec, x, w);
        if (type.isEmpty()) return;
        switch (form) {
            case FORWARD -> d.apply(new Op.Convolution(spec), x, w);
            case INPUT_GRADIENT ->
                    d.apply(new Op.ConvolutionInputGradient(spec, images), d.like(type.get()), w);
            case FILTER_GRADIENT ->
                    d.apply(new Op.ConvolutionFilterGradient(spec, filters), x, d.like(type.get()));
        }
    }

    /// A divisor of `channels`, often 1, often all of them.
    private static int groups(Draft d, int channels) {
        int any = d.between(1, channels);
        while (channels % any != 0) any--;
        return d.oneOf(List.of(1, 1, any, channels));
    }

    /// Nothing if the dilated filter is larger than the padded image.
    private static Optional<TensorType> output(ConvolutionSpec spec, Var x, Var w) {
        var pad = spec.padding();
        var images = x.type().shape();
        var filters = w.type().shape();
        int rows = images.dim(1) + pad.top() + pad.bottom();
        int cols = images.dim(2) + pad.left() + pad.right();
        boolean fits =
                rows > (filters.dim(0) - 1) * spec.dilationRows()
                        && cols > (filters.dim(1) - 1) * spec.dilationCols();
        if (!fits) return Optional.empty();
        return Optional.of(TypeRules.infer(new Op.Convolution(spec), List.of(x.type(), w.type())));
    }

    private static Padding padding(Draft d, int rowsMax, int colsMax) {
        return new Padding(
                d.between(0, rowsMax),
                d.between(0, rowsMax),
                d.between(0, colsMax),
                d.between(0, colsMax));
    }
}
