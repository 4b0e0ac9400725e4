package motley.app;

import java.util.SequencedMap;

/// What `motley bench` repeats: prepared on an engine, with its inputs in place.
sealed interface Workload extends AutoCloseable permits StepWorkload, ProductWorkload {
    /// What one run does, in words: `mnist-cnn, batch 64`.
    String description();

    /// The same for programs.
    SequencedMap<String, Object> fields();

    /// What the speed is told in.
    ///
    /// @param amount units of one run
    /// @param unit in the plural, followed by `/s`
    /// @param field the name of the speed for programs
    record Rate(double amount, String unit, String field) {}

    Rate rate();

    /// Back to the first values, so that every measurement computes the same numbers.
    void reset();

    void run();

    @Override
    void close();
}
