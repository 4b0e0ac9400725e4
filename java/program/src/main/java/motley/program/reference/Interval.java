package motley.program.reference;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// A number known up to an error: one element of an [Enclosure].
record Interval(double value, double radius) {
    static Interval of(Enclosure enclosure, int position) {
        return new Interval(enclosure.center().get(position), enclosure.radius().get(position));
    }

    boolean sure() {
        return radius == 0;
    }

    double high() {
        return value + radius;
    }

    double low() {
        return value - radius;
    }

    double magnitude() {
        return Math.abs(value) + radius;
    }

    /// The farthest that `f`, which increases or decreases throughout, gets from its value here.
    double spread(DoubleUnaryOperator f) {
        if (sure()) return 0;
        double center = f.applyAsDouble(value);
        double above = Math.abs(f.applyAsDouble(high()) - center);
        return Math.max(above, Math.abs(f.applyAsDouble(low()) - center));
    }

    /// The farthest that `f`, which for each operand increases or decreases throughout, gets from
    /// its value here: it does so at a corner.
    double spread(Interval other, DoubleBinaryOperator f) {
        if (sure() && other.sure()) return 0;
        double center = f.applyAsDouble(value, other.value);
        double farthest = 0;
        for (double x : new double[] {low(), high()}) {
            for (double y : new double[] {other.low(), other.high()}) {
                farthest = Math.max(farthest, Math.abs(f.applyAsDouble(x, y) - center));
            }
        }
        return farthest;
    }
}
