package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import motley.nn.Layer.Border;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// One sample's shape behind each layer.
///
/// @param name of the layer, for messages
record LayerShapes(String name) {
    /// @throws IllegalArgumentException if the layer does not take such values
    Shape output(Layer layer, List<TensorType> in) {
        if (layer instanceof Layer.Merge merge) return merged(merge, in);
        require(in.size() == 1, "%s: %d inputs (expected: 1)", name, in.size());
        var expected = layer instanceof Layer.Embedding ? DType.I32 : DType.F32;
        var type = in.getFirst();
        require(
                type.dtype() == expected,
                "%s: input %s (expected: %s)",
                name,
                type,
                expected.label());
        return output(layer, type.shape());
    }

    private Shape output(Layer layer, Shape in) {
        return switch (layer) {
            case Layer.Dense(int units, boolean _) -> {
                requireRank(in, 1, "[…, in]");
                yield withInnermost(in, units);
            }
            case Layer.Embedding(int _, int features) -> {
                var dims = new ArrayList<>(in.dims());
                dims.add(features);
                yield new Shape(dims);
            }
            case Layer.Convolution convolution -> convolved(convolution, in);
            case Layer.Pooling pooling -> pooled(pooling, in);
            case Layer.Flatten _ -> Shape.of(in.count());
            case Layer.Reshape(var shape) -> {
                require(
                        shape.count() == in.count(),
                        "%s: input %s (expected: %d elements)",
                        name,
                        in,
                        shape.count());
                yield shape;
            }
            case Layer.Shaping shaping -> shaped(shaping, in);
            case Layer.Heads(var heads) -> {
                long count = heads.stream().mapToLong(Head::count).sum();
                boolean fits = in.rank() == 1 && in.count() == count;
                require(fits, "%s: input %s (expected: [%d])", name, in, count);
                yield in;
            }
            case Layer.GroupNorm(int groups, double _) -> {
                requireRank(in, 1, "[position…, channel]");
                requireParts("groups", groups, in.dims().getLast());
                yield in;
            }
            case Layer.Normalisation _ -> {
                requireRank(in, 1, "[…, features]");
                yield in;
            }
            case Layer.Positional positional -> {
                requireSeries(in);
                if (positional instanceof Layer.Attention attention) {
                    requireParts("heads", attention.heads(), in.dim(1));
                }
                yield in;
            }
            case Layer.Lstm(int units, var steps) -> recurred(in, units, steps);
            case Layer.Gru(int units, var steps) -> recurred(in, units, steps);
            case Layer.Softmax _ -> {
                requireRank(in, 1, "[…, class]");
                yield in;
            }
            case Layer.Activation _, Layer.Dropout _ -> in;
            case Layer.Merge _ -> throw new IllegalArgumentException("a merge takes several");
        };
    }

    private Shape shaped(Layer.Shaping layer, Shape in) {
        return switch (layer) {
            case Layer.Part(int first, int count) -> {
                requireRank(in, 1, "[…, features]");
                int features = in.dims().getLast();
                require(
                        first + (long) count <= features,
                        "%s: elements %d to %d of %d (expected: at most all)",
                        name,
                        first,
                        first + (long) count,
                        features);
                yield withInnermost(in, count);
            }
            case Layer.Backwards _ -> {
                requireSeries(in);
                yield in;
            }
            case Layer.Frame(var edges) -> framed(in, edges);
            case Layer.Enlarge(int rowTimes, int colTimes) -> {
                requireImage(in);
                int rows = Math.multiplyExact(in.dim(0), rowTimes);
                yield Shape.of(rows, Math.multiplyExact(in.dim(1), colTimes), in.dim(2));
            }
            case Layer.Standardise(var mean, _) -> {
                requireRank(in, 1, "[…, features]");
                boolean fits = in.dims().getLast() == mean.size();
                require(fits, "%s: input %s (expected: […, %d])", name, in, mean.size());
                yield in;
            }
        };
    }

    private Shape merged(Layer.Merge merge, List<TensorType> in) {
        require(in.size() >= 2, "%s: %d inputs (expected: at least 2)", name, in.size());
        var first = in.getFirst();
        require(first.dtype() == DType.F32, "%s: input %s (expected: f32)", name, first);
        boolean joins = merge instanceof Layer.Concatenate;
        if (joins) requireRank(first.shape(), 1, "[…, features]");
        int innermost = 0;
        for (var type : in) {
            boolean fits =
                    joins
                            ? type.with(outer(type.shape()))
                                    .equals(first.with(outer(first.shape())))
                            : type.equals(first);
            require(fits, "%s: inputs %s (expected: shapes that fit)", name, in);
            innermost += joins ? type.shape().dims().getLast() : 0;
        }
        return joins ? withInnermost(first.shape(), innermost) : first.shape();
    }

    private Shape convolved(Layer.Convolution convolution, Shape in) {
        return switch (convolution) {
            case Layer.Conv1D c -> {
                requireSeries(in);
                int reach = (c.kernel() - 1) * c.dilation() + 1;
                var slide = new Slide(reach, c.stride(), c.border());
                yield Shape.of(positions(in.dim(0), slide), c.filters());
            }
            case Layer.Conv2D c -> {
                requireImage(in);
                requireParts("groups", c.groups(), in.dim(2));
                int reach = (c.kernel() - 1) * c.dilation() + 1;
                yield slid(in, new Slide(reach, c.stride(), c.border()), c.filters());
            }
            case Layer.DepthwiseConv2D c -> {
                requireImage(in);
                var slide = new Slide(c.kernel(), c.stride(), c.border());
                yield slid(in, slide, in.dim(2) * c.multiplier());
            }
            case Layer.TransposedConv2D c -> {
                requireImage(in);
                int more = c.border() == Border.VALID ? c.kernel() - c.stride() : 0;
                int rows = in.dim(0) * c.stride() + more;
                yield Shape.of(rows, in.dim(1) * c.stride() + more, c.filters());
            }
        };
    }

    private Shape framed(Shape in, Edges edges) {
        requireImage(in);
        long rows = (long) in.dim(0) + edges.top() + edges.bottom();
        long cols = (long) in.dim(1) + edges.left() + edges.right();
        boolean fits = rows >= 1 && cols >= 1 && rows < 1 << 24 && cols < 1 << 24;
        require(fits, "%s: image of %d x %d (expected: at least 1 x 1)", name, rows, cols);
        return Shape.of((int) rows, (int) cols, in.dim(2));
    }

    private Shape pooled(Layer.Pooling pooling, Shape in) {
        return switch (pooling) {
            case Layer.MaxPool(int size, int stride, var border) ->
                    pooled(in, new Slide(size, stride, border));
            case Layer.AveragePool(int size, int stride, var border) ->
                    pooled(in, new Slide(size, stride, border));
            case Layer.GlobalAveragePool _, Layer.GlobalMaxPool _ -> {
                requireRank(in, 2, "[position…, channel]");
                yield Shape.of(in.dims().getLast());
            }
        };
    }

    private Shape pooled(Shape in, Slide slide) {
        if (in.rank() == 2) return Shape.of(positions(in.dim(0), slide), in.dim(1));
        requireImage(in);
        return slid(in, slide, in.dim(2));
    }

    private Shape recurred(Shape in, int units, Layer.Steps steps) {
        requireSeries(in);
        return steps == Layer.Steps.ALL ? Shape.of(in.dim(0), units) : Shape.of(units);
    }

    /// A window's way along one axis.
    ///
    /// @param reach from its first to its last element
    private record Slide(int reach, int stride, Border border) {}

    private Shape slid(Shape image, Slide slide, int channels) {
        int rows = positions(image.dim(0), slide);
        return Shape.of(rows, positions(image.dim(1), slide), channels);
    }

    private int positions(int size, Slide slide) {
        if (slide.border != Border.VALID) return Math.ceilDiv(size, slide.stride);
        require(
                slide.reach <= size,
                "%s: window of %d (expected: at most %d, the size of its input)",
                name,
                slide.reach,
                size);
        return (size - slide.reach) / slide.stride + 1;
    }

    private void requireImage(Shape in) {
        require(in.rank() == 3, "%s: input %s (expected: [rows, cols, channel])", name, in);
    }

    private void requireSeries(Shape in) {
        require(in.rank() == 2, "%s: input %s (expected: [time, features])", name, in);
    }

    private void requireRank(Shape in, int atLeast, String expected) {
        require(in.rank() >= atLeast, "%s: input %s (expected: %s)", name, in, expected);
    }

    private void requireParts(String parts, int count, int of) {
        require(of % count == 0, "%s: %d %s (expected: a divisor of %d)", name, count, parts, of);
    }

    private static Shape withInnermost(Shape shape, int innermost) {
        var dims = new ArrayList<>(shape.dims());
        dims.set(dims.size() - 1, innermost);
        return new Shape(dims);
    }

    private static Shape outer(Shape shape) {
        return shape.without(List.of(shape.rank() - 1));
    }
}
