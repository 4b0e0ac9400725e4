package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.Optional;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// Convolution of images `[batch, rows, cols, in]` with filters `[3, 3, in, out]` by Winograd's
/// minimal filtering, see [WinogradForm] and [Transform] for the order of every sum; the products
/// of a tile are summed over input channels, increasing, as one chain of fused multiply-adds from
/// 0.
///
/// Bitwise reproducible for equal inputs whatever the processor's vectors and the number of
/// threads. Less exact than a direct sum: with `|·|` element by element,
/// |result - exact| ≤ γₙ·Σ |Aᵀ|·[(|G|·|g|·|Gᵀ|) ⊙ (|Bᵀ|·|d|·|B|)]·|A| over input channels,
/// n = in + 32. So a large pixel disturbs all outputs of its tiles, and one that is infinite or NaN
/// makes them NaN.
///
/// Tiles are taken in blocks, so that what is between the transforms stays in the second-level
/// cache. Confined to one caller at a time.
public final class WinogradConvolution {
    /// Tiles of a block, a multiple of the rows of register tiles.
    static final int BLOCK = 24;

    /// Distance of the matrices of a block, beyond their size: one cache line, or else all would
    /// begin in the same few sets of the cache.
    static final int GAP = 16;

    /// Channels come in multiples of this, the longest vector.
    private static final int CHANNELS = 16;

    private final Machine machine;
    private final WinogradForm form;
    private final WinogradTiles tiles;
    private final int in;
    private final int out;
    private final WinogradFilters filters;
    private final WinogradWindow read;
    private final WinogradWindow write;
    private final FixedForm productForm;
    private final FixedProduct product;
    private final Bias bias;
    private final Threads.Body convolve = this::convolve;
    private final int padded;
    private final int vStep;
    private final int mStep;

    // Places in the workspace: transformed filters from its beginning on, memory of each worker.
    private final int own;
    private final int ownElements;

    // The operands of the run in progress.
    private float[] x = new float[0];
    private float[] y = new float[0];
    private int xOffset;
    private int yOffset;

    private WinogradConvolution(Machine machine, WinogradTiles tiles) {
        this.machine = machine;
        this.tiles = tiles;
        form = tiles.form();
        in = tiles.images().channels();
        out = tiles.outputs().channels();
        int lanes = machine.tiles().lanes();
        var tile = machine.tiles().formFor(out);
        int columns = tile.columns();
        padded = Math.ceilDiv(out, columns) * columns;
        vStep = BLOCK * in + GAP;
        mStep = BLOCK * padded + GAP;
        int workers = machine.threads().size();
        own = WinogradFilters.elements(form, in, out, columns);
        ownElements =
                form.products() * (vStep + mStep)
                        + WinogradWindow.scratchElements(form, lanes, Math.max(in, out));
        machine.workspace().reserve(own + (long) workers * ownElements);
        bias = new Bias(out);
        filters = new WinogradFilters(machine, form, in, out, columns, 0, own);
        read = window(tiles.images(), form.patch(), false, vStep);
        write = window(tiles.outputs(), form.result(), true, mStep);
        productForm = FixedForm.ofPanels(tile, in, padded);
        product = machine.tiles().product(productForm);
    }

    private WinogradWindow window(PixelGrid grid, Matrix matrix, boolean toImage, int step) {
        return new WinogradWindow(machine.tiles(), grid, matrix, toImage, step);
    }

    /// Prepares `(x, w) → y` for images and filters that fit `spec`.
    ///
    /// @throws IllegalArgumentException if the form does not serve these shapes
    public static WinogradConvolution of(
            Machine machine, WinogradForm form, ConvolutionSpec spec, Shape images, Shape filters) {
        requireServed(spec, filters);
        return new WinogradConvolution(machine, WinogradTiles.of(form, spec, images, filters));
    }

    static void requireServed(ConvolutionSpec spec, Shape filters) {
        require(
                serves(spec, filters),
                "convolution: %s, filters %s (expected: stride 1, 3x3, channels in multiples of"
                        + " %d)",
                spec,
                filters,
                CHANNELS);
    }

    /// Whether Winograd's forms compute such convolutions at all: 3x3 filters that move by single
    /// pixels, channels that fill vectors.
    static boolean serves(ConvolutionSpec spec, Shape filters) {
        boolean plain = spec.equals(new ConvolutionSpec(1, 1, 1, 1, spec.padding(), 1));
        boolean square = filters.dim(0) == 3 && filters.dim(1) == 3;
        return plain && square && filters.dim(2) % CHANNELS == 0 && filters.dim(3) % CHANNELS == 0;
    }

    /// The form for such a convolution, `wanted` if it saves at least a third of the products and
    /// the filters' transforms are shared by enough tiles; a function of the shapes alone.
    public static Optional<WinogradForm> choose(
            Optional<WinogradForm> wanted, ConvolutionSpec spec, Shape images, Shape filters) {
        if (wanted.isEmpty() || !serves(spec, filters)) return Optional.empty();
        var tiles = WinogradTiles.of(wanted.get(), spec, images, filters);
        long products = (long) tiles.count() * wanted.get().products();
        long direct = 9L * tiles.batch() * tiles.outputs().rows() * tiles.outputs().columns();
        boolean pays = 3 * products <= 2 * direct && tiles.count() >= BLOCK;
        return pays ? wanted : Optional.empty();
    }

    /// Computes all of `y`; its region overlaps neither `x` nor `w`, though all may lie in one
    /// array.
    public void run(float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
        bias.clear();
        start(x, xOffset, w, wOffset, y, yOffset);
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
        start(x, xOffset, w, wOffset, y, yOffset);
    }

    private void start(float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
        this.x = x;
        this.xOffset = xOffset;
        this.y = y;
        this.yOffset = yOffset;
        filters.run(w, wOffset);
        machine.threads().forEach(Math.ceilDiv(tiles.count(), BLOCK), convolve);
    }

    private void convolve(int block, int worker) {
        int first = block * BLOCK;
        int count = Math.min(BLOCK, tiles.count() - first);
        var work = machine.workspace().array();
        int v = own + worker * ownElements;
        int m = v + form.products() * vStep;
        int scratch = m + form.products() * mStep;
        for (int q = 0; q < count; q++) {
            int tile = first + q;
            int from = xOffset + tiles.image(tile) * tiles.images().elements();
            int row = tiles.row(tile) - tiles.top();
            read.read(x, from, row, tiles.column(tile) - tiles.left(), work, v + q * in, scratch);
        }
        multiply(productForm.wholeTiles(count), v, m);
        for (int q = 0; q < count; q++) {
            int tile = first + q;
            int to = yOffset + tiles.image(tile) * tiles.outputs().elements();
            int from = m + q * padded;
            write.write(work, from, y, to, tiles.row(tile), tiles.column(tile), scratch);
            addBias(to, tiles.row(tile), tiles.column(tile));
        }
    }

    private void addBias(int to, int row, int column) {
        var grid = tiles.outputs();
        int lastRow = Math.min(grid.rows(), row + form.outputs());
        int pixels = Math.min(grid.columns() - column, form.outputs());
        for (int i = row; i < lastRow; i++) bias.apply(y, to + grid.at(i, column), pixels);
    }

    /// `[tile, in]` by `[in, out]`, for each element of the transformed patches.
    private void multiply(int rows, int v, int m) {
        var work = machine.workspace().array();
        for (int e = 0; e < form.products(); e++) {
            int filter = e * filters.elements();
            int to = m + e * mStep;
            product.run(work, v + e * vStep, in, work, filter, work, to, padded, rows, in);
        }
    }
}
