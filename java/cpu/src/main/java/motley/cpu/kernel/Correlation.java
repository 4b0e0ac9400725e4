package motley.cpu.kernel;

import java.util.Arrays;
import motley.compiler.kernel.ConvolutionAxis;

/// Slides filters over images of contiguous channels: what a convolution and its input gradient
/// have in common.
///
/// `y[b, i, j, g·N + n] = start[g·N + n] + Σ_r Σ_c Σ_k canvas[b, i·sr + r·dr, j·sc + c·dc, g·K + k]
/// · filter(g)[r, c, k, n]`, one chain of fused multiply-adds in the order `r`, `c`, `k`.
///
/// For one filter row the channels of all its columns lie side by side in the image, so an output
/// pixel is a row of a [PanelProduct] and nothing is unfolded. Tasks are bands of output rows of
/// one image; where there is padding, the band's part of the canvas is copied first.
final class Correlation {
    /// Channels of one group on both sides.
    ///
    /// @param in channels that are summed over
    /// @param out channels that result
    record Channels(int in, int out, int groups) {}

    /// Where the filters lie: element `[r, c, k, n]` of group `g` at
    /// `tap(r, c) + g·groupStride + k·kStride + n·nStride`.
    ///
    /// @param reversed whether the last tap comes first
    record FilterLayout(
            int tapStride, int groupStride, int kStride, int nStride, boolean reversed) {}

    /// Elements of a canvas that should stay in the second-level cache beside a panel: 256 KiB.
    private static final int BAND_ELEMENTS_MAX = 1 << 16;

    private final Machine machine;
    private final int batch;
    private final ConvolutionAxis rows;
    private final ConvolutionAxis cols;
    private final Channels channels;
    private final FilterLayout layout;
    private final TileForm form;
    private final PanelProduct product;
    private final boolean inPlace;
    private final Bias bias;
    private final int panels;
    private final int panelElements;
    private final int bandRows;
    private final int bands;
    private final Operands[] operands;
    private final Threads.Body pack = this::pack;
    private final Threads.Body slide = this::slide;

    // Places in the workspace.
    private final int packed;
    private final int blocks;
    private final int canvases;
    private final int canvasElements;

    // The operands of the run in progress.
    private float[] x = new float[0];
    private float[] w = new float[0];
    private float[] y = new float[0];
    private int xOffset;
    private int wOffset;
    private int yOffset;

    Correlation(
            Machine machine,
            int batch,
            ConvolutionAxis rows,
            ConvolutionAxis cols,
            Channels channels,
            FilterLayout layout) {
        this.machine = machine;
        this.batch = batch;
        this.rows = rows;
        this.cols = cols;
        this.channels = channels;
        this.layout = layout;
        bias = new Bias(channels.out * channels.groups);
        inPlace = rows.isImage() && cols.isImage();
        form = machine.tiles().formFor(channels.out);
        panels = Math.ceilDiv(channels.out, form.columns());
        int workers = machine.threads().size();
        bandRows = bandRows(workers);
        bands = Math.ceilDiv(rows.outputs(), bandRows);
        var steps = steps();
        int columns = form.columns();
        product = new PanelProduct(machine.tiles(), form, steps, places(), columns, outPixel());
        panelElements = steps.rows() * form.columns();
        operands = Operands.forWorkers(workers);
        packed = channels.groups * panels * form.columns();
        blocks = packed + channels.groups * panels * panelElements;
        canvases = blocks + workers * product.scratchElements();
        canvasElements = inPlace ? 0 : rows.canvasOf(bandRows) * canvasRow();
        machine.workspace().reserve((long) canvases + (long) workers * canvasElements);
    }

    private int inPixel() {
        return channels.in * channels.groups;
    }

    private int outPixel() {
        return channels.out * channels.groups;
    }

    /// Elements of a row of what is slid over: the canvas, or the image itself.
    private int canvasRow() {
        return (inPlace ? cols.size() : cols.canvas()) * inPixel();
    }

    private int bandRows(int workers) {
        int fitting = Math.max(1, BAND_ELEMENTS_MAX / (cols.canvas() * inPixel() * rows.stride()));
        int shared = Math.max(1, rows.outputs() * batch / (4 * workers));
        return Math.min(rows.outputs(), Math.min(fitting, shared));
    }

    private Steps steps() {
        var steps = new Steps(form.columns());
        int row = rows.dilation() * canvasRow();
        int tap = cols.dilation() * inPixel();
        if (channels.groups == 1 && cols.dilation() == 1) {
            steps.add(0, row, rows.taps(), cols.taps() * channels.in);
        } else {
            for (int r = 0; r < rows.taps(); r++) {
                steps.add(r * row, tap, cols.taps(), channels.in);
            }
        }
        return steps;
    }

    /// Where the output pixels of a band find their first tap.
    private int[] places() {
        int[] places = new int[bandRows * cols.outputs()];
        for (int pixel = 0; pixel < places.length; pixel++) {
            int i = pixel / cols.outputs();
            int j = pixel % cols.outputs();
            places[pixel] = i * rows.stride() * canvasRow() + j * cols.stride() * inPixel();
        }
        return places;
    }

    /// What the next runs add to their results.
    Bias bias() {
        return bias;
    }

    void run(float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.w = w;
        this.wOffset = wOffset;
        this.y = y;
        this.yOffset = yOffset;
        Arrays.fill(machine.workspace().array(), 0, packed, 0);
        machine.threads().forEach(channels.groups * panels * rows.taps() * cols.taps(), pack);
        machine.threads().forEach(batch * bands, slide);
    }

    /// Packs one tap of a panel of the filters.
    private void pack(int index, int worker) {
        int taps = rows.taps() * cols.taps();
        int tap = index % taps;
        int panel = index / taps % panels;
        int group = index / taps / panels;
        int first = panel * form.columns();
        int stored = layout.reversed ? taps - 1 - tap : tap;
        int from =
                wOffset
                        + stored * layout.tapStride
                        + group * layout.groupStride
                        + first * layout.nStride;
        int to = packedPanel(group, panel) + tap * channels.in * form.columns();
        Packing.panel(
                w,
                from,
                layout.kStride,
                layout.nStride,
                channels.in,
                width(panel),
                machine.workspace().array(),
                to,
                form.columns());
    }

    private int packedPanel(int group, int panel) {
        return packed + (group * panels + panel) * panelElements;
    }

    private int width(int panel) {
        return Math.min(form.columns(), channels.out - panel * form.columns());
    }

    private void slide(int index, int worker) {
        int image = index / bands;
        int firstRow = index % bands * bandRows;
        int lastRow = Math.min(rows.outputs(), firstRow + bandRows);
        var o = operands[worker];
        var array = machine.workspace().array();
        int source = xOffset + image * rows.size() * cols.size() * inPixel();
        if (inPlace) {
            o.a = x;
            o.aOffset = source + firstRow * rows.stride() * canvasRow();
        } else {
            o.a = array;
            o.aOffset = canvases + worker * canvasElements;
            copyBand(source, firstRow * rows.stride(), lastRow - firstRow, array, o.aOffset);
        }
        o.b = array;
        o.bStep = form.columns();
        o.bPanel = panelElements;
        o.startPanel = form.columns();
        o.c = y;
        o.start = array;
        o.scratch = array;
        o.scratchOffset = blocks + worker * product.scratchElements();
        int target = yOffset + (image * rows.outputs() + firstRow) * cols.outputs() * outPixel();
        slideGroups(o, target, (lastRow - firstRow) * cols.outputs());
        bias.apply(y, target, (lastRow - firstRow) * cols.outputs());
    }

    private void slideGroups(Operands o, int target, int pixels) {
        int band = o.aOffset;
        for (int group = 0; group < channels.groups; group++) {
            o.aOffset = band + group * channels.in;
            o.bOffset = packedPanel(group, 0);
            o.startOffset = group * panels * form.columns();
            o.cOffset = target + group * channels.out;
            product.run(o, 0, pixels, channels.out);
        }
    }

    /// Copies the part of an image under `positions` rows of outputs, with zeros around.
    private void copyBand(int source, int firstCanvasRow, int positions, float[] to, int toOffset) {
        int height = rows.canvasOf(positions);
        for (int y0 = 0; y0 < height; y0++) {
            int q = rows.imageAt(firstCanvasRow + y0);
            int at = toOffset + y0 * canvasRow();
            Arrays.fill(to, at, at + canvasRow(), 0);
            if (q >= 0) copyRow(source + q * cols.size() * inPixel(), to, at);
        }
    }

    private void copyRow(int source, float[] to, int at) {
        int cut = Math.max(0, -Math.floorDiv(cols.before(), cols.spread()));
        int room = cols.canvas() - 1 - cols.before();
        int end = room < 0 ? 0 : Math.min(cols.size(), room / cols.spread() + 1);
        if (end <= cut) return; // All of it is padding, which may reach beyond the canvas.
        if (cols.spread() == 1) {
            int length = (end - cut) * inPixel();
            int target = at + (cols.before() + cut) * inPixel();
            System.arraycopy(x, source + cut * inPixel(), to, target, length);
            return;
        }
        for (int q = cut; q < end; q++) {
            int target = at + (cols.before() + q * cols.spread()) * inPixel();
            System.arraycopy(x, source + q * inPixel(), to, target, inPixel());
        }
    }
}
