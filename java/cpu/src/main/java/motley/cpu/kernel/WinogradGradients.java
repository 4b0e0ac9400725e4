package motley.cpu.kernel;

import java.util.Arrays;
import java.util.stream.IntStream;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// The adjoints of [WinogradConvolution], in the images, in the filters, or in both, which share
/// the transform of `dy`; exact adjoints, see [WinogradForm].
///
/// The batch is cut into shares of whole images, their number a function of the shapes alone. An
/// image's gradient is the sum of its tiles' in their order, from 0; their products are chains of
/// fused multiply-adds over output channels. For the filters, products are chains over the tiles of
/// a share, in order; shares are added in order before the transform. All bitwise reproducible for
/// equal inputs, whatever the processor's vectors and the number of threads. The error is bounded
/// as for the convolution, with n = out + 32 or tiles + shares + 32. Confined to one caller at a
/// time.
public final class WinogradGradients {
    /// Twice that of the convolution: sums over tiles gain from longer chains.
    private static final int BLOCK = 2 * WinogradConvolution.BLOCK;
    private static final int GAP = WinogradConvolution.GAP;
    private static final int SHARES_MAX = 16;

    /// Fewer tiles are not worth sums of their own.
    private static final int SHARE_TILES_MIN = 72;

    /// Bound on the memory of the shares' sums: 64 MiB.
    private static final int SHARE_ELEMENTS_MAX = 1 << 24;

    private final Machine machine;
    private final WinogradForm form;
    private final WinogradTiles tiles;
    private final int in;
    private final int out;
    private final boolean ofImages;
    private final boolean ofFilters;
    private final TileForm sumForm;
    private final TileForm imageForm;
    private final WinogradFilters filters;
    private final WinogradWindow readImage;
    private final WinogradWindow readOutput;
    private final WinogradWindow addImage;
    private final PanelProduct sumProduct;
    private final PanelProduct imageProduct;
    private final Transform finish;
    private final Operands[] operands;
    private final Threads.Body share = this::share;
    private final Threads.Body turnFilters = this::turnFilters;
    private final Threads.Body add = this::add;
    private final Threads.Body finishChannel = this::finishChannel;
    private final int paddedIn;
    private final int paddedOut;
    private final int shareImages;
    private final int shares;
    private final int vStep;
    private final int mStep;

    // Places in the workspace: zeros, turned and transformed filters, sums, memory of each worker.
    private final int turned;
    private final int packed;
    private final int sums;
    private final int own;
    private final int ownElements;

    // The operands of the run in progress.
    private float[] x = new float[0];
    private float[] w = new float[0];
    private float[] dy = new float[0];
    private float[] dx = new float[0];
    private float[] dw = new float[0];
    private int xOffset;
    private int wOffset;
    private int dyOffset;
    private int dxOffset;
    private int dwOffset;

    private WinogradGradients(
            Machine machine, WinogradTiles tiles, boolean ofImages, boolean ofFilters) {
        this.machine = machine;
        this.tiles = tiles;
        this.ofImages = ofImages;
        this.ofFilters = ofFilters;
        form = tiles.form();
        in = tiles.images().channels();
        out = tiles.outputs().channels();
        sumForm = machine.tiles().transposed(out);
        imageForm = machine.tiles().formFor(in);
        paddedIn = Math.ceilDiv(in, imageForm.columns()) * imageForm.columns();
        paddedOut = Math.ceilDiv(out, sumForm.columns()) * sumForm.columns();
        shareImages = Math.ceilDiv(tiles.batch(), sharesAtMost());
        shares = Math.ceilDiv(tiles.batch(), shareImages);
        vStep = BLOCK * paddedIn + GAP;
        mStep = BLOCK * paddedOut + GAP;
        int workers = machine.threads().size();
        operands = Operands.forWorkers(workers);
        turned = Math.max(imageForm.columns(), sumForm.columns());
        packed = turned + (ofImages ? 9 * in * out : 0);
        sums = packed + (ofImages ? form.products() * paddedIn * out : 0);
        own = sums + (ofFilters ? shares * sumElements() : 0);
        int lanes = machine.tiles().lanes();
        ownElements =
                form.products() * (vStep + mStep)
                        + WinogradWindow.scratchElements(form, lanes, Math.max(in, out));
        machine.workspace().reserve(own + (long) workers * ownElements);
        filters = new WinogradFilters(machine, form, out, in, imageForm.columns(), packed, own);
        finish = finish();
        readImage = window(tiles.images(), form.patch(), false, stacks(vStep, lanes));
        var output = form.result().transposed();
        var panels = stacks(mStep, sumForm.columns());
        readOutput = window(tiles.outputs(), output, false, panels);
        var flat = new WinogradWindow.Layout(vStep, lanes, lanes);
        addImage = window(tiles.images(), form.patch().transposed(), true, flat);
        sumProduct = sumProduct();
        imageProduct = imageProduct();
    }

    private int sharesAtMost() {
        int fitting = Math.max(1, SHARE_ELEMENTS_MAX / sumElements());
        int worth = Math.max(1, tiles.count() / SHARE_TILES_MIN);
        return Math.min(tiles.batch(), Math.min(SHARES_MAX, Math.min(fitting, worth)));
    }

    private int sumElements() {
        return form.products() * in * paddedOut;
    }

    private WinogradWindow window(
            PixelGrid grid, Matrix matrix, boolean toImage, WinogradWindow.Layout layout) {
        return new WinogradWindow(machine.tiles(), grid, matrix, toImage, layout);
    }

    /// `width` channels of all tiles of a block lie together.
    private static WinogradWindow.Layout stacks(int step, int width) {
        return new WinogradWindow.Layout(step, width, BLOCK * width);
    }

    private Transform finish() {
        int lanes = machine.tiles().lanes();
        var matrix = form.filter().transposed();
        var transform = new TransformForm(matrix, lanes, in * paddedOut, in * out, false);
        return machine.tiles().transform(transform);
    }

    /// `[in, tile]` by `[tile, out]`; input channels are rows, one vector of them side by side.
    private PanelProduct sumProduct() {
        int lanes = machine.tiles().lanes();
        var steps = new Steps(sumForm.columns());
        steps.add(0, 0, 1, BLOCK);
        int[] places =
                IntStream.range(0, in).map(i -> i / lanes * BLOCK * lanes + i % lanes).toArray();
        int columns = sumForm.columns();
        return new PanelProduct(machine.tiles(), sumForm, steps, places, columns, paddedOut);
    }

    /// `[tile, out]` by `[out, in]`; the output channels of a tile lie in panels.
    private PanelProduct imageProduct() {
        int columns = imageForm.columns();
        int width = sumForm.columns();
        var steps = new Steps(columns);
        int whole = out / width;
        if (whole > 0) steps.add(0, BLOCK * width, whole, width);
        if (out % width > 0) steps.add(whole * BLOCK * width, 0, 1, out % width);
        int[] places = IntStream.range(0, BLOCK).map(q -> q * width).toArray();
        return new PanelProduct(machine.tiles(), imageForm, steps, places, columns, paddedIn);
    }

    /// Prepares `(w, dy) → dx` for images and filters that fit `spec`.
    ///
    /// @throws IllegalArgumentException if the form does not serve these shapes
    public static WinogradGradients ofImages(
            Machine machine, WinogradForm form, ConvolutionSpec spec, Shape images, Shape filters) {
        WinogradConvolution.requireServed(spec, filters);
        var tiles = WinogradTiles.of(form, spec, images, filters);
        return new WinogradGradients(machine, tiles, true, false);
    }

    /// Prepares `(x, dy) → dw` for images and filters that fit `spec`.
    ///
    /// @throws IllegalArgumentException if the form does not serve these shapes
    public static WinogradGradients ofFilters(
            Machine machine, WinogradForm form, ConvolutionSpec spec, Shape images, Shape filters) {
        WinogradConvolution.requireServed(spec, filters);
        var tiles = WinogradTiles.of(form, spec, images, filters);
        return new WinogradGradients(machine, tiles, false, true);
    }

    /// Prepares `(x, w, dy) → (dx, dw)` for images and filters that fit `spec`: the bits of both,
    /// for less than the sum of their times.
    ///
    /// @throws IllegalArgumentException if the form does not serve these shapes
    public static WinogradGradients ofBoth(
            Machine machine, WinogradForm form, ConvolutionSpec spec, Shape images, Shape filters) {
        WinogradConvolution.requireServed(spec, filters);
        var tiles = WinogradTiles.of(form, spec, images, filters);
        return new WinogradGradients(machine, tiles, true, true);
    }

    /// Computes all of `dx`, which overlaps no operand, though all may lie in one array.
    public void runImages(
            float[] dy, int dyOffset, float[] w, int wOffset, float[] dx, int dxOffset) {
        this.dy = dy;
        this.dyOffset = dyOffset;
        this.w = w;
        this.wOffset = wOffset;
        this.dx = dx;
        this.dxOffset = dxOffset;
        run();
    }

    /// Computes all of `dw`, which overlaps no operand, though all may lie in one array.
    public void runFilters(
            float[] x, int xOffset, float[] dy, int dyOffset, float[] dw, int dwOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.dy = dy;
        this.dyOffset = dyOffset;
        this.dw = dw;
        this.dwOffset = dwOffset;
        run();
    }

    /// Computes all of `dx` and of `dw`, which overlap no operand, though all may lie in one array.
    public void runBoth(
            float[] x,
            int xOffset,
            float[] w,
            int wOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dw,
            int dwOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.w = w;
        this.wOffset = wOffset;
        this.dy = dy;
        this.dyOffset = dyOffset;
        this.dx = dx;
        this.dxOffset = dxOffset;
        this.dw = dw;
        this.dwOffset = dwOffset;
        run();
    }

    private void run() {
        Arrays.fill(machine.workspace().array(), 0, turned, 0);
        var threads = machine.threads();
        if (ofImages) {
            threads.forEach(9, turnFilters);
            filters.run(machine.workspace().array(), turned);
        }
        threads.forEach(shares, share);
        if (ofFilters) {
            if (shares > 1) threads.forEach(form.products(), add);
            threads.forEach(in, finishChannel);
        }
    }

    /// Exchanges the channels of a tap: `[in, out]` becomes `[out, in]`.
    private void turnFilters(int tap, int worker) {
        int at = tap * in * out;
        var work = machine.workspace().array();
        Transposition.copy(w, wOffset + at, out, work, turned + at, in, in, out);
    }

    private void share(int index, int worker) {
        int perImage = tiles.perImage();
        int first = index * shareImages * perImage;
        int last = Math.min(tiles.count(), first + shareImages * perImage);
        if (ofImages) {
            int from = dxOffset + tiles.image(first) * tiles.images().elements();
            int images = (last - first) / perImage;
            Arrays.fill(dx, from, from + images * tiles.images().elements(), 0);
        }
        for (int tile = first; tile < last; tile += BLOCK) {
            int target = sums + index * sumElements();
            operands[worker].accumulate = tile > first;
            block(tile, Math.min(BLOCK, last - tile), target, worker);
        }
    }

    private void block(int first, int count, int target, int worker) {
        int v = own + worker * ownElements;
        int m = v + form.products() * vStep;
        int scratch = m + form.products() * mStep;
        for (int q = 0; q < count; q++) read(first + q, q, v, m, scratch);
        if (ofFilters && count < BLOCK) clearRest(count, v, m);
        multiply(operands[worker], count, v, m, target);
        if (!ofImages) return;
        var work = machine.workspace().array();
        for (int q = 0; q < count; q++) {
            int tile = first + q;
            int to = dxOffset + tiles.image(tile) * tiles.images().elements();
            int row = tiles.row(tile) - tiles.top();
            int column = tiles.column(tile) - tiles.left();
            addImage.add(work, v + q * paddedIn, dx, to, row, column, scratch);
        }
    }

    private void read(int tile, int q, int v, int m, int scratch) {
        var work = machine.workspace().array();
        int row = tiles.row(tile);
        int column = tiles.column(tile);
        int source = dyOffset + tiles.image(tile) * tiles.outputs().elements();
        int to = m + q * sumForm.columns();
        readOutput.read(dy, source, row, column, work, to, scratch);
        if (!ofFilters) return;
        int from = xOffset + tiles.image(tile) * tiles.images().elements();
        int at = v + q * machine.tiles().lanes();
        readImage.read(x, from, row - tiles.top(), column - tiles.left(), work, at, scratch);
    }

    /// Zeros for the tiles that a block lacks: sums go over whole blocks.
    private void clearRest(int count, int v, int m) {
        var work = machine.workspace().array();
        int lanes = machine.tiles().lanes();
        int columns = sumForm.columns();
        for (int e = 0; e < form.products(); e++) {
            for (int at = 0; at < in * BLOCK; at += lanes * BLOCK) {
                int from = v + e * vStep + at;
                Arrays.fill(work, from + count * lanes, from + BLOCK * lanes, 0);
            }
            for (int at = 0; at < paddedOut * BLOCK; at += columns * BLOCK) {
                int from = m + e * mStep + at;
                Arrays.fill(work, from + count * columns, from + BLOCK * columns, 0);
            }
        }
    }

    /// For each element of the transformed patches. The images' gradients take the place of the
    /// images, which the sums have read by then.
    private void multiply(Operands o, int count, int v, int m, int target) {
        boolean accumulate = o.accumulate;
        var work = machine.workspace().array();
        o.a = work;
        o.b = work;
        o.c = work;
        o.start = work;
        for (int e = 0; e < form.products(); e++) {
            if (ofFilters) {
                o.accumulate = accumulate;
                o.aOffset = v + e * vStep;
                o.bOffset = m + e * mStep;
                o.bStep = sumForm.columns();
                o.bPanel = BLOCK * sumForm.columns();
                o.cOffset = target + e * in * paddedOut;
                sumProduct.run(o, 0, in, paddedOut);
            }
            if (ofImages) {
                o.accumulate = false;
                o.aOffset = m + e * mStep;
                o.bOffset = packed + e * filters.elements();
                o.bStep = imageForm.columns();
                o.bPanel = filters.panelElements();
                o.cOffset = v + e * vStep;
                imageProduct.run(o, 0, count, paddedIn);
            }
        }
    }

    /// Adds the shares of one element of the transformed patches, in their order.
    private void add(int element, int worker) {
        var work = machine.workspace().array();
        int count = in * paddedOut;
        int to = sums + element * count;
        for (int share = 1; share < shares; share++) {
            int from = to + share * sumElements();
            for (int i = 0; i < count; i++) work[to + i] += work[from + i];
        }
    }

    private void finishChannel(int channel, int worker) {
        int lanes = machine.tiles().lanes();
        finish.run(
                machine.workspace().array(),
                sums + channel * paddedOut,
                form.pixels() * in * paddedOut,
                lanes,
                dw,
                dwOffset + channel * out,
                3 * in * out,
                lanes,
                machine.workspace().array(),
                own + worker * ownElements,
                out / lanes);
    }
}
