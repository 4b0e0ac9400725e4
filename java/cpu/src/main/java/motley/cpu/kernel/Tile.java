package motley.cpu.kernel;

/// Sums of products, block by block in registers: the innermost loops of every contraction.
///
/// For `i` in `[0, rows)` and columns `j` of the tile's form:
///
/// ```
/// c[cOffset + i·cRow + j] = init[initOffset + i·initRow + j]
///     + Σ_o Σ_k a[aOffset + at[atOffset + i] + o·aOuter + k·aStep]
///              · b[bOffset + o·bOuter + k·bStep + j]    o in [0, outer), k in [0, length)
/// ```
///
/// `aStep` is that of the tile's form. A tile whose form has a `bStep` of its own ignores the
/// argument, which then must equal it.
///
/// Each element is one chain of fused multiply-adds that begins with `init` and goes through `o`,
/// then `k`, in increasing order. So its bits do not depend on the size of the tile, the width of
/// the vectors, or how callers divide the work; a chain may be continued by another call with
/// `init` = `c`.
///
/// `rows` is at least 1, and any: one call goes through as many blocks as it takes, because what a
/// call costs is felt where sums are short. If a block lacks rows, the last row stands for them: it
/// is computed again and stored to its own place again. `init` and `c` are one region or do not
/// overlap. Columns are always computed all. `c` may be the array that holds `a` or `b`, elsewhere
/// in it.
interface Tile {
    void run(
            float[] a,
            int aOffset,
            int[] at,
            int atOffset,
            int aOuter,
            float[] b,
            int bOffset,
            int bOuter,
            int bStep,
            float[] init,
            int initOffset,
            int initRow,
            float[] c,
            int cOffset,
            int cRow,
            int rows,
            int outer,
            int length);
}
