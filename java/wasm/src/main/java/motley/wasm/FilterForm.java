package motley.wasm;

import motley.compiler.kernel.ConvolutionAxis;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// The gradient of a convolution in its filters without its places:
/// `dw[r, c, k, o] = Σ_b Σ_i Σ_j canvas[b, i·sr + r·dr, j·sc + c·dc, g·in + k] · dy[b, i, j, o]`.
///
/// The batch is cut into shares of equal size, as the JVM engine cuts it. Within a share each sum
/// is one chain from +0 over `b`, `i`, `j`; the shares are then added in order.
///
/// @param in channels of a group of the images
/// @param out channels of a group of the results
record FilterForm(
        int batch, ConvolutionAxis rows, ConvolutionAxis cols, int groups, int in, int out) {
    private static final int SHARES_MAX = 16;

    /// Bound on the memory of the shares' sums: 64 MiB.
    private static final int SHARE_ELEMENTS_MAX = 1 << 24;

    static FilterForm of(ConvolutionSpec spec, Shape images, Shape filters) {
        return new FilterForm(
                images.dim(0),
                ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0)),
                ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1)),
                spec.groups(),
                filters.dim(2),
                filters.dim(3) / spec.groups());
    }

    int taps() {
        return rows.taps() * cols.taps();
    }

    int inPixel() {
        return in * groups;
    }

    int outPixel() {
        return out * groups;
    }

    int filterElements() {
        return taps() * in * outPixel();
    }

    /// Output pixels of an image.
    int pixels() {
        return rows.outputs() * cols.outputs();
    }

    /// Images of a share; the last share may have fewer.
    int shareImages() {
        int fitting = Math.max(1, SHARE_ELEMENTS_MAX / filterElements());
        int shares = Math.min(batch, Math.min(SHARES_MAX, fitting));
        return Math.ceilDiv(batch, shares);
    }

    int shares() {
        return Math.ceilDiv(batch, shareImages());
    }
}
