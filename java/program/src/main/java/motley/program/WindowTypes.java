package motley.program;

import static motley.tensor.Require.require;

import java.util.List;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Type rules of everything that slides over images `[batch, rows, cols, channel]`.
final class WindowTypes {
    private WindowTypes() {}

    static TensorType windowed(Op.Windowed op, List<TensorType> in) {
        var x = in.getFirst();
        TypeRules.requireDType(op, x, List.of(DType.F32));
        return switch (op) {
            case Op.MaxPool(var window) -> pooled(op, window, x);
            case Op.AveragePool(var window) -> pooled(op, window, x);
            case Op.MaxPoolGradient(var window) -> {
                TypeRules.requireEqual(op, in.get(1), pooled(op, window, x));
                yield x;
            }
            case Op.MaxPoolPick(var window) -> {
                TypeRules.requireEqual(op, in.get(1), x);
                yield pooled(op, window, x);
            }
            case Op.AveragePoolGradient(var window, var shape) -> {
                TypeRules.requireEqual(op, x, pooled(op, window, x.with(shape)));
                yield x.with(shape);
            }
        };
    }

    private static TensorType pooled(Op op, Window w, TensorType x) {
        requireImages(op, x.shape());
        var pad = w.padding();
        int padRows = pad.top() + pad.bottom();
        int padCols = pad.left() + pad.right();
        int rows = positions(op, x.shape().dim(1), padRows, w.rows(), w.strideRows());
        int cols = positions(op, x.shape().dim(2), padCols, w.cols(), w.strideCols());
        return x.with(Shape.of(x.shape().dim(0), rows, cols, x.shape().dim(3)));
    }

    /// The type of a convolution of `images` with `filters`.
    static TensorType convolution(Op op, ConvolutionSpec spec, Shape images, Shape filters) {
        requireImages(op, images);
        require(
                filters.rank() == 4,
                "%s: filters %s (expected: [rows, cols, in, out])",
                op,
                filters);
        int in = images.dim(3);
        int out = filters.dim(3);
        boolean grouped = in == filters.dim(2) * spec.groups() && out % spec.groups() == 0;
        require(
                grouped,
                "%s: images %s, filters %s (expected: channels that fit %d groups)",
                op,
                images,
                filters,
                spec.groups());
        var pad = spec.padding();
        int tallFilter = (filters.dim(0) - 1) * spec.dilationRows() + 1;
        int wideFilter = (filters.dim(1) - 1) * spec.dilationCols() + 1;
        int padRows = pad.top() + pad.bottom();
        int padCols = pad.left() + pad.right();
        int rows = positions(op, images.dim(1), padRows, tallFilter, spec.strideRows());
        int cols = positions(op, images.dim(2), padCols, wideFilter, spec.strideCols());
        return new TensorType(DType.F32, Shape.of(images.dim(0), rows, cols, out));
    }

    private static void requireImages(Op op, Shape x) {
        require(x.rank() == 4, "%s: images %s (expected: [batch, rows, cols, channel])", op, x);
    }

    private static int positions(Op op, int size, int padding, int window, int stride) {
        long room = (long) size + padding - window;
        require(
                room >= 0,
                "%s: window of %d (expected: at most %d, the image and its padding)",
                op,
                window,
                (long) size + padding);
        return Math.toIntExact(room / stride + 1);
    }
}
