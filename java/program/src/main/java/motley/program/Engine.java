package motley.program;

import static motley.tensor.Require.require;

import java.util.List;
import motley.tensor.Tensor;

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

    /// Runs `program` once and forgets it: to try something out. What runs often is prepared once.
    ///
    /// @param params one for each of the program's params
    /// @return the results, on the Java heap
    /// @throws IllegalArgumentException if the program is ill-typed or a param not of its type
    default List<Tensor> run(Program program, Tensor... params) {
        int expected = program.params().size();
        require(params.length == expected, "params: %d (expected: %d)", params.length, expected);
        var results = program.resultTypes().stream().map(Tensor::onHeap).toList();
        try (var executable = prepare(program, List.of())) {
            for (int i = 0; i < params.length; i++) executable.write(i, params[i]);
            executable.run();
            for (int i = 0; i < results.size(); i++) executable.read(i, results.get(i));
        }
        return results;
    }

    @Override
    void close();

    /// After each run, result number `result` becomes param number `param` of the next run.
    record Carry(int result, int param) {}
}
