package motley.cpu.kernel;

/// The matrices of Winograd's minimal filtering `F(m×m, 3×3)`: a tile of `m×m` outputs is
/// `Y = Aᵀ·[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]·A` of its patch `d` of `n×n` pixels, `n = m + 2`, and the filter
/// `g`. So `n²` products stand for `9·m²`.
///
/// Its adjoints use the same matrices: `dd = B·[U ⊙ (A·dY·Aᵀ)]·Bᵀ` and
/// `dg = Gᵀ·[V ⊙ (A·dY·Aᵀ)]·G` with `U = G·g·Gᵀ` and `V = Bᵀ·d·B`.
///
/// Source: Lavin and Gray 2016, "Fast algorithms for convolutional neural networks", §4.
public enum WinogradForm {
    /// 16 products for 36; nearly as exact as a direct sum.
    F2(
            2,
            Matrix.of(4, 1, 0, -1, 0, 0, 1, 1, 0, 0, -1, 1, 0, 0, 1, 0, -1),
            Matrix.of(3, 1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1),
            Matrix.of(4, 1, 1, 1, 0, 0, 1, -1, -1)),

    /// 36 products for 144; loses about 3 bits.
    F4(
            4,
            Matrix.of(
                    6, 4, 0, -5, 0, 1, 0, 0, -4, -4, 1, 1, 0, 0, 4, -4, -1, 1, 0, 0, -2, -1, 2, 1,
                    0, 0, 2, -1, -2, 1, 0, 0, 4, 0, -5, 0, 1),
            Matrix.of(
                    3, 1 / 4.0, 0, 0, -1 / 6.0, -1 / 6.0, -1 / 6.0, -1 / 6.0, 1 / 6.0, -1 / 6.0,
                    1 / 24.0, 1 / 12.0, 1 / 6.0, 1 / 24.0, -1 / 12.0, 1 / 6.0, 0, 0, 1),
            Matrix.of(
                    6, 1, 1, 1, 1, 1, 0, 0, 1, -1, 2, -2, 0, 0, 1, 1, 4, 4, 0, 0, 1, -1, 8, -8, 1));

    /// Roundings on any path through the transforms of operands and result, and where tiles
    /// overlap; the sum of products comes on top.
    public static final int ROUNDINGS = 32;

    private final int outputs;
    private final Matrix patch;
    private final Matrix filter;
    private final Matrix result;

    WinogradForm(int outputs, Matrix patch, Matrix filter, Matrix result) {
        this.outputs = outputs;
        this.patch = patch;
        this.filter = filter;
        this.result = result;
    }

    /// `m`: rows, and columns, of outputs in a tile.
    public int outputs() {
        return outputs;
    }

    /// `n`: rows, and columns, of pixels under a tile.
    int pixels() {
        return outputs + 2;
    }

    /// Products for each pair of channels of a tile, `n²`.
    int products() {
        return pixels() * pixels();
    }

    /// `Bᵀ`, `[n, n]`.
    Matrix patch() {
        return patch;
    }

    /// `G`, `[n, 3]`.
    Matrix filter() {
        return filter;
    }

    /// `Aᵀ`, `[m, n]`.
    Matrix result() {
        return result;
    }

    /// The largest weight, signs left out, of the product of any output, pixel and tap of a tile.
    public double amplification() {
        double most = 0;
        for (int i = 0; i < outputs; i++) {
            for (int q = 0; q < pixels(); q++) {
                for (int r = 0; r < 3; r++) most = Math.max(most, weight(i, q, r));
            }
        }
        return most * most;
    }

    /// That of one dimension.
    private double weight(int output, int pixel, int tap) {
        double sum = 0;
        for (int k = 0; k < pixels(); k++) {
            sum += Math.abs(result.at(output, k) * patch.at(k, pixel) * filter.at(k, tap));
        }
        return sum;
    }
}
