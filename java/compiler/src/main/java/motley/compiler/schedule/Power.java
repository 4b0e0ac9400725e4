package motley.compiler.schedule;

import static motley.compiler.kernel.Primitive.ABS;
import static motley.compiler.kernel.Primitive.AND;
import static motley.compiler.kernel.Primitive.BITS;
import static motley.compiler.kernel.Primitive.EQ;
import static motley.compiler.kernel.Primitive.FMA;
import static motley.compiler.kernel.Primitive.INT_LT;
import static motley.compiler.kernel.Primitive.LT;
import static motley.compiler.kernel.Primitive.MUL;
import static motley.compiler.kernel.Primitive.NE;
import static motley.compiler.kernel.Primitive.NEG;
import static motley.compiler.kernel.Primitive.NOT;
import static motley.compiler.kernel.Primitive.OR;
import static motley.compiler.kernel.Primitive.SELECT;

/// IEEE 754 `pow`, but that NaN is never ignored unless `y` is 0, as in `StrictMath.pow`.
final class Power {
    private final NodeList n;
    private final Elementary elementary;

    Power(NodeList nodes, Elementary elementary) {
        this.n = nodes;
        this.elementary = elementary;
    }

    int apply(int x, int y) {
        int size = n.apply(ABS, x);
        int result = ofPositive(size, y);
        int whole = n.apply(EQ, elementary.floor(y), y);
        int half = n.apply(MUL, y, n.number(0.5));
        int odd = n.apply(AND, whole, n.apply(NE, elementary.floor(half), half));
        int sign = n.apply(INT_LT, n.apply(BITS, x), n.integer(0));
        int signed = n.apply(SELECT, n.apply(AND, sign, odd), n.apply(NEG, result), result);
        int finite = n.apply(LT, size, n.number(Float.POSITIVE_INFINITY));
        int below = n.apply(AND, finite, n.apply(LT, x, n.number(0)));
        int undefined = n.apply(AND, below, n.apply(NOT, whole));
        int real = n.apply(SELECT, undefined, n.number(Float.NaN), signed);
        int xNaN = n.apply(NE, x, x);
        int anyNaN = n.apply(OR, xNaN, n.apply(NE, y, y));
        int kept = n.apply(SELECT, anyNaN, n.number(Float.NaN), real);
        return n.apply(SELECT, n.apply(EQ, y, n.number(0)), n.number(1), kept);
    }

    private int ofPositive(int size, int y) {
        var logarithm = elementary.preciseLog(size);
        int high = n.apply(MUL, y, logarithm.high());
        int lost = n.apply(FMA, y, logarithm.high(), n.apply(NEG, high));
        int low = n.apply(FMA, y, logarithm.low(), lost);
        int regular = elementary.preciseExp(new Elementary.Pair(high, low));
        int infinity = n.number(Float.POSITIVE_INFINITY);
        int rising = n.apply(LT, n.number(0), y);
        int atInfinity = n.apply(SELECT, rising, infinity, n.number(0));
        int atZero = n.apply(SELECT, rising, n.number(0), infinity);
        int finite = n.apply(SELECT, n.apply(EQ, size, infinity), atInfinity, regular);
        int any = n.apply(SELECT, n.apply(EQ, size, n.number(0)), atZero, finite);
        return byInfinity(size, y, any);
    }

    /// `size^±∞`: 0 or ∞, NaN for 1.
    private int byInfinity(int size, int y, int otherwise) {
        int infinity = n.number(Float.POSITIVE_INFINITY);
        int endless = n.apply(EQ, n.apply(ABS, y), infinity);
        int growing = n.apply(LT, n.number(1), size);
        int rising = n.apply(LT, n.number(0), y);
        int both = n.apply(AND, growing, rising);
        int neither = n.apply(NOT, n.apply(OR, growing, rising));
        int limit = n.apply(SELECT, n.apply(OR, both, neither), infinity, n.number(0));
        int one = n.apply(EQ, size, n.number(1));
        int value = n.apply(SELECT, one, n.number(Float.NaN), limit);
        return n.apply(SELECT, endless, value, otherwise);
    }
}
