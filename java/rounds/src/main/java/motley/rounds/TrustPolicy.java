package motley.rounds;

import static motley.tensor.Require.require;

import java.time.Duration;

/// How far devices are trusted.
///
/// @param audits whether answers are compared with those of other devices; else all are believed
/// @param provingTasks so many answers in a row must be confirmed before a device is believed
///     unaudited
/// @param auditFloor the least probability, in [0, 1], with which an answer of a proven device is
///     computed again; it is the reciprocal of the answers confirmed in a row where that is more
/// @param failuresMax proven wrong answers with which a device is quarantined
/// @param quarantine how long that lasts
/// @param clips whether contributions nobody has verified are scaled to the usual norm
/// @param secret keys the choice of what is audited; devices must not know it
/// @param classTolerance up to which difference, as a share of the norm in [0, 1], answers of
///     different numeric classes confirm each other, until it is known what is usual; 0: they do
///     not
public record TrustPolicy(
        boolean audits,
        int provingTasks,
        double auditFloor,
        int failuresMax,
        Duration quarantine,
        boolean clips,
        long secret,
        double classTolerance) {
    private static final double TOLERANCE_USUAL = 1e-3;

    /// Everything is believed that is well-formed.
    public static final TrustPolicy OFF =
            new TrustPolicy(false, 10, 0.02, 2, Duration.ofDays(7), false, 0, TOLERANCE_USUAL);

    /// @throws IllegalArgumentException naming the first component out of its range
    public TrustPolicy {
        require(provingTasks >= 1, "provingTasks: %d (expected: at least 1)", provingTasks);
        require(
                auditFloor >= 0 && auditFloor <= 1,
                "auditFloor: %s (expected: in [0, 1])",
                auditFloor);
        require(failuresMax >= 1, "failuresMax: %d (expected: at least 1)", failuresMax);
        require(
                classTolerance >= 0 && classTolerance <= 1,
                "classTolerance: %s (expected: in [0, 1])",
                classTolerance);
        require(quarantine.isPositive(), "quarantine: %s (expected: above zero)", quarantine);
    }

    public TrustPolicy withAudits(boolean audited) {
        return new TrustPolicy(
                audited,
                provingTasks,
                auditFloor,
                failuresMax,
                quarantine,
                clips,
                secret,
                classTolerance);
    }

    public TrustPolicy withClipping(boolean clipped) {
        return new TrustPolicy(
                audits,
                provingTasks,
                auditFloor,
                failuresMax,
                quarantine,
                clipped,
                secret,
                classTolerance);
    }

    public TrustPolicy withSecret(long key) {
        return new TrustPolicy(
                audits,
                provingTasks,
                auditFloor,
                failuresMax,
                quarantine,
                clips,
                key,
                classTolerance);
    }

    public TrustPolicy withClassTolerance(double share) {
        return new TrustPolicy(
                audits, provingTasks, auditFloor, failuresMax, quarantine, clips, secret, share);
    }
}
