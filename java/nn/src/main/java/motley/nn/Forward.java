package motley.nn;

import java.util.ArrayList;
import java.util.List;
import motley.nn.Layer.Border;
import motley.program.CompareKind;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.Window;
import motley.tensor.Shape;

/// What the layers compute: each is a short function from variables to variables.
///
/// The first axis is always the batch; no layer looks across it.
record Forward(ProgramBuilder b, Mode mode) {
    /// Dropout streams begin here, so that a layer never shares its numbers with a parameter's
    /// first values.
    private static final int DROPOUT_STREAM = 1 << 16;

    /// Whether the pass is part of training.
    sealed interface Mode {
        /// Nothing is dropped.
        record Inference() implements Mode {}

        /// Elements are dropped, for each sample as its number says.
        ///
        /// @param key `i32[2]`
        /// @param samples `i32[batch]`, the samples' numbers in the data set
        record Training(Var key, Var samples) implements Mode {}
    }

    /// What `model` makes of a batch, and its statistics' measurements.
    ///
    /// @param samples `[batch, …]`, each of the model's input type
    Passed pass(Model model, List<Var> parameters, Var samples) {
        var values = new ArrayList<>(List.of(samples));
        var measured = new ArrayList<Var>();
        int next = 0;
        for (var layer : model.placed()) {
            int end = next + layer.parameters().size();
            var in = layer.in().stream().map(values::get).toList();
            var own = parameters.subList(next, end);
            values.add(b.scope(layer.name(), () -> apply(layer, own, in, measured)));
            next = end;
        }
        return new Passed(values.getLast(), measured);
    }

    /// @param output `[batch, …]`
    /// @param measured in training, what was measured for each statistic among the parameters, in
    ///     their order
    record Passed(Var output, List<Var> measured) {
        Passed {
            measured = List.copyOf(measured);
        }
    }

    private Var apply(PlacedLayer placed, List<Var> parameters, List<Var> in, List<Var> measured) {
        var x = in.getFirst();
        return switch (placed.layer()) {
            case Layer.Dense _ -> dense(x, parameters.get(0), parameters.get(1));
            case Layer.Conv2D conv -> {
                var filters = parameters.get(0);
                yield addBias(convolve(conv, x, filters), parameters.get(1));
            }
            case Layer.Relu _ -> relu(x);
            case Layer.MaxPool(int size, int stride) -> maxPool(x, size, stride);
            case Layer.Flatten _ -> flatten(x);
            case Layer.Reshape(var shape) -> b.reshape(x, shape.prepend(shape(x).dim(0)));
            case Layer.Dropout(double rate) -> dropout(x, rate, placed.number());
            case Layer.Add _ -> in.stream().skip(1).reduce(x, b::add);
            case Layer.Multiply _ -> in.stream().skip(1).reduce(x, b::mul);
            case Layer.Concatenate _ -> {
                var op = new Op.Concatenate(shape(x).rank() - 1);
                yield b.apply(op, in.toArray(Var[]::new));
            }
            case Layer.Residual _ -> throw Placement.expanded();
        };
    }

    /// `y[…, o] = Σᵢ x[…, i]·w[i, o] + bias[o]`.
    private Var dense(Var x, Var w, Var bias) {
        int in = shape(w).dim(0);
        int positions = shape(x).count() / in;
        var rows = reshape(x, Shape.of(positions, in)); // [position, in]
        var product = b.matmul(rows, w); // [position, in]·[in, out] → [position, out]
        var y = addBias(product, bias);
        var dims = new ArrayList<>(shape(x).dims());
        dims.set(dims.size() - 1, shape(w).dim(1));
        return reshape(y, new Shape(dims)); // […, out]
    }

    /// `y[…, o] = x[…, o] + bias[o]`.
    private Var addBias(Var x, Var bias) {
        return b.add(x, b.alongInnermost(bias, shape(x)));
    }

    /// `y[n, i, j, o] = Σ x[n, i·s + r - top, j·s + c - left, k]·w[r, c, k, o]`.
    private Var convolve(Layer.Conv2D conv, Var x, Var w) {
        var padding = padding(conv, shape(x));
        var spec = new ConvolutionSpec(conv.stride(), conv.stride(), 1, 1, padding, 1);
        return b.apply(new Op.Convolution(spec), x, w); // [batch, rows', cols', out]
    }

    private static Padding padding(Layer.Conv2D conv, Shape images) {
        if (conv.border() == Border.VALID) return Padding.NONE;
        int rows = missing(images.dim(1), conv.kernel(), conv.stride());
        int cols = missing(images.dim(2), conv.kernel(), conv.stride());
        return new Padding(rows / 2, rows - rows / 2, cols / 2, cols - cols / 2);
    }

    /// Zeros needed for `⌈size / stride⌉` positions of a window.
    private static int missing(int size, int window, int stride) {
        return Math.max(0, (Math.ceilDiv(size, stride) - 1) * stride + window - size);
    }

    /// `y = x ≤ 0 ? 0 : x`, the same bits as `max(x, 0)`, NaN included. Only the derivative at 0
    /// differs: here it is 0 and not ½, which matters, since blank corners of images are exactly 0
    /// behind a fresh convolution.
    private Var relu(Var x) {
        var zero = b.fillLike(x, 0);
        return b.select(b.compare(CompareKind.LE, x, zero), zero, x);
    }

    /// `y[n, i, j, k] = max x[n, i·s + r, j·s + c, k]` over `0 ≤ r, c < size`.
    private Var maxPool(Var x, int size, int stride) {
        var window = new Window(size, size, stride, stride, Padding.NONE);
        return b.apply(new Op.MaxPool(window), x); // [batch, rows', cols', channel]
    }

    private Var flatten(Var x) {
        int batch = shape(x).dim(0);
        return b.reshape(x, Shape.of(batch, shape(x).count() / batch)); // [batch, features]
    }

    /// `y = u < rate ? 0 : x / (1 - rate)` with `u` uniform in [0, 1), drawn for each sample from
    /// its number alone: a sample keeps its mask in whatever batch, on whatever device.
    private Var dropout(Var x, double rate, int layer) {
        return switch (mode) {
            case Mode.Inference _ -> x;
            case Mode.Training(Var key, Var samples) -> {
                var dims = shape(x).dims();
                var perSample = dims.subList(1, dims.size());
                var op = new Op.RandomUniform(DROPOUT_STREAM + layer, perSample);
                var uniform = b.apply(op, key, samples); // the shape of x
                var drop = b.compare(CompareKind.LT, uniform, b.fillLike(uniform, rate));
                yield b.select(drop, b.fillLike(x, 0), b.scale(x, 1 / (1 - rate)));
            }
        };
    }

    private Var reshape(Var x, Shape shape) {
        return shape(x).equals(shape) ? x : b.reshape(x, shape);
    }

    private static Shape shape(Var x) {
        return x.type().shape();
    }
}
