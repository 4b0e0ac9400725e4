package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import motley.tensor.Shape;

/// One layer of a [Model]: a function of one sample's activations, with its static settings.
///
/// Layers couple no samples: what a sample becomes does not depend on the batch around it. Shapes
/// below are those of one sample; the programs put a batch axis in front. What each layer computes
/// is written in [Forward].
public sealed interface Layer {
    /// `y = x·W + b` at every position. Shape: `[…, in] → […, units]`.
    /// Parameters: weight `[in, units]`, bias `[units]`.
    record Dense(int units) implements Layer {
        public Dense {
            require(units >= 1, "units: %d (expected: at least 1)", units);
        }
    }

    /// Cross-correlation with square filters, plus one bias per filter.
    /// Shape: `[rows, cols, in] → [rows', cols', filters]`.
    /// Parameters: weight `[kernel, kernel, in, filters]`, bias `[filters]`.
    ///
    /// @param stride rows and columns from one output to the next
    record Conv2D(int filters, int kernel, int stride, Border border) implements Layer {
        public Conv2D {
            require(filters >= 1, "filters: %d (expected: at least 1)", filters);
            require(kernel >= 1, "kernel: %d (expected: at least 1)", kernel);
            require(stride >= 1, "stride: %d (expected: at least 1)", stride);
        }

        /// Filters that move by 1 and stay inside the image.
        public Conv2D(int filters, int kernel) {
            this(filters, kernel, 1, Border.VALID);
        }
    }

    /// `max(x, 0)`. Any shape, kept.
    record Relu() implements Layer {}

    /// The largest element of each `size × size` window that lies inside the image.
    /// Shape: `[rows, cols, channel] → [rows', cols', channel]`.
    record MaxPool(int size, int stride) implements Layer {
        public MaxPool {
            require(size >= 1, "size: %d (expected: at least 1)", size);
            require(stride >= 1, "stride: %d (expected: at least 1)", stride);
        }

        /// Windows that touch but do not overlap.
        public MaxPool(int size) {
            this(size, size);
        }
    }

    /// All elements in row-major order. Shape: `[a…] → [count]`.
    record Flatten() implements Layer {}

    /// The same elements in row-major order under another shape. Shape: `[a…] → shape`.
    record Reshape(Shape shape) implements Layer {}

    /// The sum of two values or more of one shape.
    record Add() implements Layer {}

    /// The product of two values or more of one shape, element by element.
    record Multiply() implements Layer {}

    /// Two values or more one after another along the innermost axis; the other axes are equal.
    record Concatenate() implements Layer {}

    /// `body(x) + shortcut(x)`: a branch and its shortcut, each a row of layers; an empty row keeps
    /// `x`. Both rows give one shape.
    /// Source: He et al. 2016, "Deep residual learning for image recognition", §3.
    record Residual(List<Layer> body, List<Layer> shortcut) implements Layer {
        public Residual {
            body = List.copyOf(body);
            shortcut = List.copyOf(shortcut);
        }

        /// `body(x) + x`.
        public Residual(Layer... body) {
            this(List.of(body), List.of());
        }
    }

    /// In training, drops each element with probability `rate` and scales the others by
    /// `1/(1 - rate)`, so that the expectation stays; otherwise does nothing. Any shape, kept.
    /// Source: Srivastava et al. 2014, "Dropout". Differs: the scale is applied in training
    /// instead of its inverse in inference.
    record Dropout(double rate) implements Layer {
        public Dropout {
            require(rate >= 0 && rate < 1, "rate: %s (expected: in [0, 1))", rate);
        }
    }

    /// What a convolution does at the edges of an image.
    enum Border {
        /// Filters stay inside: `rows' = (rows - kernel) / stride + 1`, rounded down.
        VALID,
        /// Zeros around the image, as evenly as possible and the odd one below and to the right:
        /// `rows' = rows / stride`, rounded up.
        SAME
    }
}
