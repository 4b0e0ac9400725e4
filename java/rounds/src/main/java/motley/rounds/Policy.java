package motley.rounds;

import static motley.tensor.Require.require;

import java.time.Duration;
import java.util.Optional;

/// How a run deals with its devices. The defaults suit most runs.
///
/// @param devicesMin devices that must have joined before the first task is given
/// @param devicesMax devices that may take part at once, others stand by; 0: no limit
/// @param leaseFloor the shortest time-to-live of a lease
/// @param leaseFirst the time-to-live of a lease while no device has been measured
/// @param duplicates whether idle devices repeat the work expected to finish last
/// @param normFactor a gradient norm per sample above this many times the median of the accepted
///     ones needs confirmation by a second computation
/// @param trust how far devices are trusted
/// @param slowFactor a device whose training tasks take more than this many times the median gets
///     no open ones, only evaluations and repeats, while others are at work; 0: all get them
/// @param ownTerms how rounds go whose devices train on samples of their own; empty: the samples
///     are the run's
public record Policy(
        int devicesMin,
        int devicesMax,
        Duration leaseFloor,
        Duration leaseFirst,
        boolean duplicates,
        double normFactor,
        TrustPolicy trust,
        double slowFactor,
        Optional<OwnTerms> ownTerms) {
    /// Beyond it a limit is none.
    private static final double SLOW_FACTOR_MAX = 1e6;

    /// Any number of devices from one on; leases of at least one second, a minute while nothing is
    /// known; duplicates; norms of ten times the median, and times of sixteen times the median.
    public static final Policy DEFAULT =
            new Policy(
                    1,
                    0,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    true,
                    10,
                    TrustPolicy.OFF,
                    16,
                    Optional.empty());

    /// @throws IllegalArgumentException naming the first component out of its range
    public Policy {
        require(devicesMin >= 1, "devicesMin: %d (expected: at least 1)", devicesMin);
        require(
                devicesMax == 0 || devicesMax >= devicesMin,
                "devicesMax: %d (expected: 0 for no limit, or at least devicesMin, %d)",
                devicesMax,
                devicesMin);
        require(leaseFloor.isPositive(), "leaseFloor: %s (expected: longer than zero)", leaseFloor);
        require(
                leaseFirst.compareTo(leaseFloor) >= 0,
                "leaseFirst: %s (expected: at least leaseFloor, %s)",
                leaseFirst,
                leaseFloor);
        require(normFactor > 1, "normFactor: %s (expected: above 1)", normFactor);
        require(
                slowFactor == 0 || (slowFactor > 1 && slowFactor <= SLOW_FACTOR_MAX),
                "slowFactor: %s (expected: 0 for no limit, or above 1, at most %s)",
                slowFactor,
                SLOW_FACTOR_MAX);
    }

    public Policy withDevices(int min, int max) {
        return new Policy(
                min,
                max,
                leaseFloor,
                leaseFirst,
                duplicates,
                normFactor,
                trust,
                slowFactor,
                ownTerms);
    }

    public Policy withLeases(Duration floor, Duration first) {
        return new Policy(
                devicesMin,
                devicesMax,
                floor,
                first,
                duplicates,
                normFactor,
                trust,
                slowFactor,
                ownTerms);
    }

    public Policy withDuplicates(boolean repeats) {
        return new Policy(
                devicesMin,
                devicesMax,
                leaseFloor,
                leaseFirst,
                repeats,
                normFactor,
                trust,
                slowFactor,
                ownTerms);
    }

    public Policy withTrust(TrustPolicy other) {
        return new Policy(
                devicesMin,
                devicesMax,
                leaseFloor,
                leaseFirst,
                duplicates,
                normFactor,
                other,
                slowFactor,
                ownTerms);
    }

    public Policy withSlowFactor(double factor) {
        return new Policy(
                devicesMin,
                devicesMax,
                leaseFloor,
                leaseFirst,
                duplicates,
                normFactor,
                trust,
                factor,
                ownTerms);
    }

    public Policy withOwnTerms(OwnTerms rules) {
        return new Policy(
                devicesMin,
                devicesMax,
                leaseFloor,
                leaseFirst,
                duplicates,
                normFactor,
                trust,
                slowFactor,
                Optional.of(rules));
    }
}
