package motley.rounds;

import static motley.tensor.Require.require;

import java.time.Duration;

/// How rounds go whose devices train on samples of their own: a round asks every device that is
/// there once, and closes when all have answered, or after `patience` with those that have.
///
/// @param quorum answers that a round must have to close
/// @param patience how long a round waits for the others
public record OwnTerms(int quorum, Duration patience) {
    /// Devices in a round: their answers are added up exactly, which has room for so many.
    public static final int DEVICES_MAX = 256;

    private static final Duration PATIENCE_MAX = Duration.ofDays(7);

    /// @throws IllegalArgumentException naming the first component out of its range
    public OwnTerms {
        require(
                quorum >= 1 && quorum <= DEVICES_MAX,
                "quorum: %d (expected: 1 to %d)",
                quorum,
                DEVICES_MAX);
        require(
                patience.isPositive() && patience.compareTo(PATIENCE_MAX) <= 0,
                "patience: %s (expected: above zero, at most %s)",
                patience,
                PATIENCE_MAX);
    }
}
