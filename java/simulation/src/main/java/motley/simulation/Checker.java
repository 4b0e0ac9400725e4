package motley.simulation;

/// One property of a run, checked as the run goes.
///
/// A checker must
/// - draw its own conclusions from what it observes, not ask the loop,
/// - throw [AssertionError] with what it saw and what it expected at the first violation.
interface Checker {
    void observe(Observation observation);

    static void check(boolean holds, String message, Object... args) {
        if (!holds) throw new AssertionError(message.formatted(args));
    }
}
