package motley.webgpu.wgsl;

/// A family of sums of products, `out[batch, row, col] = Σ_term left[batch, row, term]·right[batch,
/// term, col]`: what matrix products and convolutions have in common.
///
/// Each sum is one chain of multiply-adds from +0 over increasing terms.
interface Sums {
    /// What it is, for its name.
    String kind();

    Bindings bindings();

    int batches();

    int rows();

    int cols();

    /// Terms of the batch that has most.
    int terms();

    /// Terms of `batch`, as an expression of what [#begin] declares.
    default String termsOfBatch() {
        return Integer.toString(terms());
    }

    /// Declares what follows from `batch`, once in each function that knows it.
    default void begin(Wgsl to) {}

    /// Writes what walks over all terms for the rows `row0, row1, …` and the columns `col0, …` of
    /// `batch`, which are declared in rising order: statements before, then blocks that stay open.
    ///
    /// @return how many blocks are open
    int open(Wgsl to, int tileRows, int tileCols);

    /// The left factor of row `row<p>` inside of the open blocks.
    String left(int p);

    /// The right factor of column `col<q>` inside of the open blocks.
    String right(int q);

    /// Statements that end with a return of the left factor at `batch`, `row` and `term`.
    void leftFactor(Wgsl to);

    /// Statements that end with a return of the right factor at `batch`, `term` and `col`.
    void rightFactor(Wgsl to);

    /// Whether the left factors of neighbouring terms lie side by side, rather than those of rows.
    boolean leftByTerms();

    /// Whether the right factors of neighbouring terms lie side by side, rather than those of
    /// columns.
    boolean rightByTerms();

    /// Declares under names that end in `p` where the results of `row` lie.
    ///
    /// @return the condition under which there are any; empty if always
    String place(Wgsl to, String row, String p);

    /// Statements that store `sum`, the result at the place `p` and `col`.
    void store(Wgsl to, String p, String col, String sum);
}
