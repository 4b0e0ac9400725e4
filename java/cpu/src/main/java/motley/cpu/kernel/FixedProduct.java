package motley.cpu.kernel;

/// A product of small matrices whose sizes are literals in its code, which takes the cost of a
/// register tile beside its multiplications from a third to a tenth where sums are short.
///
/// For `i` in `[0, rows)`, panels `p` of the form and columns `j` of a panel:
///
/// ```
/// c[cOffset + i·cRow + p·columns + j] = start
///     + Σ_k a[aOffset + i·aRow + k·aStep]·b[bOffset + p·panel + k·bStep + j]    k in [0, length)
/// ```
///
/// `start` is 0 or, in an adding form, what is in `c`. Each element is one chain of fused
/// multiply-adds from `start` in increasing `k`: the bits of a [Tile]. `rows` is a multiple of the
/// form's, so callers leave room for whole tiles. A form that has a `cRow` or a `length` of its own
/// ignores the argument, which then must equal it. `c` may be the array that holds `a` or `b`,
/// elsewhere in it.
interface FixedProduct {
    void run(
            float[] a,
            int aOffset,
            int aRow,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cRow,
            int rows,
            int length);
}
