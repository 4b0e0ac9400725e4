package motley.cpu;

import java.util.ArrayList;
import java.util.List;
import motley.program.Engine;
import motley.program.Program;
import motley.tensor.Tensor;

/// Programs run once.
final class Runs {
    private Runs() {}

    /// The results of `program` for `operands` on `engine`.
    static List<Tensor> once(Engine engine, Program program, List<Tensor> operands) {
        try (var executable = engine.prepare(program, List.of())) {
            for (int i = 0; i < operands.size(); i++) executable.write(i, operands.get(i));
            executable.run();
            var results = new ArrayList<Tensor>();
            for (int i = 0; i < program.results().size(); i++) {
                var into = Tensor.onHeap(program.results().get(i).type());
                executable.read(i, into);
                results.add(into);
            }
            return results;
        }
    }

    /// Whether two tensors have the same type and bytes; NaNs count as equal.
    static boolean sameBits(Tensor some, Tensor other) {
        if (!some.type().equals(other.type())) return false;
        return switch (some.type().dtype()) {
            case F32 -> java.util.Arrays.equals(some.toFloats(), other.toFloats());
            case I32, BOOL -> some.data().mismatch(other.data()) == -1;
        };
    }
}
