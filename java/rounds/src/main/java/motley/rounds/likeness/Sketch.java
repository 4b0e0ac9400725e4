package motley.rounds.likeness;

import static motley.tensor.Require.require;

import java.util.Arrays;

/// A short linear image of a vector, to compare it by once the vector itself is gone. Two of one
/// [Sketcher] are as far apart as their vectors, give or take a tenth.
public final class Sketch {
    private final double[] buckets;

    /// @param buckets are copied
    public static Sketch of(double... buckets) {
        return new Sketch(buckets.clone());
    }

    private Sketch(double[] buckets) {
        this.buckets = buckets;
    }

    /// How far both vectors are apart, as a share of the longer one's norm: 0 for equal ones, at
    /// most 2, NaN where one is not finite.
    ///
    /// @throws IllegalArgumentException if they are not of the same size
    public double distance(Sketch other) {
        require(
                buckets.length == other.buckets.length,
                "sketch: %d buckets (expected: %d)",
                other.buckets.length,
                buckets.length);
        double apart = 0;
        double one = 0;
        double two = 0;
        for (int i = 0; i < buckets.length; i++) {
            double difference = buckets[i] - other.buckets[i];
            apart += difference * difference;
            one += buckets[i] * buckets[i];
            two += other.buckets[i] * other.buckets[i];
        }
        double longer = Math.max(one, two);
        return longer == 0 ? 0 : Math.sqrt(apart / longer);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sketch sketch && Arrays.equals(buckets, sketch.buckets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(buckets);
    }

    @Override
    public String toString() {
        return "sketch " + Integer.toHexString(hashCode());
    }
}
