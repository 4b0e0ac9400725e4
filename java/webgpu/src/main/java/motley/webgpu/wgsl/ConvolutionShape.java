package motley.webgpu.wgsl;

import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// The numbers of a convolution, by name.
///
/// @param images `[batch, rows, cols, channel]`
/// @param filters `[rows, cols, in, out]`
/// @param results `[batch, rows, cols, channel]`
record ConvolutionShape(ConvolutionSpec spec, Shape images, Shape filters, Shape results) {
    int rows() {
        return images.dim(1);
    }

    int cols() {
        return images.dim(2);
    }

    int channels() {
        return images.dim(3);
    }

    int filterRows() {
        return filters.dim(0);
    }

    int filterCols() {
        return filters.dim(1);
    }

    /// Input channels of a group.
    int in() {
        return filters.dim(2);
    }

    /// Output channels of all groups.
    int outs() {
        return filters.dim(3);
    }

    /// Output channels of a group.
    int out() {
        return filters.dim(3) / spec.groups();
    }

    int resultRows() {
        return results.dim(1);
    }

    int resultCols() {
        return results.dim(2);
    }

    WindowAxis down() {
        return new WindowAxis(
                rows(), filterRows(), resultRows(), spec.strideRows(), spec.dilationRows(), top());
    }

    WindowAxis across() {
        return new WindowAxis(
                cols(), filterCols(), resultCols(), spec.strideCols(), spec.dilationCols(), left());
    }

    /// Whether every result meets a pixel at every tap.
    boolean isInside() {
        return down().isInside() && across().isInside();
    }

    int top() {
        return spec.padding().top();
    }

    int left() {
        return spec.padding().left();
    }
}
