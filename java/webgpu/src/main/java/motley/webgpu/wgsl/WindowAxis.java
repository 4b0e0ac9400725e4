package motley.webgpu.wgsl;

/// The rows, or the columns, of a convolution: result `i` meets pixel `i·stride + r·dilation -
/// before` at tap `r`.
///
/// Seen from a pixel, taps fall into `stride` phases: a pixel meets a result only at every
/// `stride`-th tap, the first of which is its own place modulo the stride. Pixels of one phase meet
/// results at the same taps, so that a gradient in the images which goes phase by phase has no term
/// that is always zero.
///
/// @param image pixels
/// @param filter taps
/// @param before padding
record WindowAxis(int image, int filter, int result, int stride, int dilation, int before) {
    /// Whether every result meets a pixel at every tap.
    boolean isInside() {
        return before == 0 && (result - 1) * stride + (filter - 1) * dilation < image;
    }

    /// One where taps are spread: those of a phase would not be every `stride`-th.
    int phases() {
        return dilation == 1 ? stride : 1;
    }

    /// Taps of a phase at most.
    int taps() {
        return Math.ceilDiv(filter, phases());
    }

    /// Taps of the phase that `phase` tells, as an expression.
    String taps(String phase) {
        if (filter % phases() == 0) return Integer.toString(taps());
        return "(%d - %s) / %d".formatted(filter - 1 + phases(), phase, phases());
    }

    /// The place of the first pixel; `phases` pixels in a row are a place, counted from the first
    /// of the padding.
    int first() {
        return before / phases();
    }

    /// Places of a phase.
    int places() {
        return (before + image - 1) / phases() - first() + 1;
    }

    /// Whether every place of every phase is a pixel.
    boolean isWhole() {
        return before % phases() == 0 && image % phases() == 0;
    }

    /// Declares as `i` which result has the pixel at `place` under a phase's tap `tap`.
    ///
    /// @return the condition under which one does
    String meet(Wgsl to, String i, String place, String tap) {
        var apart = dilation == 1 ? tap : tap + " * " + dilation;
        if (phases() == stride) {
            to.line("let %s = %s - %s;", i, place, apart);
            return "%s >= 0 && %s < %d".formatted(i, i, result);
        }
        to.line("let %s_at = %s - %s;", i, place, apart);
        to.line("let %s = %s_at / %d;", i, i, stride);
        return "%s_at >= 0 && %s < %d && %s_at %% %d == 0".formatted(i, i, result, i, stride);
    }
}
