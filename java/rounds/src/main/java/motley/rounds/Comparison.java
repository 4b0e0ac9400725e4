package motley.rounds;

import motley.rounds.likeness.Likeness;

/// How two answers to one task stand to each other.
///
/// Of one numeric class they are equal to the last bit or one is wrong. Of two, they confirm each
/// other up to a tolerance, and one is wrong where they differ by a tenth of the norm, which no
/// arithmetic in float32 does in one gradient, or by half of it where one class rounds to half
/// floats. In between nothing is proven: ties that go the other way, and gradients that cancel,
/// part honest answers too.
///
/// @param tolerance between answers of different classes, as a share of the norm, where nothing
///     else is known; 0: they are not compared
/// @param isTelling whether large differences between classes prove anything: not after many steps
///     of a device's own, which make large ones of small ones
record Comparison(Likeness likeness, double tolerance, boolean isTelling) {
    /// A difference, as a share of the norm, that proves one of two answers of different classes
    /// wrong.
    private static final double WRONG = 0.1;

    /// The same where one class rounds operands to half floats: honest answers were 0.18 apart
    /// where gradients nearly cancelled, usually 0.001.
    private static final double WRONG_OF_HALF = 0.5;

    /// How names of classes end that round operands to half floats.
    private static final String HALF = "-half";

    /// With less loss a sample, in nats, gradients are differences of nearly equal numbers.
    private static final double TELLING_NATS = 1e-3;

    /// Losses are compared relative to no less than this, in nats a sample.
    private static final double LOSS_NATS_MIN = 0.1;

    /// Hits of two classes may differ by one, and by this share of the samples.
    private static final double HITS_SHARE = 0.01;

    enum Relation {
        /// One confirms the other.
        ALIKE,
        /// One of both must be wrong.
        UNLIKE,
        /// Nothing follows.
        OPEN
    }

    static Comparison of(Draft draft) {
        var policy = draft.settings.policy().trust();
        boolean isLocal =
                draft.kind == Kind.TRAIN
                        && draft.settings.schedule().isLocal(draft.position.round());
        return new Comparison(draft.trust.likeness(), policy.classTolerance(), !isLocal);
    }

    Relation relation(Ballot.Answer one, Ballot.Answer other) {
        if (one.numericClass().isEmpty() || other.numericClass().isEmpty()) return Relation.OPEN;
        if (one.isOfClass(other.numericClass())) {
            return one.equalsInBits(other) ? Relation.ALIKE : Relation.UNLIKE;
        }
        if (!meets(one.numericClass(), other.numericClass())) return Relation.OPEN;
        double distance = distance(one, other);
        double usual = likeness.tolerance(one.numericClass(), other.numericClass(), tolerance);
        boolean areHitsAlike = areHitsAlike(one, other);
        if (distance <= usual && areHitsAlike) return Relation.ALIKE;
        double wrong = isHalf(one) || isHalf(other) ? WRONG_OF_HALF : WRONG;
        boolean isWrong = distance >= wrong && isTelling && isLossTelling(one, other);
        return isWrong ? Relation.UNLIKE : Relation.OPEN;
    }

    private static boolean isHalf(Ballot.Answer answer) {
        return answer.numericClass().endsWith(HALF);
    }

    /// Whether answers of both classes are compared at all.
    boolean meets(String one, String other) {
        return !one.isEmpty()
                && !other.isEmpty()
                && tolerance > 0
                && !likeness.isEstranged(one, other, tolerance);
    }

    /// Whether answers of both have been alike, so that one that is not casts a doubt.
    boolean isKnown(String one, String other) {
        return meets(one, other) && likeness.isKnown(one, other, tolerance);
    }

    /// Of gradients and losses, the greater; NaN where there is nothing to compare.
    double distance(Ballot.Answer one, Ballot.Answer other) {
        double losses = lossDistance(one.contribution().report(), other.contribution().report());
        var first = one.contribution().sketch();
        var second = other.contribution().sketch();
        if (one.task().kind() == Kind.EVALUATE) return losses;
        if (first.isEmpty() || second.isEmpty()) return Double.NaN;
        return Math.max(losses, first.get().distance(second.get()));
    }

    private static double lossDistance(Contribution.Report one, Contribution.Report other) {
        double least = LOSS_NATS_MIN * one.samples();
        double larger = Math.max(Math.abs(one.lossNatsSum()), Math.abs(other.lossNatsSum()));
        return Math.abs(one.lossNatsSum() - other.lossNatsSum()) / Math.max(least, larger);
    }

    private static boolean areHitsAlike(Ballot.Answer one, Ballot.Answer other) {
        var first = one.contribution().report();
        var second = other.contribution().report();
        double may = 1 + HITS_SHARE * first.samples();
        return Math.abs(first.correct() - second.correct()) <= may;
    }

    private static boolean isLossTelling(Ballot.Answer one, Ballot.Answer other) {
        var first = one.contribution().report();
        var second = other.contribution().report();
        double larger = Math.max(Math.abs(first.lossNatsSum()), Math.abs(second.lossNatsSum()));
        return larger >= TELLING_NATS * first.samples();
    }
}
