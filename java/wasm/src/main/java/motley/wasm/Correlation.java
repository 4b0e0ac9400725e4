package motley.wasm;

import motley.compiler.kernel.ConvolutionAxis;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// A convolution or its input gradient without its places: filters that slide over images.
///
/// `y[b, i, j, g·out + n] = Σ_r Σ_c Σ_k canvas[b, i·sr + r·dr, j·sc + c·dc, g·in + k] ·
/// filter(g)[r, c, k, n]`, one chain from +0 in the order `r`, `c`, `k`, as the JVM engine has it.
///
/// @param in channels of a group that are summed over
/// @param out channels of a group that result
/// @param tapStride elements from one tap of the filters to the next
/// @param groupStride elements from the filters of one group to those of the next
/// @param termStride elements from one of the channels that are summed over to the next
/// @param columnStride elements from one resulting channel to the next
/// @param reversed whether the last tap comes first
record Correlation(
        int batch,
        ConvolutionAxis rows,
        ConvolutionAxis cols,
        int groups,
        int in,
        int out,
        int tapStride,
        int groupStride,
        int termStride,
        int columnStride,
        boolean reversed,
        TileForm.End end) {
    static Correlation forward(
            ConvolutionSpec spec, Shape images, Shape filters, TileForm.End end) {
        int in = filters.dim(2);
        int out = filters.dim(3);
        int groupOut = out / spec.groups();
        return new Correlation(
                images.dim(0),
                ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0)),
                ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1)),
                spec.groups(),
                in,
                groupOut,
                in * out,
                groupOut,
                out,
                1,
                false,
                end);
    }

    static Correlation inputGradient(ConvolutionSpec spec, Shape images, Shape filters) {
        int in = filters.dim(2);
        int out = filters.dim(3);
        int groupOut = out / spec.groups();
        return new Correlation(
                images.dim(0),
                ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0)).adjoint(),
                ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1)).adjoint(),
                spec.groups(),
                groupOut,
                in,
                in * out,
                groupOut,
                1,
                out,
                true,
                TileForm.End.PLAIN);
    }

    int taps() {
        return rows.taps() * cols.taps();
    }

    /// Channels of a pixel of what is slid over.
    int inPixel() {
        return in * groups;
    }

    /// Channels of a resulting pixel.
    int outPixel() {
        return out * groups;
    }

    /// Terms of a sum.
    int terms() {
        return taps() * in;
    }
}
