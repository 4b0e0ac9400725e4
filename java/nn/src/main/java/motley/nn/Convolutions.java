package motley.nn;

import static motley.nn.Forward.shape;

import java.util.Iterator;
import motley.nn.Layer.Border;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;

/// Filters that slide over images `[batch, rows, cols, channel]`, and the bias behind them.
record Convolutions(ProgramBuilder b) {
    Var apply(Layer.Convolution convolution, Var x, Iterator<Var> parameters) {
        var w = parameters.next();
        var y =
                switch (convolution) {
                    case Layer.Conv1D c -> along(c, x, w);
                    case Layer.Conv2D c -> convolve(c, x, w);
                    case Layer.DepthwiseConv2D c -> depthwise(c, x, w);
                    case Layer.TransposedConv2D c -> transposed(c, x, w);
                };
        return parameters.hasNext() ? new Linear(b).addBias(y, parameters.next()) : y;
    }

    /// `y[n, i, j, o] = Σ x[n, i·s + r·d - top, j·s + c·d - left, g·I + k]·w[r, c, k, o]`, with `s`
    /// the stride, `d` the dilation and `g` the group of filter `o`, which has `I` channels.
    private Var convolve(Layer.Conv2D c, Var x, Var w) {
        int reach = (c.kernel() - 1) * c.dilation() + 1;
        var padding = padding(shape(x), reach, c.stride(), c.border());
        int d = c.dilation();
        var spec = new ConvolutionSpec(c.stride(), c.stride(), d, d, padding, c.groups());
        return b.apply(new Op.Convolution(spec), x, w); // [batch, rows', cols', filters]
    }

    /// `y[n, i, j, k·m + l] = Σ x[n, i·s + r - top, j·s + c - left, k]·w[r, c, 0, k·m + l]`:
    /// as many groups as channels, with `m` filters each.
    private Var depthwise(Layer.DepthwiseConv2D c, Var x, Var w) {
        var padding = padding(shape(x), c.kernel(), c.stride(), c.border());
        int channels = shape(x).dim(3);
        var spec = new ConvolutionSpec(c.stride(), c.stride(), 1, 1, padding, channels);
        return b.apply(new Op.Convolution(spec), x, w); // [batch, rows', cols', channels·m]
    }

    /// `y[n, i, o] = Σ x[n, i·s + r·d - left, k]·w[r, k, o]`: an image of one row.
    private Var along(Layer.Conv1D c, Var x, Var w) {
        int batch = shape(x).dim(0);
        int time = shape(x).dim(1);
        int in = shape(x).dim(2);
        int reach = (c.kernel() - 1) * c.dilation() + 1;
        var padding =
                switch (c.border()) {
                    case VALID -> Padding.NONE;
                    case SAME -> {
                        int missing = missing(time, reach, c.stride());
                        yield new Padding(0, 0, missing / 2, missing - missing / 2);
                    }
                    case CAUSAL -> new Padding(0, 0, reach - 1, 0);
                };
        var spec = new ConvolutionSpec(1, c.stride(), 1, c.dilation(), padding, 1);
        var row = b.reshape(x, Shape.of(batch, 1, time, in));
        var filters = b.reshape(w, shape(w).prepend(1)); // [1, kernel, in, filters]
        var y = b.apply(new Op.Convolution(spec), row, filters); // [batch, 1, time', filters]
        return b.reshape(y, Shape.of(batch, shape(y).dim(2), c.filters()));
    }

    /// `y[n, i·s + r - top, j·s + c - left, o] += x[n, i, j, k]·w[r, c, o, k]`: what a convolution
    /// does to the gradient on its way back.
    private Var transposed(Layer.TransposedConv2D c, Var x, Var w) {
        int more = c.border() == Border.VALID ? c.kernel() - c.stride() : 0;
        int rows = shape(x).dim(1) * c.stride() + more;
        int cols = shape(x).dim(2) * c.stride() + more;
        var images = Shape.of(shape(x).dim(0), rows, cols, c.filters());
        var padding = padding(images, c.kernel(), c.stride(), c.border());
        var spec = new ConvolutionSpec(c.stride(), c.stride(), 1, 1, padding, 1);
        return b.apply(new Op.ConvolutionInputGradient(spec, images), x, w);
    }

    /// @param reach from the first to the last row under the window
    static Padding padding(Shape images, int reach, int stride, Border border) {
        if (border == Border.VALID) return Padding.NONE;
        int rows = missing(images.dim(1), reach, stride);
        int cols = missing(images.dim(2), reach, stride);
        return new Padding(rows / 2, rows - rows / 2, cols / 2, cols - cols / 2);
    }

    /// Zeros needed for `⌈size / stride⌉` positions of a window.
    static int missing(int size, int window, int stride) {
        return Math.max(0, (Math.ceilDiv(size, stride) - 1) * stride + window - size);
    }
}
