package motley.compiler.kernel;

import motley.program.ConvolutionSpec;

/// One direction of a correlation, rows or columns: how the image lies on a canvas of zeros, and
/// how the filter's taps move over the canvas.
///
/// Element `q` of the image is element `before + q·spread` of the canvas, if there is such; output
/// `i` meets tap `t` at element `i·stride + t·dilation`.
///
/// @param size elements of the image
/// @param canvas elements of the canvas: those that some tap of some output meets
/// @param before zeros before the image; if negative, elements of the image cut off
/// @param spread distance of neighbours of the image on the canvas
/// @param outputs positions of the filter
/// @param taps elements of the filter
/// @param stride elements of the canvas from one position to the next
/// @param dilation elements of the canvas from one tap to the next
public record ConvolutionAxis(
        int size,
        int canvas,
        int before,
        int spread,
        int outputs,
        int taps,
        int stride,
        int dilation) {
    /// Rows of a convolution of images of `size` rows with filters of `taps` rows.
    public static ConvolutionAxis rows(ConvolutionSpec spec, int size, int taps) {
        var pad = spec.padding();
        int padded = size + pad.top() + pad.bottom();
        return forward(size, pad.top(), padded, taps, spec.strideRows(), spec.dilationRows());
    }

    /// Columns of a convolution of images of `size` columns with filters of `taps` columns.
    public static ConvolutionAxis columns(ConvolutionSpec spec, int size, int taps) {
        var pad = spec.padding();
        int padded = size + pad.left() + pad.right();
        return forward(size, pad.left(), padded, taps, spec.strideCols(), spec.dilationCols());
    }

    private static ConvolutionAxis forward(
            int size, int before, int padded, int taps, int stride, int dilation) {
        int reach = (taps - 1) * dilation + 1;
        int outputs = (padded - reach) / stride + 1;
        int canvas = (outputs - 1) * stride + reach;
        return new ConvolutionAxis(size, canvas, before, 1, outputs, taps, stride, dilation);
    }

    /// The correlation that is this one's adjoint in the image: the outputs' gradients lie on the
    /// canvas, apart by the stride, and the filter is reversed.
    public ConvolutionAxis adjoint() {
        int reach = (taps - 1) * dilation;
        return new ConvolutionAxis(
                /* size= */ outputs,
                size + reach,
                reach - before,
                stride,
                /* outputs= */ size,
                taps,
                1,
                dilation);
    }

    /// Whether the canvas is the image or its beginning, so that no copy is needed.
    public boolean isImage() {
        return before == 0 && spread == 1 && canvas <= size;
    }

    /// Elements of the canvas under `positions` neighbouring positions.
    public int canvasOf(int positions) {
        return (positions - 1) * stride + (taps - 1) * dilation + 1;
    }

    /// The element of the image at element `y` of the canvas, or -1 where there is none.
    public int imageAt(int y) {
        int from = y - before;
        if (from < 0 || from % spread != 0) return -1;
        int q = from / spread;
        return q < size ? q : -1;
    }

    /// The first element of the image that lies on the canvas.
    public int first() {
        return Math.max(0, Math.ceilDiv(-before, spread));
    }

    /// How many elements of the image lie on the canvas.
    public int present() {
        int room = canvas - 1 - before;
        int end = room < 0 ? 0 : Math.min(size, room / spread + 1);
        return Math.max(0, end - first());
    }
}
