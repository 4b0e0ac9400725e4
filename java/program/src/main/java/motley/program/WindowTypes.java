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
        require(
                (long) w.rows() * w.cols() <= Integer.MAX_VALUE,
                "%s: window %dx%d (expected: under 2^31 elements)",
                op,
                w.rows(),
                w.cols());
        var pad = w.padding();
        long tall = (long) x.shape().dim(1) + pad.top() + pad.bottom();
        long wide = (long) x.shape().dim(2) + pad.left() + pad.right();
        int rows = positions(op, new Slide(tall, w.rows(), w.strideRows()));
        int cols = positions(op, new Slide(wide, w.cols(), w.strideCols()));
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
        boolean grouped = in == (long) filters.dim(2) * spec.groups() && out % spec.groups() == 0;
        require(
                grouped,
                "%s: images %s, filters %s (expected: channels that fit %d groups)",
                op,
                images,
                filters,
                spec.groups());
        var pad = spec.padding();
        long tall = (long) images.dim(1) + pad.top() + pad.bottom();
        long wide = (long) images.dim(2) + pad.left() + pad.right();
        long tallFilter = (filters.dim(0) - 1L) * spec.dilationRows() + 1;
        long wideFilter = (filters.dim(1) - 1L) * spec.dilationCols() + 1;
        int rows = positions(op, new Slide(tall, tallFilter, spec.strideRows()));
        int cols = positions(op, new Slide(wide, wideFilter, spec.strideCols()));
        return new TensorType(DType.F32, Shape.of(images.dim(0), rows, cols, out));
    }

    private static void requireImages(Op op, Shape x) {
        require(x.rank() == 4, "%s: images %s (expected: [batch, rows, cols, channel])", op, x);
    }

    /// One axis of a window's way over an image.
    ///
    /// @param size of the image with its padding
    /// @param window first to last element under the window
    /// @param stride from one window to the next
    private record Slide(long size, long window, int stride) {}

    /// How many windows fit. The padded image stays under 2^31, so that engines may count in `int`.
    private static int positions(Op op, Slide slide) {
        require(
                slide.size <= Integer.MAX_VALUE,
                "%s: padded image of %d (expected: under 2^31)",
                op,
                slide.size);
        require(
                slide.window <= slide.size,
                "%s: window of %d (expected: at most %d, the image and its padding)",
                op,
                slide.window,
                slide.size);
        return (int) ((slide.size - slide.window) / slide.stride) + 1;
    }
}
