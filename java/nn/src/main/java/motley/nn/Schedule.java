package motley.nn;

import static motley.tensor.Require.require;

/// The learning rate, per step, as a function of the step. A step is one update of the parameters:
/// a round of a run, never a device's own count.
///
/// [Schedules] writes and reads them as text.
public sealed interface Schedule {
    /// The rate of step number `step`.
    ///
    /// @param step 1 for the first; beyond `stepsTotal` the last rate goes on
    /// @param stepsTotal steps the run is planned to have, at least 1
    double rate(long step, long stepsTotal);

    /// The same rate always.
    record Constant(double rate) implements Schedule {
        public Constant {
            requireRate("rate", rate);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            return rate;
        }
    }

    /// `first·factorᵏ` after `k` times `everySteps` steps.
    record Stepwise(double first, long everySteps, double factor) implements Schedule {
        public Stepwise {
            requireRate("first", first);
            require(everySteps >= 1, "everySteps: %d (expected: at least 1)", everySteps);
            requireShare("factor", factor);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            long k = (Math.min(step, stepsTotal) - 1) / everySteps;
            return first * Math.pow(factor, (double) k);
        }
    }

    /// `first·factorˢ` after `s` steps.
    record Exponential(double first, double factor) implements Schedule {
        public Exponential {
            requireRate("first", first);
            requireShare("factor", factor);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            return first * Math.pow(factor, Math.min(step, stepsTotal) - 1.0);
        }
    }

    /// Falls from `peak` along half a cosine towards `floor`, which it reaches after the last step.
    /// Source: Loshchilov & Hutter 2017, "SGDR", eq. 5. Differs: one period.
    record Cosine(double peak, double floor) implements Schedule {
        public Cosine {
            requireRate("peak", peak);
            requireFloor(floor, peak);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            double progress = Math.min(1, (step - 1.0) / stepsTotal);
            return halfCosine(peak, floor, progress);
        }
    }

    /// As Keras' `CosineDecay`: a straight line from `start` to `peak` in `rise` steps, then half a
    /// cosine towards `floor`, which it reaches `fall` steps later and keeps, however many steps
    /// the run has.
    record FixedCosine(double peak, double floor, long fall, double start, long rise)
            implements Schedule {
        public FixedCosine {
            requireRate("peak", peak);
            requireFloor(floor, peak);
            require(fall >= 1, "over: %d (expected: at least 1)", fall);
            require(start >= 0 && start <= peak, "from: %s (expected: from 0 to the peak)", start);
            require(rise >= 0, "rise: %d (expected: at least 0)", rise);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            long done = Math.min(step - 1, fall + rise);
            if (done < rise) return start + (peak - start) * done / rise;
            return halfCosine(peak, floor, (double) (done - rise) / fall);
        }
    }

    /// Rises from `peak/25` to `peak` in the first three tenths of the steps, then falls to
    /// `peak/250 000` at the last, both along half a cosine.
    /// Source: Smith & Topin 2018, "Super-convergence", §3. Differs: cosines instead of straight
    /// lines, and a lower end, as in PyTorch.
    record OneCycle(double peak) implements Schedule {
        private static final double RISE = 0.3;
        private static final double FIRST = 1 / 25.0;
        private static final double LAST = FIRST / 1e4;

        public OneCycle {
            requireRate("peak", peak);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            double top = Math.max(0, RISE * stepsTotal - 1); // where the peak is, counted from 0
            double s = Math.min(step, stepsTotal) - 1.0;
            if (s <= top) return top == 0 ? peak : halfCosine(peak * FIRST, peak, s / top);
            return halfCosine(peak, peak * LAST, (s - top) / (stepsTotal - 1 - top));
        }
    }

    /// Rises in a straight line to the first rate of `then` in `steps` steps, then goes on with
    /// `then` and the steps that are left.
    /// Source: Goyal et al. 2017, "Accurate, large minibatch SGD", §2.2.
    record WarmUp(long steps, Schedule then) implements Schedule {
        public WarmUp {
            require(steps >= 0, "steps: %d (expected: at least 0)", steps);
        }

        @Override
        public double rate(long step, long stepsTotal) {
            long rest = Math.max(1, stepsTotal - steps);
            if (step <= steps) return then.rate(1, rest) * step / steps;
            return then.rate(step - steps, rest);
        }
    }

    /// From `from` at 0 to `to` at 1.
    private static double halfCosine(double from, double to, double progress) {
        return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
    }

    private static void requireRate(String name, double rate) {
        require(rate > 0 && rate < 1e6, "%s: %s (expected: above 0, below 10⁶)", name, rate);
    }

    private static void requireFloor(double floor, double peak) {
        boolean holds = floor >= 0 && floor <= peak;
        require(holds, "floor: %s (expected: from 0 to the peak %s)", floor, peak);
    }

    private static void requireShare(String name, double value) {
        require(value > 0 && value <= 1, "%s: %s (expected: above 0, at most 1)", name, value);
    }
}
