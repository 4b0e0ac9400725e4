package motley.programs;

import static motley.tensor.Require.require;

import motley.program.reference.Accuracy;

/// What random programs should be like.
///
/// @param equations how many to aim at, at least 1
/// @param extents how large its values may be
/// @param magnitudeMax every value stays below this
/// @param wiggle each f32 operand may move by this without crossing a kink: 0 for programs that
///     are only evaluated, a difference quotient's step for those that are differentiated
/// @param radiusMax error bound of every value, relative to `1 + |value|`: so that no comparison is
///     left open and no bound says nothing
/// @param accuracy of the engine whose errors are bounded
public record Options(
        int equations,
        Extents extents,
        double magnitudeMax,
        double wiggle,
        double radiusMax,
        Accuracy accuracy) {
    public Options {
        require(equations >= 1, "equations: %d (expected: at least 1)", equations);
        require(wiggle >= 0, "wiggle: %s (expected: not negative)", wiggle);
    }

    /// For comparing an engine with the reference. Operands are often small multiples of 1/4, so
    /// that ties and exact zeros occur.
    public static Options forEngines() {
        return new Options(12, Extents.SMALL, 1e3, 0, 1e-3, Accuracy.FLOAT32);
    }

    /// For comparing an engine with the reference on values of several vectors and tiles. Long sums
    /// get large and their bounds wide.
    public static Options forLargeValues() {
        return new Options(3, Extents.LARGE, 1e5, 0, 1e-1, Accuracy.FLOAT32);
    }

    /// For comparing derivatives with difference quotients of steps up to 2⁻¹⁰. The bound on what
    /// such steps change keeps functions from bending so much that quotients say nothing.
    public static Options forDerivatives() {
        return new Options(
                6,
                new Extents(4, 5, 7, 4, 1 << 8, 1L << 20),
                1e2,
                0x1p-10,
                0x1p-6,
                Accuracy.FLOAT64);
    }

    public Options withEquations(int count) {
        return new Options(count, extents, magnitudeMax, wiggle, radiusMax, accuracy);
    }

    /// Whether the operands of the programs move.
    boolean smooth() {
        return wiggle > 0;
    }
}
