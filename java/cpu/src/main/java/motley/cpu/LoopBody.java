package motley.cpu;

/// What generated code implements: a fused loop or fold over part of its outermost axis.
interface LoopBody {
    /// Computes the points whose outermost index is in `[from, to)`.
    ///
    /// @param f the float arena
    /// @param i the int arena
    /// @param starts where in its arena each load and each store begins, in the order of the
    ///     kernel; then the kernel's [LaneMaps]
    void run(float[] f, int[] i, int[] starts, int from, int to);
}
