package motley.cpu.kernel;

/// `Y = P·X·Pᵀ` with a constant `P` of `[m, n]`, on a vector of channels at once: what Winograd's
/// convolutions do to patches of images and to filters.
///
/// First `T[i, j] = Σ_k P[i, k]·X[k, j]`, then `Y[i, j] = Σ_k P[j, k]·T[i, k]`. A sum leaves out
/// zeros, begins with the terms whose coefficient is 1 and goes on with the others, each in
/// increasing `k`: the first term is a copy, a negation or a product, a later one is added,
/// subtracted, or fused into a multiply-add.
///
/// Element `[i, j]` of `X` is the vector at `fromOffset + i·fromRow + j·fromColumn` in `from`; that
/// of `Y` at `toOffset + i·toRow + j·toColumn` in `to`, which an adding transform adds to. Steps of
/// columns are those of the [TransformForm]. After each of `vectors` vectors, `fromOffset` moves on
/// by `fromStep` and `toOffset` by `toStep`. `T` takes `m·n` vectors of `scratch`.
interface Transform {
    void run(
            float[] from,
            int fromOffset,
            int fromRow,
            int fromStep,
            float[] to,
            int toOffset,
            int toRow,
            int toStep,
            float[] scratch,
            int scratchOffset,
            int vectors);
}
