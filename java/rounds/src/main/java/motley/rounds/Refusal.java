package motley.rounds;

/// Why a contribution was not accepted. Most refusals are ordinary: late and repeated answers are
/// part of the design, and no device is to blame for them.
public sealed interface Refusal {
    /// The round has closed, or never was.
    record WrongRound(int offered, int open) implements Refusal {}

    /// Computed at other parameters than the task named.
    record WrongVersion(long offered, long current) implements Refusal {}

    /// Computed at parameters that have been replaced more often than the strategy allows.
    ///
    /// @param current the version of the parameters that the next update moves
    /// @param staleness how far behind it an answer may be
    record TooOld(long offered, long current, int staleness) implements Refusal {}

    /// From before the coordinator's restart.
    record StaleFence(long offered, long current) implements Refusal {}

    /// Another answer came first; the ordinary end of a duplicate.
    record SlotFilled(int slot) implements Refusal {}

    /// The device does not hold this lease.
    record NotHolder(LeaseId lease) implements Refusal {}

    /// The gradient or the loss is infinite or not a number.
    record NotFinite() implements Refusal {}

    /// The gradient is out of proportion to the ones accepted lately.
    record NormTooLarge(double normPerSample, double median) implements Refusal {}

    /// Element type or shapes are not those of the model.
    record WrongShape() implements Refusal {}

    /// The sums are over other samples than the task's.
    record WrongCount(int offered, int expected) implements Refusal {}

    /// The device is quarantined: too many of its answers were proven wrong.
    record Quarantined() implements Refusal {}

    /// The run takes no contributions now.
    record RunNotActive(String phase) implements Refusal {}

    /// One sentence for people, with what was offered and what was expected.
    default String text() {
        return switch (this) {
            case WrongRound(int offered, int open) ->
                    "round: %d, which has closed (expected: the open one, %d)"
                            .formatted(offered, open);
            case WrongVersion(long offered, long current) ->
                    "version: %d (expected: the task's, %d)".formatted(offered, current);
            case TooOld(long offered, long current, int staleness) ->
                    "version: %d (expected: at least %d, parameters are at %d by now)"
                            .formatted(offered, Math.max(0, current - staleness), current);
            case StaleFence(long offered, long current) ->
                    "fence: %d (expected: %d, the coordinator has restarted)"
                            .formatted(offered, current);
            case SlotFilled(int slot) ->
                    "slot: %d (expected: an empty one, another answer came first)".formatted(slot);
            case NotHolder(var lease) ->
                    "lease: %s (expected: one this device holds in the open round)"
                            .formatted(lease);
            case NotFinite() -> "gradient: not finite (expected: finite elements and loss)";
            case NormTooLarge(double norm, double median) ->
                    "norm per sample: %.3g (expected: in proportion to the median, %.3g)"
                            .formatted(norm, median);
            case WrongShape() -> "gradient: other shapes (expected: those of the model)";
            case WrongCount(int offered, int expected) ->
                    "samples: %d (expected: the task's, %d, and hits among them)"
                            .formatted(offered, expected);
            case Quarantined() ->
                    "device: quarantined for wrong answers (expected: one that may work)";
            case RunNotActive(var phase) ->
                    "run: %s (expected: an open round or evaluation)".formatted(phase);
        };
    }
}
