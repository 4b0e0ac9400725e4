package motley.programs;

import static motley.tensor.Require.require;

/// How large the values of a random program may be.
///
/// @param rankMax axes of a param
/// @param dimMax elements along one axis of a param
/// @param sideMax rows, and columns, of an image
/// @param channelsMax of an image, and of what a convolution makes of it
/// @param elementsMax elements of one value
/// @param flopsMax of one equation: the reference is slow
public record Extents(
        int rankMax, int dimMax, int sideMax, int channelsMax, int elementsMax, long flopsMax) {
    /// Many shapes in little time: nothing is longer than a vector.
    public static final Extents SMALL = new Extents(4, 5, 7, 4, 1 << 10, 1L << 20);

    /// Several vectors, tiles and threads, with a rest of each.
    public static final Extents LARGE = new Extents(6, 300, 24, 70, 1 << 15, 1L << 22);

    public Extents {
        require(sideMax >= 3, "sideMax: %d (expected: at least 3)", sideMax);
        require(elementsMax >= 64, "elementsMax: %d (expected: at least 64)", elementsMax);
    }
}
