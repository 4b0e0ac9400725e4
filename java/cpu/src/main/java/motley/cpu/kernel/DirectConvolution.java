package motley.cpu.kernel;

import motley.compiler.kernel.ConvolutionAxis;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// Convolution of images `[batch, rows, cols, in]` with filters `[rows, cols, in, out]`, or its
/// adjoint in the images, without unfolding them.
///
/// Each result is one chain of fused multiply-adds, bitwise reproducible for equal inputs whatever
/// the processor's vectors and the number of threads. Zeros of the padding take part in it: where a
/// filter is infinite or NaN they make NaN. The chain of an output begins with 0 and
/// goes over filter rows, filter columns and input channels, each increasing; that of an input
/// gradient begins with 0 and goes over filter rows and columns, both decreasing, and output
/// channels, increasing.
/// |result - exact| ≤ γₙ·Σ|x·w| with γₙ = nu/(1-nu), u = 2⁻²⁴, n = the length of the chain.
///
/// Confined to one caller at a time.
public final class DirectConvolution {
    private final Correlation correlation;

    private DirectConvolution(Correlation correlation) {
        this.correlation = correlation;
    }

    /// Prepares `(x, w) → y` for images and filters that fit `spec`.
    public static DirectConvolution forward(
            Machine machine, ConvolutionSpec spec, Shape images, Shape filters) {
        int out = filters.dim(3);
        int in = filters.dim(2);
        var channels = new Correlation.Channels(in, out / spec.groups(), spec.groups());
        var layout = new Correlation.FilterLayout(in * out, out / spec.groups(), out, 1, false);
        var rows = ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0));
        var cols = ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1));
        return new DirectConvolution(
                new Correlation(machine, images.dim(0), rows, cols, channels, layout));
    }

    /// Prepares `(dy, w) → dx` for images and filters that fit `spec`.
    public static DirectConvolution inputGradient(
            Machine machine, ConvolutionSpec spec, Shape images, Shape filters) {
        int out = filters.dim(3);
        int in = filters.dim(2);
        var channels = new Correlation.Channels(out / spec.groups(), in, spec.groups());
        var layout = new Correlation.FilterLayout(in * out, out / spec.groups(), 1, out, true);
        var rows = ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0)).adjoint();
        var cols = ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1)).adjoint();
        return new DirectConvolution(
                new Correlation(machine, images.dim(0), rows, cols, channels, layout));
    }

    /// Computes all of `y`; its region overlaps neither `x` nor `w`, though all may lie in one
    /// array. For an input gradient `x` is `dy` and `y` is `dx`.
    public void run(float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
        correlation.bias().clear();
        correlation.run(x, xOffset, w, wOffset, y, yOffset);
    }

    /// As [#run], then adds `bias[biasOffset + o]` to channel `o` and, if `relu`, replaces what is
    /// at most 0 by 0. For forward convolutions.
    public void runWithBias(
            float[] x,
            int xOffset,
            float[] w,
            int wOffset,
            float[] bias,
            int biasOffset,
            boolean relu,
            float[] y,
            int yOffset) {
        correlation.bias().set(bias, biasOffset, relu);
        correlation.run(x, xOffset, w, wOffset, y, yOffset);
    }
}
