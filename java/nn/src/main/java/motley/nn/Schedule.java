package motley.nn;

import static motley.tensor.Require.require;

/// The learning rate, per step, as a function of the step.
public sealed interface Schedule {
    /// The rate of step number `step`.
    ///
    /// @param step 1 for the first; beyond `stepsTotal` the last rate goes on
    /// @param stepsTotal steps the run is planned to have, at least 1
    double rate(long step, long stepsTotal);

    /// The same rate always.
    record Constant(double rate) implements Schedule {
        public Constant {
            requireRate(rate);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            return rate;
        }
    }

    /// Rises in a straight line to `peak` in `warmUpSteps` steps, then falls along half a cosine
    /// towards `floor`.
    /// Source: Loshchilov & Hutter 2017, "SGDR", eq. 5. Differs: one period, after a warm-up.
    record Cosine(double peak, long warmUpSteps, double floor) implements Schedule {
        public Cosine {
            requireRate(peak);
            require(warmUpSteps >= 0, "warmUpSteps: %d (expected: at least 0)", warmUpSteps);
            require(
                    floor >= 0 && floor <= peak,
                    "floor: %s (expected: from 0 to the peak %s)",
                    floor,
                    peak);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            if (step <= warmUpSteps) return peak * step / warmUpSteps;
            double fallSteps = Math.max(1, stepsTotal - warmUpSteps);
            double progress = Math.min(1, (step - 1 - warmUpSteps) / fallSteps);
            return floor + (peak - floor) * (1 + Math.cos(Math.PI * progress)) / 2;
        }
    }

    private static void requireRate(double rate) {
        require(rate > 0 && rate < 1e6, "rate: %s (expected: above 0, below 10⁶)", rate);
    }
}
