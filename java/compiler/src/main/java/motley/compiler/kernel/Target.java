package motley.compiler.kernel;

import static motley.tensor.Require.require;

/// What a plan has to know of the machine it is for.
///
/// @param alignment buffers begin at multiples of this many elements of their arena
/// @param pieceElements arenas are made of pieces of this size, and no buffer lies in two of them;
///     a multiple of `alignment`
/// @param gathersRows whether loops and folds over the same rows become [Kernel.Rows]
public record Target(int alignment, long pieceElements, boolean gathersRows) {
    /// The JVM: one array is an arena, and a core keeps rows in its cache.
    public static final Target JVM = new Target(Layout.ALIGNMENT, Long.MAX_VALUE, true);

    public Target {
        require(alignment >= 1, "alignment: %d (expected: at least 1)", alignment);
        require(
                pieceElements >= alignment,
                "pieceElements: %d (expected: at least %d)",
                pieceElements,
                alignment);
    }
}
