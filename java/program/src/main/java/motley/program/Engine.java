package motley.program;

import java.util.List;

/// Prepares programs for running on this machine.
///
/// An implementation must
/// - refuse an ill-typed program before it allocates anything,
/// - give bit-identical results for equal inputs, whatever its number of threads,
/// - leave the operands it was given unchanged.
///
/// An engine and its executables are confined to one caller at a time.
public interface Engine extends AutoCloseable {
    /// Names the numeric class: equal names promise bit-identical results.
    String numericClass();

    /// Compiles `program`. Values carried by `carries` stay in the engine between runs, so that a
    /// training step updates its weights in place.
    ///
    /// @throws IllegalArgumentException if the program is ill-typed or a carry does not fit it
    Executable prepare(Program program, List<Carry> carries);

    @Override
    void close();

    /// After each run, result number `result` becomes param number `param` of the next run.
    record Carry(int result, int param) {}
}
