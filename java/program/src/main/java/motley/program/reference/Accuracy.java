package motley.program.reference;

import static motley.tensor.Require.require;

/// How exactly an engine computes, as [ErrorBound] needs to know it.
///
/// @param unit relative error of one rounding
/// @param functionUlps error of exp, log and the like in units in the last place. Division and
///     square root count among them, because not every device rounds them correctly
/// @param tiny absolute error by underflow: the smallest normal number where smaller ones are
///     flushed to zero
/// @param largest the largest finite number
/// @param convolutionGrowth by which a convolution may exceed the bound of plain sums of products;
///     1 for those, more for algorithms that transform their operands
public record Accuracy(
        double unit, double functionUlps, double tiny, double largest, double convolutionGrowth) {
    public static final Accuracy FLOAT32 =
            new Accuracy(0x1p-24, 4, Float.MIN_NORMAL, Float.MAX_VALUE, 1);

    /// That of [Reference] itself, for what is derived from its results.
    public static final Accuracy FLOAT64 =
            new Accuracy(0x1p-53, 4, Double.MIN_NORMAL, Double.MAX_VALUE, 1);

    /// What float64 may round away in each operation of [Reference] and of the bound itself.
    static final double REFERENCE = 0x1p-52;

    public Accuracy {
        require(unit > 0 && unit < 0.5, "unit: %s (expected: in (0, 0.5))", unit);
        require(functionUlps >= 0.5, "functionUlps: %s (expected: at least 0.5)", functionUlps);
        require(tiny >= 0, "tiny: %s (expected: not negative)", tiny);
        require(largest > 0, "largest: %s (expected: positive)", largest);
        require(
                convolutionGrowth >= 1,
                "convolutionGrowth: %s (expected: at least 1)",
                convolutionGrowth);
    }

    public Accuracy withConvolutionGrowth(double growth) {
        return new Accuracy(unit, functionUlps, tiny, largest, growth);
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
