package motley.simulation;

import java.util.List;
import motley.rounds.Contribution;
import motley.rounds.Kind;
import motley.rounds.State;

/// How a hostile or broken device spoils an answer.
enum Poison {
    NONE,
    NOT_FINITE,
    HUGE_NORM,
    WRONG_COUNT,
    WRONG_SHAPE;

    /// At a fleet of at least three, of which one is hostile, wrong numbers must never be believed.
    /// A norm is known to be huge only once there are three to compare it with.
    private static final int ENOUGH = 3;

    /// Whether the loop in `state` can tell that the answer is spoilt.
    boolean isVisible(State state) {
        boolean isOutvoted = state.fleet().members() >= ENOUGH;
        return switch (this) {
            case NONE -> false;
            case NOT_FINITE, WRONG_COUNT, WRONG_SHAPE -> isOutvoted;
            case HUGE_NORM ->
                    isOutvoted
                            && state.pass().kind() == Kind.TRAIN
                            && state.settings().policy().ownTerms().isEmpty()
                            && state.norms().size() >= ENOUGH;
        };
    }

    Message.Answer spoil(Message.Answer good) {
        var contribution = good.contribution();
        var report = contribution.report();
        var inspection = contribution.inspection();
        double norm = inspection.norm();
        var seen =
                switch (this) {
                    case NONE, WRONG_COUNT -> inspection;
                    case NOT_FINITE -> new Contribution.Inspection(true, false, Double.NaN);
                    case HUGE_NORM -> new Contribution.Inspection(true, true, norm * 1e6);
                    case WRONG_SHAPE -> new Contribution.Inspection(false, true, norm);
                };
        int samples = report.samples() + (this == WRONG_COUNT ? 1 : 0);
        var said =
                new Contribution.Report(
                        samples, report.lossNatsSum(), report.correct(), report.compute());
        var spoilt = new Contribution(contribution.key(), said, seen, "spoilt");
        return new Message.Answer(spoilt, List.of(666L, 0L, 0L, 0L), good.computedAt(), NONE);
    }
}
