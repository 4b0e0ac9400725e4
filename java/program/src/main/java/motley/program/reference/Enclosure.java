package motley.program.reference;

import static motley.tensor.Require.require;

import motley.tensor.DType;

/// A tensor known up to an error: each element lies within `radius` of that of `center`. An
/// infinite radius says nothing.
///
/// @param center values of any element type
/// @param radius f32, of the shape of `center`, none negative
public record Enclosure(Values center, Values radius) {
    public Enclosure {
        require(
                radius.type().equals(center.type().with(DType.F32)),
                "radius: %s (expected: f32 and the shape of %s)",
                radius.type(),
                center.type());
    }

    public static Enclosure exact(Values values) {
        return new Enclosure(values, Values.filled(values.type().with(DType.F32), 0));
    }

    /// Whether `value` may be the element at `position`. NaN is where NaN is expected and nowhere
    /// else.
    public boolean contains(int position, double value) {
        double expected = center.get(position);
        double allowed = radius.get(position);
        return allowed == Double.POSITIVE_INFINITY
                || Double.compare(value, expected) == 0
                || Math.abs(value - expected) <= allowed;
    }

    /// The largest of the values meant, element by element.
    Values high() {
        return center.zip(radius, Double::sum);
    }

    /// The smallest of the values meant, element by element.
    Values low() {
        return center.zip(radius, (x, r) -> x - r);
    }

    /// The largest magnitude of the values meant, element by element.
    Values magnitude() {
        return center.zip(radius, (x, r) -> Math.abs(x) + r).as(radius.type());
    }
}
