package motley.program.reference;

import static motley.tensor.Require.require;

import java.util.Optional;

/// How exactly an engine computes, as [ErrorBound] needs to know it.
///
/// @param unit relative error of one rounding
/// @param functionUlps error of exp, log and the like in units in the last place. Division and
///     square root count among them, because not every device rounds them correctly
/// @param tiny absolute error by underflow: the smallest normal number where smaller ones are
///     flushed to zero
/// @param largest the largest finite number
/// @param tiles how 3x3 convolutions are transformed, if they are
public record Accuracy(
        double unit, double functionUlps, double tiny, double largest, Optional<Tiles> tiles) {
    public static final Accuracy FLOAT32 =
            new Accuracy(0x1p-24, 4, Float.MIN_NORMAL, Float.MAX_VALUE, Optional.empty());

    /// That of [Reference] itself, for what is derived from its results.
    public static final Accuracy FLOAT64 =
            new Accuracy(0x1p-53, 4, Double.MIN_NORMAL, Double.MAX_VALUE, Optional.empty());

    /// What float64 may round away in each operation of [Reference] and of the bound itself.
    static final double REFERENCE = 0x1p-52;

    public Accuracy {
        require(unit > 0 && unit < 0.5, "unit: %s (expected: in (0, 0.5))", unit);
        require(functionUlps >= 0.5, "functionUlps: %s (expected: at least 0.5)", functionUlps);
        require(tiny >= 0, "tiny: %s (expected: not negative)", tiny);
        require(largest > 0, "largest: %s (expected: positive)", largest);
    }

    /// Convolutions by transformed tiles, as Winograd's.
    ///
    /// @param outputs rows, and columns, of outputs in a tile
    /// @param amplification most by which transforms weigh the product of any pixel, tap and output
    ///     of a tile, signs left out
    /// @param roundings beyond those of a plain sum, on any path through the transforms
    public record Tiles(int outputs, double amplification, int roundings) {
        public Tiles {
            require(outputs >= 1, "outputs: %d (expected: at least 1)", outputs);
            require(amplification >= 1, "amplification: %s (expected: at least 1)", amplification);
            require(roundings >= 0, "roundings: %d (expected: not negative)", roundings);
        }
    }

    public Accuracy withTiles(Tiles some) {
        return new Accuracy(unit, functionUlps, tiny, largest, Optional.of(some));
    }

    /// Relative error of a function: an ulp is up to two units of rounding.
    double function() {
        return 2 * functionUlps * unit + REFERENCE;
    }

    /// Relative error of `n` roundings in a row, `γₙ = n·u / (1 - n·u)`.
    /// Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., lemma 3.1.
    double roundings(double n) {
        double error = n * (unit + REFERENCE);
        return error < 1 ? error / (1 - error) : Double.POSITIVE_INFINITY;
    }

    /// What `n` roundings, and as many underflows, may change in a sum of that magnitude. Exact
    /// without roundings; unbounded where some order of the terms may overflow on the way.
    double sum(double n, double magnitude) {
        if (n == 0) return 0;
        if (magnitude > largest) return Double.POSITIVE_INFINITY;
        return roundings(n) * magnitude + n * tiny;
    }
}
