package motley.coordinator;

import static motley.tensor.Require.require;

import motley.nn.Optimizer;
import motley.rounds.Schedule;
import motley.rounds.Strategy;

/// What a strategy asks of the other settings of a run.
final class StrategyRules {
    /// Beside old answers more momentum than this does not converge: momentum 0.9 failed for two
    /// seeds of three, 0 trained as fast as waiting for all. Staleness is a momentum of its own, of
    /// about 1 - 1/n with n devices. Source: Mitliagkas et al., Asynchrony Begets Momentum (2016).
    static final double MOMENTUM_MAX = 0.5;

    /// What a run takes as optimizer that names none.
    static final String OPTIMIZER_USUAL = "adam";

    /// The same where answers may be old.
    static final String OPTIMIZER_ASYNC = "sgd:momentum=0";

    private StrategyRules() {}

    /// @throws IllegalArgumentException naming the setting that does not fit, and one that does
    static void requireFit(RunRequest request, Schedule schedule, Optimizer optimizer) {
        var strategy = request.strategy();
        if (!strategy.flows()) return;
        var precautions = request.crew().precautions();
        require(
                !precautions.audits() && !precautions.aggregation().isApart(),
                "strategy: %s beside audits or robust rules (expected: sync, whose rounds can be"
                        + " judged as a whole)",
                strategy.name());
        int tasks = schedule.slotsPerEpoch();
        require(
                strategy.k() <= tasks,
                "k: %d (expected: at most %d, the tasks of an epoch)",
                strategy.k(),
                tasks);
        double momentum = momentum(optimizer);
        require(
                strategy.staleness() == 0 || momentum <= MOMENTUM_MAX,
                "optimizer: momentum %s (expected: at most %s with async, where old answers are a"
                        + " momentum of their own: delayed-nesterov, %s with a learning rate up to"
                        + " %.0f times as high, or rmsprop)",
                momentum,
                MOMENTUM_MAX,
                OPTIMIZER_ASYNC,
                1 / (1 - Math.min(momentum, 0.9)));
    }

    /// The optimizer of a run that names none.
    static String usualOptimizer(Strategy strategy) {
        return strategy.staleness() > 0 ? OPTIMIZER_ASYNC : OPTIMIZER_USUAL;
    }

    /// The share of its last step that an optimizer takes again. Delayed momentum is felt once in
    /// many steps, when the answers that were out have come: it does not add to theirs.
    private static double momentum(Optimizer optimizer) {
        return switch (optimizer) {
            case Optimizer.Sgd sgd -> sgd.momentum();
            case Optimizer.Adam adam -> adam.beta1();
            case Optimizer.AdamW adamW -> adamW.beta1();
            case Optimizer.Lion lion -> lion.beta1();
            case Optimizer.RmsProp _, Optimizer.Adagrad _, Optimizer.DelayedNesterov _ -> 0;
            case Optimizer.KerasSgd sgd -> sgd.momentum();
            case Optimizer.KerasRmsProp rms -> rms.momentum();
            case Optimizer.KerasAdam adam -> adam.beta1();
            case Optimizer.Shrunk shrunk -> momentum(shrunk.inner());
            case Optimizer.ClippedEach clipped -> momentum(clipped.inner());
            case Optimizer.ClippedByNorm clipped -> momentum(clipped.inner());
            case Optimizer.ClippedByValue clipped -> momentum(clipped.inner());
            case Optimizer.Averaged averaged -> momentum(averaged.inner());
        };
    }
}
