package motley.compiler.schedule;

import static motley.compiler.kernel.Primitive.ABS;
import static motley.compiler.kernel.Primitive.ADD;
import static motley.compiler.kernel.Primitive.BITS;
import static motley.compiler.kernel.Primitive.DIV;
import static motley.compiler.kernel.Primitive.EQ;
import static motley.compiler.kernel.Primitive.FMA;
import static motley.compiler.kernel.Primitive.FROM_BITS;
import static motley.compiler.kernel.Primitive.INT_ADD;
import static motley.compiler.kernel.Primitive.INT_AND;
import static motley.compiler.kernel.Primitive.INT_EQ;
import static motley.compiler.kernel.Primitive.INT_OR;
import static motley.compiler.kernel.Primitive.INT_SUB;
import static motley.compiler.kernel.Primitive.LE;
import static motley.compiler.kernel.Primitive.LT;
import static motley.compiler.kernel.Primitive.MAX;
import static motley.compiler.kernel.Primitive.MIN;
import static motley.compiler.kernel.Primitive.MUL;
import static motley.compiler.kernel.Primitive.NEG;
import static motley.compiler.kernel.Primitive.SELECT;
import static motley.compiler.kernel.Primitive.SHIFT_LEFT;
import static motley.compiler.kernel.Primitive.SHIFT_RIGHT;
import static motley.compiler.kernel.Primitive.SQRT;
import static motley.compiler.kernel.Primitive.SUB;
import static motley.compiler.kernel.Primitive.TO_FLOAT;
import static motley.compiler.kernel.Primitive.TO_INT;

/// Transcendental functions composed of primitives, so that every renderer gives the same bits.
///
/// Method: reduce the argument, evaluate a polynomial in Horner form with fused multiply-add, undo
/// the reduction. Polynomials are minimax in the relative error of the function, fitted in 40-digit
/// arithmetic by iteratively reweighted least squares (Lawson). Errors are those `ElementaryTest`
/// measures against float64, in units in the last place of the exact result.
/// Source of the reductions: Muller, Elementary Functions, 3rd ed., chapters 11 and 12.
final class Elementary {
    /// Adding and subtracting it rounds a float below 2²² to an integer.
    private static final double ROUNDER = 0x1.8p23;

    /// ln 2 with 16 significant bits, so that its product with an exponent is exact, and the rest.
    private static final double LN2_HIGH = 0.693145751953125;

    private static final double LN2_LOW = 1.4286068e-06;

    private static final double[] EXPM1 = {
        0.00019915623, 0.0013942046, 0.00833327, 0.041666344, 0.16666667, 0.5
    };
    private static final double[] LOG = {
        0.067466386,
        -0.11675651,
        0.11888163,
        -0.12405589,
        0.14219552,
        -0.16667996,
        0.20002119,
        -0.2500001,
        0.33333313
    };
    private static final double[] ATANH = {0.235826, 0.28537285, 0.40000334, 0.6666666};
    private static final double[] SIN = {2.7175645e-06, -0.00019839256, 0.008333329, -0.16666667};
    private static final double[] COS = {2.4431205e-05, -0.0013887306, 0.041666646};
    private static final double[] ERF_SMALL = {
        7.889123e-05, -0.0008020842, 0.0051895357, -0.026854444, 0.112836, -0.37612626, 0.12837917
    };
    /// Of `e^(t²)·erfc(t)` for `t` in `[1, 3.95]`, with the weight `e^(-t²)`.
    private static final double[] ERF_LARGE = {
        -0.00038888178,
        0.0060050962,
        -0.040998012,
        0.16413318,
        -0.4316788,
        0.792594,
        -1.0482101,
        0.98612714
    };

    private final NodeList n;

    Elementary(NodeList nodes) {
        this.n = nodes;
    }

    /// A product of a whole number and ln 2 removed: `x = scale·ln 2 + rest`.
    private record Reduced(int scale, int rest) {}

    /// `e^x`.
    int exp(int x) {
        return expOfSum(clamp(x, -104, 89), n.number(0));
    }

    /// `e^(x + low)` for `x` in `[-104, 89]` and `low` below its last place or so.
    private int expOfSum(int x, int low) {
        var reduced = reduceByLn2(x);
        int r = n.apply(ADD, reduced.rest, low);
        int tail = horner(r, EXPM1);
        int y = n.apply(ADD, n.apply(FMA, n.apply(MUL, r, r), tail, r), n.number(1));
        int half = n.apply(SHIFT_RIGHT, reduced.scale, n.integer(1));
        int scaled = n.apply(MUL, y, powerOfTwo(half));
        return n.apply(MUL, scaled, powerOfTwo(n.apply(INT_SUB, reduced.scale, half)));
    }

    /// `e^x - 1`; the scale is halved, so that it is finite up to the largest result.
    int expm1(int x) {
        var reduced = reduceByLn2(clamp(x, -30, 89));
        int r = reduced.rest;
        int y = n.apply(FMA, n.apply(MUL, r, r), horner(r, EXPM1), r);
        int scale = powerOfTwo(n.apply(INT_SUB, reduced.scale, n.integer(1)));
        int less = n.apply(SUB, scale, n.number(0.5));
        int result = n.apply(MUL, n.apply(FMA, scale, y, less), n.number(2));
        return n.apply(SELECT, n.apply(EQ, x, n.number(0)), x, result);
    }

    private Reduced reduceByLn2(int x) {
        int shifted = n.apply(FMA, x, n.number(1 / Math.log(2)), n.number(ROUNDER));
        int count = n.apply(SUB, shifted, n.number(ROUNDER));
        int high = n.apply(FMA, count, n.number(-LN2_HIGH), x);
        int rest = n.apply(FMA, count, n.number(-LN2_LOW), high);
        int rounderBits = n.integer(Float.floatToRawIntBits((float) ROUNDER));
        return new Reduced(n.apply(INT_SUB, n.apply(BITS, shifted), rounderBits), rest);
    }

    /// `2^e` for whole `e` in `[-126, 127]`.
    private int powerOfTwo(int e) {
        int biased = n.apply(INT_ADD, e, n.integer(127));
        return n.apply(FROM_BITS, n.apply(SHIFT_LEFT, biased, n.integer(23)));
    }

    /// `x = m·2^e` with `m` in `[√½, √2)`, for positive finite `x`, subnormal ones too.
    private record Parts(int mantissa, int exponent) {}

    private Parts parts(int x) {
        int tiny = n.apply(LT, x, n.number(Float.MIN_NORMAL));
        // A GPU may take a subnormal number for 0; as an integer it counts units of 2⁻¹⁴⁹.
        int grown = n.apply(SELECT, tiny, n.apply(TO_FLOAT, n.apply(BITS, x)), x);
        int correction = n.apply(SELECT, tiny, n.number(-149), n.number(0));
        int bits = n.apply(BITS, grown);
        int root = n.integer(Float.floatToRawIntBits((float) Math.sqrt(0.5)));
        int e = n.apply(SHIFT_RIGHT, n.apply(INT_SUB, bits, root), n.integer(23));
        int m = n.apply(INT_SUB, bits, n.apply(SHIFT_LEFT, e, n.integer(23)));
        int exponent = n.apply(ADD, n.apply(TO_FLOAT, e), correction);
        return new Parts(n.apply(FROM_BITS, m), exponent);
    }

    /// Natural logarithm.
    int log(int x) {
        var parts = parts(x);
        int f = n.apply(SUB, parts.mantissa, n.number(1));
        int square = n.apply(MUL, f, f);
        int y = n.apply(MUL, n.apply(MUL, f, square), horner(f, LOG));
        y = n.apply(FMA, parts.exponent, n.number(LN2_LOW), y);
        y = n.apply(FMA, square, n.number(-0.5), y);
        int result = n.apply(FMA, parts.exponent, n.number(LN2_HIGH), n.apply(ADD, f, y));
        return outsideOfLog(x, result);
    }

    /// `result` for positive finite `x`; -∞ at 0, ∞ at ∞, NaN below 0 and at NaN.
    private int outsideOfLog(int x, int result) {
        int infinity = n.number(Float.POSITIVE_INFINITY);
        int finite = n.apply(SELECT, n.apply(LT, x, infinity), result, x);
        int zero = n.apply(EQ, x, n.number(0));
        int least = n.number(Float.NEGATIVE_INFINITY);
        int from0 = n.apply(SELECT, zero, least, finite);
        return n.apply(SELECT, n.apply(LT, x, n.number(0)), n.number(Float.NaN), from0);
    }

    /// `log(1 + x)`: the logarithm of the rounded sum, and what the rounding lost.
    int log1p(int x) {
        int u = n.apply(ADD, x, n.number(1));
        int lost = n.apply(SUB, x, n.apply(SUB, u, n.number(1)));
        int logarithm = log(u);
        int corrected = n.apply(ADD, logarithm, n.apply(DIV, lost, u));
        int large = n.apply(LE, n.number(0x1p24), u);
        int edge = n.apply(LE, u, n.number(0));
        int outer = n.apply(SELECT, large, logarithm, corrected);
        int whole = n.apply(SELECT, edge, logarithm, outer);
        return n.apply(SELECT, n.apply(EQ, u, n.number(1)), x, whole);
    }

    int tanh(int x) {
        int size = n.apply(MIN, n.apply(ABS, x), n.number(10));
        int e = expm1(n.apply(ADD, size, size));
        return withSignOf(x, n.apply(DIV, e, n.apply(ADD, e, n.number(2))));
    }

    int logistic(int x) {
        int e = exp(n.apply(NEG, n.apply(ABS, x)));
        int below = n.apply(ADD, e, n.number(1));
        int negative = n.apply(LT, x, n.number(0));
        return n.apply(DIV, n.apply(SELECT, negative, e, n.number(1)), below);
    }

    private int withSignOf(int x, int size) {
        int sign = n.apply(INT_AND, n.apply(BITS, x), n.integer(Integer.MIN_VALUE));
        return n.apply(FROM_BITS, n.apply(INT_OR, n.apply(BITS, size), sign));
    }

    /// The sine of -0 is -0.
    int sin(int x) {
        return n.apply(SELECT, n.apply(EQ, x, n.number(0)), x, sinAfterQuarters(x, 0));
    }

    int cos(int x) {
        return sinAfterQuarters(x, 1);
    }

    /// `sin(x + quarters·π/2)`, with π/2 in three parts; accurate for `|x|` up to 2¹⁷.
    private int sinAfterQuarters(int x, int quarters) {
        int shifted = n.apply(FMA, x, n.number(2 / Math.PI), n.number(ROUNDER));
        int count = n.apply(SUB, shifted, n.number(ROUNDER));
        int r = n.apply(FMA, count, n.number(-1.5707964f), x);
        r = n.apply(FMA, count, n.number(4.371139e-08f), r);
        r = n.apply(FMA, count, n.number(1.7151245e-15f), r);
        int square = n.apply(MUL, r, r);
        int odd = n.apply(FMA, n.apply(MUL, square, r), horner(square, SIN), r);
        int lower = n.apply(FMA, square, n.number(-0.5), n.number(1));
        int even = n.apply(FMA, n.apply(MUL, square, square), horner(square, COS), lower);
        int quadrant = n.apply(INT_ADD, n.apply(BITS, shifted), n.integer(quarters));
        int low = n.apply(INT_AND, quadrant, n.integer(1));
        int size = n.apply(SELECT, n.apply(INT_EQ, low, n.integer(0)), odd, even);
        int turned = n.apply(INT_AND, quadrant, n.integer(2));
        return n.apply(SELECT, n.apply(INT_EQ, turned, n.integer(0)), size, n.apply(NEG, size));
    }

    /// The bell `e^(-x²)` of large `x` is also the derivative's, which often is in the same loop.
    int erf(int x) {
        int t = n.apply(MIN, n.apply(ABS, x), n.number(3.95));
        int square = n.apply(MUL, x, x);
        int small = n.apply(FMA, t, horner(square, ERF_SMALL), t);
        int bell = exp(n.apply(NEG, square));
        int large = n.apply(FMA, n.apply(NEG, bell), horner(t, ERF_LARGE), n.number(1));
        int size = n.apply(SELECT, n.apply(LE, t, n.number(1)), small, large);
        return withSignOf(x, size);
    }

    /// The largest whole number not above `x`.
    int floor(int x) {
        int whole = n.apply(TO_FLOAT, n.apply(TO_INT, x));
        int down = n.apply(SELECT, n.apply(LT, x, whole), less1(whole), whole);
        int kept = n.apply(SELECT, n.apply(EQ, down, x), x, down);
        int fraction = n.apply(LT, n.apply(ABS, x), n.number(0x1p23));
        return n.apply(SELECT, fraction, kept, x);
    }

    private int less1(int x) {
        return n.apply(SUB, x, n.number(1));
    }

    int rsqrt(int x) {
        return n.apply(DIV, n.number(1), n.apply(SQRT, x));
    }

    int sign(int x) {
        int below = n.apply(SELECT, n.apply(LT, x, n.number(0)), n.number(-1), x);
        return n.apply(SELECT, n.apply(LT, n.number(0), x), n.number(1), below);
    }

    /// `x^y = e^(y·log x)` with the logarithm and the product in two floats each.
    int pow(int x, int y) {
        return new Power(n, this).apply(x, y);
    }

    /// Two floats whose sum is a more precise number.
    record Pair(int high, int low) {}

    /// `log x` for positive finite `x`, to about 2⁻³⁰ of itself.
    Pair preciseLog(int x) {
        var parts = parts(x);
        int f = n.apply(SUB, parts.mantissa, n.number(1));
        int d = n.apply(ADD, f, n.number(2));
        int dLow = n.apply(SUB, f, n.apply(SUB, d, n.number(2)));
        int s = n.apply(DIV, f, d);
        int minus = n.apply(NEG, s);
        int left = n.apply(FMA, minus, dLow, n.apply(FMA, minus, d, f));
        int sLow = n.apply(DIV, left, d);
        int square = n.apply(MUL, s, s);
        int tail = n.apply(MUL, n.apply(MUL, square, s), horner(square, ATANH));
        int low = n.apply(FMA, sLow, n.number(2), tail);
        low = n.apply(FMA, parts.exponent, n.number(LN2_LOW), low);
        int whole = n.apply(MUL, parts.exponent, n.number(LN2_HIGH));
        int twice = n.apply(ADD, s, s);
        int high = n.apply(ADD, whole, twice);
        int lost = n.apply(SUB, twice, n.apply(SUB, high, whole));
        return new Pair(high, n.apply(ADD, lost, low));
    }

    /// `e^(high + low)` for any `high`; `low` counts only where the result is neither 0 nor ∞.
    int preciseExp(Pair x) {
        int bounded = clamp(x.high, -110, 95);
        int inside = n.apply(EQ, bounded, x.high);
        return expOfSum(bounded, n.apply(SELECT, inside, x.low, n.number(0)));
    }

    /// NaN stays NaN.
    private int clamp(int x, double least, double most) {
        return n.apply(MAX, n.apply(MIN, x, n.number(most)), n.number(least));
    }

    /// `coefficients[0]·x^n + … + coefficients[n]`.
    private int horner(int x, double[] coefficients) {
        int y = n.number(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            y = n.apply(FMA, y, x, n.number(coefficients[i]));
        }
        return y;
    }
}
