package motley.program;

import motley.tensor.Tensor;

/// A program made ready by an [Engine], with its memory. Values written stay until they are written
/// again or replaced through a carry. Closing it frees its memory; so does closing its engine.
public interface Executable extends AutoCloseable {
    /// Copies `value` into param number `param`.
    ///
    /// @throws IllegalArgumentException if the type is not the param's
    void write(int param, Tensor value);

    /// Computes all results from the params.
    void run();

    /// Copies result number `result` of the last run into `into`.
    ///
    /// @throws IllegalArgumentException if the type is not the result's
    void read(int result, Tensor into);

    @Override
    void close();
}
