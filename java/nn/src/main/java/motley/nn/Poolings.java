package motley.nn;

import static motley.nn.Forward.shape;

import java.util.stream.IntStream;
import motley.nn.Layer.Border;
import motley.program.Op;
import motley.program.Padding;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.Window;
import motley.tensor.Shape;

/// Windows or whole images become one element.
record Poolings(ProgramBuilder b) {
    Var apply(Layer.Pooling pooling, Var x) {
        return switch (pooling) {
            case Layer.MaxPool(int size, int stride, var border) -> {
                var images = images(x);
                var window = window(x, size, stride, border);
                yield like(x, b.apply(new Op.MaxPool(window), images));
            }
            case Layer.AveragePool(int size, int stride, var border) -> {
                var images = images(x);
                var window = window(x, size, stride, border);
                yield like(x, b.apply(new Op.AveragePool(window), images));
            }
            case Layer.GlobalMaxPool _ -> b.maxOver(x, positions(x)); // [batch, channel]
            case Layer.GlobalAveragePool _ -> mean(x, positions(x)); // [batch, channel]
        };
    }

    /// The mean over those axes.
    private Var mean(Var x, Integer... axes) {
        var sum = b.sum(x, axes);
        return b.scale(sum, (double) shape(sum).count() / shape(x).count());
    }

    private static Integer[] positions(Var x) {
        return IntStream.range(1, shape(x).rank() - 1).boxed().toArray(Integer[]::new);
    }

    /// A series as images of one column: `[batch, time, channel] → [batch, time, 1, channel]`.
    private Var images(Var x) {
        var s = shape(x);
        return s.rank() == 4 ? x : b.reshape(x, Shape.of(s.dim(0), s.dim(1), 1, s.dim(2)));
    }

    private Var like(Var x, Var images) {
        var s = shape(images);
        if (shape(x).rank() == 4) return images;
        return b.reshape(images, Shape.of(s.dim(0), s.dim(1), s.dim(3)));
    }

    /// A square on images, a line along a series.
    private static Window window(Var x, int size, int stride, Border border) {
        boolean isSeries = shape(x).rank() == 3;
        int width = isSeries ? 1 : size;
        int widthStride = isSeries ? 1 : stride;
        if (border == Border.VALID) {
            return new Window(size, width, stride, widthStride, Padding.NONE);
        }
        int rows = Convolutions.missing(shape(x).dim(1), size, stride);
        int cols = isSeries ? 0 : Convolutions.missing(shape(x).dim(2), size, stride);
        var padding = new Padding(rows / 2, rows - rows / 2, cols / 2, cols - cols / 2);
        return new Window(size, width, stride, widthStride, padding);
    }
}
