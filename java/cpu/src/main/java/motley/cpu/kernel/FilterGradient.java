package motley.cpu.kernel;

import java.util.Arrays;
import motley.compiler.kernel.ConvolutionAxis;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// The adjoint of a convolution in its filters:
/// `dw[r, c, k, o] = Σ_b Σ_i Σ_j x[b, i·sr + r·dr - top, j·sc + c·dc - left, g·I + k]·dy[b, i, j,
/// o]`.
///
/// The batch is cut into shares of equal size, their number a function of the shapes alone. Within
/// a share each sum is one chain of fused multiply-adds from 0 over `b`, `i`, `j`, each increasing;
/// the shares are then added in order. Bitwise reproducible for equal inputs, whatever the
/// processor's vectors and the number of threads. |result - exact| ≤ γₙ·Σ|x·dy| with
/// γₙ = nu/(1-nu), u = 2⁻²⁴, n = the terms of a share + the shares.
///
/// Each image is copied channel by channel, the columns of a filter column together: then the
/// pixels that one weight meets along an output row are contiguous, and weights are the rows of a
/// [PanelProduct] with the pixels of `dy` as its panel. Confined to one caller at a time.
public final class FilterGradient {
    private static final int SHARES_MAX = 16;

    /// Bound on the memory of the shares' sums: 64 MiB.
    private static final int SHARE_ELEMENTS_MAX = 1 << 24;

    private static final int IN_PLACE_STEP_MAX = 512;

    /// Elements that one task of the final addition adds.
    private static final int ADD_ELEMENTS = 1 << 12;

    private final Machine machine;
    private final int batch;
    private final ConvolutionAxis rows;
    private final ConvolutionAxis cols;
    private final int in;
    private final int out;
    private final int groups;
    private final TileForm form;
    private final PanelProduct product;
    private final int panels;
    private final int panelTasks;
    private final int shareImages;
    private final int shares;
    private final int filterElements;
    private final Operands[] operands;
    private final Threads.Body sum = this::sum;
    private final Threads.Body add = this::add;

    // Places in the workspace: zeros, then these.
    private final int partial;
    private final int scratch;
    private final int scratchElements;

    // The operands of the run in progress.
    private float[] x = new float[0];
    private float[] dy = new float[0];
    private float[] dw = new float[0];
    private int xOffset;
    private int dyOffset;
    private int dwOffset;

    private FilterGradient(Machine machine, ConvolutionSpec spec, Shape images, Shape filters) {
        this.machine = machine;
        batch = images.dim(0);
        rows = ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0));
        cols = ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1));
        groups = spec.groups();
        in = filters.dim(2);
        out = filters.dim(3) / groups;
        filterElements = filters.count();
        form = machine.tiles().formFor(out);
        panels = Math.ceilDiv(out, form.columns());
        shareImages = Math.ceilDiv(batch, sharesAtMost());
        shares = Math.ceilDiv(batch, shareImages);
        var steps = new Steps(form.columns());
        steps.add(0, rows.stride() * planeRow(), rows.outputs(), cols.outputs());
        int bStep = readsInPlace() ? out * groups : form.columns();
        product = new PanelProduct(machine.tiles(), form, steps, places(), bStep, out * groups);
        int workers = machine.threads().size();
        panelTasks = shares * groups < 2 * workers ? panels : 1;
        operands = Operands.forWorkers(workers);
        partial = form.columns();
        scratch = partial + (shares == 1 ? 0 : shares * filterElements);
        scratchElements = product.scratchElements() + in * plane() + panelElements();
        machine.workspace().reserve(scratch + (long) workers * scratchElements);
    }

    /// Prepares `(x, dy) → dw` for images and filters that fit `spec`.
    public static FilterGradient of(
            Machine machine, ConvolutionSpec spec, Shape images, Shape filters) {
        return new FilterGradient(machine, spec, images, filters);
    }

    private int sharesAtMost() {
        int fitting = Math.max(1, SHARE_ELEMENTS_MAX / filterElements);
        return Math.min(batch, Math.min(SHARES_MAX, fitting));
    }

    /// Columns of the canvas that lie a multiple of the stride from one column.
    private int phaseColumns() {
        return Math.ceilDiv(cols.canvas(), cols.stride());
    }

    /// Elements of a row of a plane: the columns by their remainder modulo the stride.
    private int planeRow() {
        return cols.stride() * phaseColumns();
    }

    private int plane() {
        return rows.canvas() * planeRow();
    }

    /// Whether whole panels of `dy` need no copy, because its pixels are not so far apart that they
    /// evict each other from the cache.
    private boolean readsInPlace() {
        return out * groups <= IN_PLACE_STEP_MAX;
    }

    private int panelElements() {
        return rows.outputs() * cols.outputs() * form.columns();
    }

    /// Where weight `[r, c, k]` meets its first pixel.
    private int[] places() {
        int[] places = new int[rows.taps() * cols.taps() * in];
        for (int weight = 0; weight < places.length; weight++) {
            int k = weight % in;
            int c = weight / in % cols.taps() * cols.dilation();
            int r = weight / in / cols.taps() * rows.dilation();
            int column = c % cols.stride() * phaseColumns() + c / cols.stride();
            places[weight] = k * plane() + r * planeRow() + column;
        }
        return places;
    }

    /// Computes all of `dw`; its region overlaps neither `x` nor `dy`, though all may lie in one
    /// array.
    public void run(float[] x, int xOffset, float[] dy, int dyOffset, float[] dw, int dwOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.dy = dy;
        this.dyOffset = dyOffset;
        this.dw = dw;
        this.dwOffset = dwOffset;
        Arrays.fill(machine.workspace().array(), 0, form.columns(), 0);
        machine.threads().forEach(shares * groups * panelTasks, sum);
        if (shares > 1) machine.threads().forEach(Math.ceilDiv(filterElements, ADD_ELEMENTS), add);
    }

    /// Sums over the images of a share, for all panels of a group or for one.
    private void sum(int index, int worker) {
        int group = index / panelTasks % groups;
        int share = index / panelTasks / groups;
        int firstPanel = index % panelTasks;
        int lastPanel = panelTasks == 1 ? panels : firstPanel + 1;
        var array = machine.workspace().array();
        var o = operands[worker];
        o.scratch = array;
        o.scratchOffset = scratch + worker * scratchElements;
        o.a = array;
        o.aOffset = o.scratchOffset + product.scratchElements();
        o.start = array;
        o.c = shares == 1 ? dw : array;
        int target = shares == 1 ? dwOffset : partial + share * filterElements;
        int last = Math.min(batch, (share + 1) * shareImages);
        for (int image = share * shareImages; image < last; image++) {
            copyPlanes(image, group, array, o.aOffset);
            o.accumulate = image > share * shareImages;
            for (int panel = firstPanel; panel < lastPanel; panel++) {
                sumPanel(o, image, group, panel, target);
            }
        }
    }

    private void sumPanel(Operands o, int image, int group, int panel, int target) {
        int pixels = rows.outputs() * cols.outputs();
        int columns = form.columns();
        int width = Math.min(columns, out - panel * columns);
        int first = group * out + panel * columns;
        int from = dyOffset + image * pixels * out * groups + first;
        if (width == columns && readsInPlace()) {
            o.b = dy;
            o.bOffset = from;
            o.bStep = out * groups;
        } else {
            o.b = o.scratch;
            o.bOffset = o.aOffset + in * plane();
            o.bStep = columns;
            Packing.panel(dy, from, out * groups, 1, pixels, width, o.b, o.bOffset, columns);
        }
        o.cOffset = target + first;
        product.run(o, 0, rows.taps() * cols.taps() * in, width);
    }

    /// Copies the channels of a group, each as a plane with zeros around.
    private void copyPlanes(int image, int group, float[] to, int toOffset) {
        int pixel = in * groups;
        if (canvasIsImage()) {
            int from = xOffset + image * plane() * pixel + group * in;
            Transposition.copy(x, from, pixel, to, toOffset, plane(), plane(), in);
            return;
        }
        Arrays.fill(to, toOffset, toOffset + in * plane(), 0);
        for (int y = 0; y < rows.canvas(); y++) {
            int q = rows.imageAt(y);
            if (q < 0) continue;
            int from = xOffset + (image * rows.size() + q) * cols.size() * pixel + group * in;
            for (int phase = 0; phase < cols.stride(); phase++) {
                int at = toOffset + y * planeRow() + phase * phaseColumns();
                copyPhase(from, phase, pixel, to, at);
            }
        }
    }

    /// Whether planes hold exactly the pixels of an image, in their order.
    private boolean canvasIsImage() {
        boolean same = rows.canvas() == rows.size() && cols.canvas() == cols.size();
        return same && rows.isImage() && cols.isImage() && cols.stride() == 1;
    }

    /// Copies the columns `phase`, `phase + stride`, … of the canvas that lie in the image.
    private void copyPhase(int from, int phase, int pixel, float[] to, int at) {
        int stride = cols.stride();
        int first = Math.max(0, Math.ceilDiv(cols.before() - phase, stride));
        int end = Math.min(cols.canvas(), cols.before() + cols.size());
        int count = Math.max(0, Math.ceilDiv(end - phase, stride) - first);
        int column = phase + first * stride - cols.before();
        Transposition.copy(
                x, from + column * pixel, stride * pixel, to, at + first, plane(), count, in);
    }

    /// Adds the shares, in their order.
    private void add(int index, int worker) {
        int first = index * ADD_ELEMENTS;
        int count = Math.min(filterElements, first + ADD_ELEMENTS) - first;
        var array = machine.workspace().array();
        int to = dwOffset + first;
        System.arraycopy(array, partial + first, dw, to, count);
        for (int share = 1; share < shares; share++) {
            int from = partial + share * filterElements + first;
            for (int i = 0; i < count; i++) dw[to + i] += array[from + i];
        }
    }
}
