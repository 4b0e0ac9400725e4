package motley.cpu.kernel;

import java.util.Arrays;
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
    /// Tiles of a block at most. Three times those of the convolution, as sums over tiles gain from
    /// longer chains.
    private static final int BLOCK_MAX = 72;

    private static final int GAP = WinogradConvolution.GAP;

    /// A multiple of the rows of every register tile.
    private static final int ROWS_OF_TILES = 24;

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
    private final WinogradFilters filters;
    private final WinogradWindow readImage;
    private final WinogradWindow readOutput;
    private final WinogradWindow addImage;
    private final FixedForm sumForm;
    private final FixedProduct sumProduct;
    private final FixedForm imageForm;
    private final FixedProduct imageProduct;
    private final Transform finish;

    /// For each worker what it read ahead; see [#fetch].
    private final float[] fetched;
    private final Threads.Body share = this::share;
    private final Threads.Body turnFilters = this::turnFilters;
    private final Threads.Body add = this::add;
    private final Threads.Body finishChannel = this::finishChannel;
    private final Threads.Body turnSums = this::turnSums;
    private final int paddedIn;
    private final int paddedOut;

    /// Whether the rows of the filters' sums are output channels and not input channels: whichever
    /// fill register tiles better.
    private final boolean sumsTurned;

    /// Elements of the sums of one element of the transformed patches.
    private final int sumMatrix;

    /// Tiles of a block.
    private final int block;
    private final int shareImages;
    private final int shares;
    private final int vStep;
    private final int mStep;

    // Places in the workspace: turned filters from its beginning on, transformed filters, sums,
    // memory of each worker.
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
        int lanes = machine.tiles().lanes();
        var inTile = machine.tiles().formFor(in);
        var outTile = machine.tiles().formFor(out);
        paddedIn = Math.ceilDiv(in, inTile.columns()) * inTile.columns();
        paddedOut = Math.ceilDiv(out, outTile.columns()) * outTile.columns();
        shareImages = Math.ceilDiv(tiles.batch(), sharesAtMost());
        shares = Math.ceilDiv(tiles.batch(), shareImages);
        block = block();
        vStep = block * paddedIn + GAP;
        mStep = block * paddedOut + GAP;
        sumsTurned = waste(out, inTile) < waste(in, outTile);
        sumForm =
                sumsTurned
                        ? FixedForm.ofColumns(inTile, block, paddedOut, paddedIn)
                        : FixedForm.ofColumns(outTile, block, paddedIn, paddedOut);
        sumProduct = machine.tiles().product(sumForm);
        sumMatrix = sumForm.wholeTiles(sumsTurned ? out : in) * sumForm.cRow();
        imageForm = FixedForm.ofPanels(inTile, out, paddedIn);
        imageProduct = machine.tiles().product(imageForm);
        int workers = machine.threads().size();
        fetched = new float[workers];
        packed = 9 * in * out;
        sums = packed + (ofImages ? form.products() * paddedIn * out : 0);
        own = sums + (ofFilters ? shares * sumElements() : 0);
        ownElements =
                form.products() * (vStep + mStep)
                        + WinogradWindow.scratchElements(form, lanes, Math.max(in, out));
        machine.workspace().reserve(own + (long) workers * ownElements);
        filters = new WinogradFilters(machine, form, out, in, inTile.columns(), packed, own);
        int filter = in * out;
        var back = form.filter().transposed();
        finish =
                machine.tiles().transform(new TransformForm(back, lanes, sumMatrix, filter, false));
        readImage = window(tiles.images(), form.patch(), false, vStep);
        readOutput = window(tiles.outputs(), form.result().transposed(), false, mStep);
        addImage = window(tiles.images(), form.patch().transposed(), true, vStep);
    }

    /// The tiles of a share, in blocks of about equal size, but whole register tiles.
    private int block() {
        int count = shareImages * tiles.perImage();
        int even = Math.ceilDiv(count, Math.ceilDiv(count, BLOCK_MAX));
        return Math.ceilDiv(even, ROWS_OF_TILES) * ROWS_OF_TILES;
    }

    /// Rows that whole register tiles compute, as a multiple of those that are needed: at least 1.
    private static double waste(int rows, TileForm tile) {
        return (double) Math.ceilDiv(rows, tile.rows()) * tile.rows() / rows;
    }

    private int sharesAtMost() {
        int fitting = Math.max(1, SHARE_ELEMENTS_MAX / (form.products() * in * out));
        int worth = Math.max(1, tiles.count() / SHARE_TILES_MIN);
        return Math.min(tiles.batch(), Math.min(SHARES_MAX, Math.min(fitting, worth)));
    }

    private int sumElements() {
        return form.products() * sumMatrix;
    }

    private WinogradWindow window(PixelGrid grid, Matrix matrix, boolean toImage, int step) {
        return new WinogradWindow(machine.tiles(), grid, matrix, toImage, step);
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
        var threads = machine.threads();
        if (ofImages) {
            threads.forEach(9, turnFilters);
            filters.run(machine.workspace().array(), 0);
        }
        threads.forEach(shares, share);
        if (!ofFilters) return;
        if (shares > 1) threads.forEach(form.products(), add);
        threads.forEach(sumsTurned ? out : in, finishChannel);
        if (sumsTurned) threads.forEach(9, turnSums);
    }

    /// Exchanges the channels of a tap: `[in, out]` becomes `[out, in]`.
    private void turnFilters(int tap, int worker) {
        int at = tap * in * out;
        Transposition.copy(w, wOffset + at, out, machine.workspace().array(), at, in, in, out);
    }

    private void share(int index, int worker) {
        int first = index * shareImages * tiles.perImage();
        int last = Math.min(tiles.count(), first + shareImages * tiles.perImage());
        int target = sums + index * sumElements();
        if (ofFilters) {
            Arrays.fill(machine.workspace().array(), target, target + sumElements(), 0);
        }
        for (int tile = first; tile < last; tile += block) {
            block(tile, Math.min(block, last - tile), target, worker);
        }
    }

    private void block(int first, int count, int target, int worker) {
        int v = own + worker * ownElements;
        int m = v + form.products() * vStep;
        int scratch = m + form.products() * mStep;
        for (int q = 0; q < count; q++) {
            if (tiles.column(first + q) == 0) fetched[worker] = fetch(first + q);
            read(first + q, q, v, m, scratch);
        }
        if (ofFilters && count < block) clearRest(count, v, m);
        multiply(imageForm.wholeTiles(count), v, m, target);
        if (!ofImages) return;
        var work = machine.workspace().array();
        for (int q = 0; q < count; q++) {
            int tile = first + q;
            int to = dxOffset + tiles.image(tile) * tiles.images().elements();
            if (tile % tiles.perImage() == 0) {
                Arrays.fill(dx, to, to + tiles.images().elements(), 0);
            }
            int row = tiles.row(tile) - tiles.top();
            int column = tiles.column(tile) - tiles.left();
            addImage.add(work, v + q * paddedIn, dx, to, row, column, scratch);
        }
    }

    /// Reads what a row of tiles will need that the row before did not, in the order of memory: the
    /// processor then fetches ahead, which it does not for patches, as they skip from row to row.
    ///
    /// @return the sum of what was read, so that the compiler cannot leave it out
    private float fetch(int tile) {
        int image = tiles.image(tile);
        int row = tiles.row(tile);
        float sum = tiles.outputs().fetch(dy, dyOffset, image, row, row + form.outputs());
        if (!ofFilters) return sum;
        int bottom = row - tiles.top() + form.pixels();
        int top = row == 0 ? 0 : bottom - form.outputs();
        return sum + tiles.images().fetch(x, xOffset, image, top, bottom);
    }

    private void read(int tile, int q, int v, int m, int scratch) {
        var work = machine.workspace().array();
        int row = tiles.row(tile);
        int column = tiles.column(tile);
        int source = dyOffset + tiles.image(tile) * tiles.outputs().elements();
        int to = m + q * paddedOut;
        readOutput.read(dy, source, row, column, work, to, scratch);
        if (!ofFilters) return;
        int from = xOffset + tiles.image(tile) * tiles.images().elements();
        int at = v + q * paddedIn;
        readImage.read(x, from, row - tiles.top(), column - tiles.left(), work, at, scratch);
    }

    /// Zeros for the tiles that a block lacks: sums go over whole blocks.
    private void clearRest(int count, int v, int m) {
        var work = machine.workspace().array();
        for (int e = 0; e < form.products(); e++) {
            int image = v + e * vStep;
            Arrays.fill(work, image + count * paddedIn, image + block * paddedIn, 0);
            int output = m + e * mStep;
            Arrays.fill(work, output + count * paddedOut, output + block * paddedOut, 0);
        }
    }

    /// For each element of the transformed patches. The images' gradients take the place of the
    /// images, which the sums have read by then.
    private void multiply(int rows, int v, int m, int target) {
        var work = machine.workspace().array();
        int sumRows = sumForm.wholeTiles(sumsTurned ? out : in);
        for (int e = 0; e < form.products(); e++) {
            int image = v + e * vStep;
            int output = m + e * mStep;
            if (ofFilters) {
                int a = sumsTurned ? output : image;
                int b = sumsTurned ? image : output;
                sumProduct.run(
                        work,
                        a,
                        1,
                        work,
                        b,
                        work,
                        target + e * sumMatrix,
                        sumForm.cRow(),
                        sumRows,
                        sumForm.length());
            }
            if (ofImages) {
                int filter = packed + e * filters.elements();
                imageProduct.run(
                        work, output, paddedOut, work, filter, work, image, paddedIn, rows, out);
            }
        }
    }

    /// Adds the shares of one element of the transformed patches, in their order.
    private void add(int element, int worker) {
        var work = machine.workspace().array();
        int to = sums + element * sumMatrix;
        for (int share = 1; share < shares; share++) {
            int from = to + share * sumElements();
            for (int i = 0; i < sumMatrix; i++) work[to + i] += work[from + i];
        }
    }

    /// Transforms a row of the sums back to taps, in the place of the turned filters if they are
    /// turned.
    private void finishChannel(int channel, int worker) {
        int lanes = machine.tiles().lanes();
        int columns = sumsTurned ? in : out;
        finish.run(
                machine.workspace().array(),
                sums + channel * sumForm.cRow(),
                form.pixels() * sumMatrix,
                lanes,
                sumsTurned ? machine.workspace().array() : dw,
                (sumsTurned ? 0 : dwOffset) + channel * columns,
                3 * in * out,
                lanes,
                machine.workspace().array(),
                own + worker * ownElements,
                columns / lanes);
    }

    /// Exchanges the channels of a tap: `[out, in]` becomes `[in, out]`.
    private void turnSums(int tap, int worker) {
        int at = tap * in * out;
        Transposition.copy(machine.workspace().array(), at, in, dw, dwOffset + at, out, out, in);
    }
}
