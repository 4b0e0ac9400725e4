package motley.simulation;

import java.util.Arrays;
import java.util.SplittableRandom;

/// What a hostile device makes of a task. Those that know what others answer know all of it, which
/// is more than any device can: they are the worst case.
public enum Attack {
    /// Nobody is hostile.
    NONE("the gradient, as asked"),
    /// Descent becomes ascent.
    SIGN_FLIP("the gradient times −10"),
    /// Large numbers.
    NOISE("the gradient and noise, ten times as long"),
    /// A run that adds these has lost everything.
    NOT_FINITE("NaN"),
    /// Looks right in every number.
    LABEL_FLIP("the gradient for labels 9 − y"),
    /// Source: Xie, Koyejo, Gupta, *Fall of Empires* (2020), with ε = 0.6.
    INNER_PRODUCT("minus 0.6 times the mean of the honest ones"),
    /// Hides within the spread of the honest ones. Source: Baruch, Baruch, Goldberg, *A Little Is
    /// Enough* (2019), with z = 1.
    LITTLE_IS_ENOUGH("the honest mean minus the honest deviation, element by element"),
    /// Of rounds long past.
    REPLAY("its first answer, again and again"),
    /// What a device would send that could read what another one sent.
    COPY("the answer to another task of the round"),
    /// No work, all the credit.
    ZEROS("zeros"),
    /// Hides within what numeric classes may differ by.
    LITTLE_NOISE("the gradient and noise, a two-thousandth as long"),
    /// Takes tasks and keeps them.
    SLOW_LORIS("nothing, until its lease has expired");

    private static final double SIGN = -10;
    private static final double NOISE_FACTOR = 10;
    private static final double LITTLE_NOISE_FACTOR = 0.0005;
    private static final double INNER = -0.6;

    private final String answer;

    Attack(String answer) {
        this.answer = answer;
    }

    /// In words.
    public String answer() {
        return answer;
    }

    /// What an attacker may use.
    static final class Knowledge {
        final float[] honest;
        final float[] flipped;
        final float[] other;
        final float[] first;
        final float[][] all;

        /// @param honest its own gradient sum, honestly computed
        /// @param flipped the same with labels turned round
        /// @param other the honest answer to another task
        /// @param first its first answer
        /// @param all gradient sums of all tasks of the round
        Knowledge(float[] honest, float[] flipped, float[] other, float[] first, float[][] all) {
            this.honest = honest;
            this.flipped = flipped;
            this.other = other;
            this.first = first;
            this.all = all;
        }
    }

    /// The sum of gradients it sends.
    float[] forge(Knowledge known, SplittableRandom random) {
        return switch (this) {
            case NONE, SLOW_LORIS -> known.honest;
            case SIGN_FLIP -> scaled(known.honest, SIGN);
            case NOISE -> noisy(known.honest, NOISE_FACTOR, random);
            case LITTLE_NOISE -> noisy(known.honest, LITTLE_NOISE_FACTOR, random);
            case NOT_FINITE -> filled(known.honest.length, Float.NaN);
            case LABEL_FLIP -> known.flipped;
            case INNER_PRODUCT -> scaled(mean(known.all), INNER);
            case LITTLE_IS_ENOUGH -> little(known.all);
            case REPLAY -> known.first;
            case COPY -> known.other;
            case ZEROS -> filled(known.honest.length, 0);
        };
    }

    private static float[] scaled(float[] vector, double factor) {
        var result = new float[vector.length];
        for (int j = 0; j < result.length; j++) result[j] = (float) (factor * vector[j]);
        return result;
    }

    private static float[] filled(int length, float value) {
        var result = new float[length];
        Arrays.fill(result, value);
        return result;
    }

    private static float[] noisy(float[] vector, double factor, SplittableRandom random) {
        double squares = 0;
        for (float value : vector) squares += (double) value * value;
        double deviation = factor * Math.sqrt(squares / vector.length);
        var result = new float[vector.length];
        for (int j = 0; j < result.length; j++) {
            result[j] = (float) (vector[j] + deviation * random.nextGaussian());
        }
        return result;
    }

    private static float[] mean(float[][] all) {
        var result = new float[all[0].length];
        for (int j = 0; j < result.length; j++) {
            double sum = 0;
            for (var each : all) sum += each[j];
            result[j] = (float) (sum / all.length);
        }
        return result;
    }

    private static float[] little(float[][] all) {
        var result = mean(all);
        for (int j = 0; j < result.length; j++) {
            double squares = 0;
            for (var each : all) squares += Math.pow(each[j] - result[j], 2);
            result[j] -= (float) Math.sqrt(squares / all.length);
        }
        return result;
    }
}
