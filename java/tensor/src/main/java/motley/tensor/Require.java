package motley.tensor;

/// Checks of what a caller passed in.
///
/// Messages follow one form: subject, offending value, expectation, as in
/// `batchSize: 0 (expected: at least 1)`.
public final class Require {
    private Require() {}

    /// @throws IllegalArgumentException with the formatted message if `holds` is false
    public static void require(boolean holds, String message, Object... args) {
        if (!holds) throw new IllegalArgumentException(message.formatted(args));
    }
}
