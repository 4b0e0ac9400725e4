package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import motley.compiler.kernel.ConvolutionAxis;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// Convolution that keeps channels apart, and both its adjoints: as many groups as channels,
/// filters `[rows, cols, 1, channel]`.
///
/// Vectors lie over the channels, and a scalar loop that computes the same takes the rest. Each
/// result is the chain of fused multiply-adds that [DirectConvolution] and [FilterGradient]
/// promise, but that padding takes no part in it: bitwise equal to theirs where operands are
/// finite, and reproducible whatever the processor's vectors and the number of threads. Same error
/// bounds. Confined to one caller at a time.
public final class DepthwiseConvolution {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int SHARES_MAX = 16;

    private final Machine machine;
    private final int batch;
    private final int channels;
    private final ConvolutionAxis rows;
    private final ConvolutionAxis cols;
    private final int shareImages;
    private final int shares;
    private final Bias bias;
    private final Threads.Body forward = this::forward;
    private final Threads.Body imageRow = this::imageRow;
    private final Threads.Body share = this::share;

    // The operands of the run in progress: images, filters, outputs, or their gradients.
    private float[] x = new float[0];
    private float[] w = new float[0];
    private float[] y = new float[0];
    private int xOffset;
    private int wOffset;
    private int yOffset;

    private DepthwiseConvolution(
            Machine machine, ConvolutionSpec spec, Shape images, Shape filters) {
        this.machine = machine;
        batch = images.dim(0);
        channels = images.dim(3);
        rows = ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0));
        cols = ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1));
        shareImages = Math.ceilDiv(batch, Math.min(batch, SHARES_MAX));
        shares = Math.ceilDiv(batch, shareImages);
        bias = new Bias(channels);
        machine.workspace().reserve((long) shares * filterElements());
    }

    /// Whether the channels of such a convolution are apart.
    public static boolean serves(ConvolutionSpec spec, Shape images, Shape filters) {
        int channels = images.dim(3);
        return channels > 1 && spec.groups() == channels && filters.dim(3) == channels;
    }

    /// Prepares for images and filters that fit `spec`.
    ///
    /// @throws IllegalArgumentException if channels are not apart
    public static DepthwiseConvolution of(
            Machine machine, ConvolutionSpec spec, Shape images, Shape filters) {
        require(
                serves(spec, images, filters),
                "groups: %d (expected: one for each channel of %s and %s)",
                spec.groups(),
                images,
                filters);
        return new DepthwiseConvolution(machine, spec, images, filters);
    }

    private int filterElements() {
        return rows.taps() * cols.taps() * channels;
    }

    /// Computes all of `y`, which overlaps no operand.
    public void run(float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
        bias.clear();
        bind(x, xOffset, w, wOffset, y, yOffset);
        machine.threads().forEach(batch * rows.outputs(), forward);
    }

    /// As [#run], then adds `bias[biasOffset + o]` to channel `o` and, if `relu`, replaces what is
    /// at most 0 by 0.
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
        this.bias.set(bias, biasOffset, relu);
        bind(x, xOffset, w, wOffset, y, yOffset);
        machine.threads().forEach(batch * rows.outputs(), forward);
    }

    /// Computes all of `dx`, which overlaps no operand.
    public void runImages(
            float[] dy, int dyOffset, float[] w, int wOffset, float[] dx, int dxOffset) {
        bind(dx, dxOffset, w, wOffset, dy, dyOffset);
        machine.threads().forEach(batch * rows.size(), imageRow);
    }

    /// Computes all of `dw`, which overlaps no operand.
    public void runFilters(
            float[] x, int xOffset, float[] dy, int dyOffset, float[] dw, int dwOffset) {
        bind(x, xOffset, dw, dwOffset, dy, dyOffset);
        machine.threads().forEach(shares, share);
        var work = machine.workspace().array();
        System.arraycopy(work, 0, dw, dwOffset, filterElements());
        for (int other = 1; other < shares; other++) {
            int from = other * filterElements();
            for (int i = 0; i < filterElements(); i++) dw[dwOffset + i] += work[from + i];
        }
    }

    private void bind(float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.w = w;
        this.wOffset = wOffset;
        this.y = y;
        this.yOffset = yOffset;
    }

    /// A row of outputs, tap by tap.
    private void forward(int index, int worker) {
        int image = index / rows.outputs();
        int i = index % rows.outputs();
        int to = yOffset + index * cols.outputs() * channels;
        Arrays.fill(y, to, to + cols.outputs() * channels, 0);
        for (int r = 0; r < rows.taps(); r++) {
            int row = rows.imageAt(i * rows.stride() + r * rows.dilation());
            if (row < 0) continue;
            int from = xOffset + (image * rows.size() + row) * cols.size() * channels;
            for (int c = 0; c < cols.taps(); c++) {
                int tap = wOffset + (r * cols.taps() + c) * channels;
                for (int j = 0; j < cols.outputs(); j++) {
                    int col = cols.imageAt(j * cols.stride() + c * cols.dilation());
                    if (col < 0) continue;
                    multiply(x, from + col * channels, w, tap, y, to + j * channels);
                }
            }
        }
        bias.apply(y, to, cols.outputs());
    }

    /// A row of the images' gradients, taps in decreasing order.
    private void imageRow(int index, int worker) {
        int image = index / rows.size();
        int to = xOffset + index * cols.size() * channels;
        Arrays.fill(x, to, to + cols.size() * channels, 0);
        for (int r = rows.taps() - 1; r >= 0; r--) {
            int offset = index % rows.size() + rows.before() - r * rows.dilation();
            int i = offset / rows.stride();
            if (offset < 0 || offset % rows.stride() != 0 || i >= rows.outputs()) continue;
            int from = yOffset + (image * rows.outputs() + i) * cols.outputs() * channels;
            for (int c = cols.taps() - 1; c >= 0; c--) {
                int tap = wOffset + (r * cols.taps() + c) * channels;
                for (int j = 0; j < cols.outputs(); j++) {
                    int col = cols.imageAt(j * cols.stride() + c * cols.dilation());
                    if (col < 0) continue;
                    multiply(y, from + j * channels, w, tap, x, to + col * channels);
                }
            }
        }
    }

    /// The filters' gradients over the images of a share.
    private void share(int index, int worker) {
        var work = machine.workspace().array();
        int to = index * filterElements();
        Arrays.fill(work, to, to + filterElements(), 0);
        int last = Math.min(batch, (index + 1) * shareImages) * rows.outputs();
        for (int at = index * shareImages * rows.outputs(); at < last; at++) {
            for (int r = 0; r < rows.taps(); r++) {
                int i = at % rows.outputs();
                int row = rows.imageAt(i * rows.stride() + r * rows.dilation());
                if (row < 0) continue;
                int image = at / rows.outputs();
                int from = xOffset + (image * rows.size() + row) * cols.size() * channels;
                filterRow(from, yOffset + at * cols.outputs() * channels, work, to, r);
            }
        }
    }

    /// Row `r` of the filters, over a row of outputs.
    private void filterRow(int from, int outputs, float[] work, int to, int r) {
        for (int c = 0; c < cols.taps(); c++) {
            int tap = to + (r * cols.taps() + c) * channels;
            for (int j = 0; j < cols.outputs(); j++) {
                int col = cols.imageAt(j * cols.stride() + c * cols.dilation());
                if (col < 0) continue;
                multiply(x, from + col * channels, y, outputs + j * channels, work, tap);
            }
        }
    }

    /// `c += a·b` for the channels of a pixel.
    private void multiply(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
        int channel = 0;
        for (; channel <= channels - LANES.length(); channel += LANES.length()) {
            var left = FloatVector.fromArray(LANES, a, aAt + channel);
            var right = FloatVector.fromArray(LANES, b, bAt + channel);
            var sum = FloatVector.fromArray(LANES, c, cAt + channel);
            left.fma(right, sum).intoArray(c, cAt + channel);
        }
        for (; channel < channels; channel++) {
            c[cAt + channel] = Math.fma(a[aAt + channel], b[bAt + channel], c[cAt + channel]);
        }
    }
}
