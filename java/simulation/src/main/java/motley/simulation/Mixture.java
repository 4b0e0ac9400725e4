package motley.simulation;

import java.util.SplittableRandom;
import motley.rounds.TrustPolicy;

/// Which numeric classes the devices of an attacked training are of, and how far those agree.
///
/// Devices of one class compute the same bits. Others differ by a few roundings: each element by
/// [#SPREAD] of itself, which is what the JVM's engine and the reference differ by.
///
/// @param classTolerance what the training takes for the same
public record Mixture(Layout layout, double classTolerance) {
    /// All of one class.
    public static final Mixture ONE = of(Layout.ONE);

    private static final double SPREAD = 3e-6;

    /// Who is of which class.
    public enum Layout {
        /// All of one.
        ONE,
        /// Two, alternately; so there are hostile devices in both.
        TWO,
        /// The hostile ones have a class that nobody else has.
        HOSTILE_APART,
        /// Every device has its own.
        SCATTERED
    }

    /// With the usual tolerance.
    public static Mixture of(Layout layout) {
        return new Mixture(layout, TrustPolicy.OFF.classTolerance());
    }

    String classOf(int device, boolean isHostile) {
        return switch (layout) {
            case ONE -> "jvm";
            case TWO -> device % 2 == 0 ? "jvm" : "webgpu";
            case HOSTILE_APART -> isHostile ? "odd" : "jvm";
            case SCATTERED -> "class-" + device;
        };
    }

    /// `exact` as devices of `numericClass` compute it.
    ///
    /// @param task tells it from other tasks
    float[] computed(float[] exact, String numericClass, long task) {
        if (numericClass.equals("jvm")) return exact;
        var random = new SplittableRandom(task * 31 + numericClass.hashCode());
        var result = new float[exact.length];
        for (int j = 0; j < result.length; j++) {
            result[j] = (float) (exact[j] * (1 + SPREAD * random.nextDouble(-1, 1)));
        }
        return result;
    }
}
