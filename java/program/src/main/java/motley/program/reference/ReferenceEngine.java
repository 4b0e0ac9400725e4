package motley.program.reference;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Limits;
import motley.program.Program;
import motley.program.Verifier;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// The engine that runs [Reference]: slow, right, the same bits on every machine. Carried values
/// stay in float64 between runs; results are rounded to f32 only where they are read.
public final class ReferenceEngine implements Engine {
    private final List<Run> runs = new ArrayList<>();
    private boolean closed;

    @Override
    public String numericClass() {
        return "reference-f64";
    }

    @Override
    public Executable prepare(Program program, List<Carry> carries) {
        requireOpen(closed, "engine");
        Verifier.verify(program, Limits.NONE);
        for (var carry : carries) requireFits(carry, program);
        var run = new Run(program, List.copyOf(carries));
        runs.add(run);
        return run;
    }

    @Override
    public void close() {
        runs.forEach(Run::close);
        closed = true;
    }

    private static void requireFits(Carry carry, Program program) {
        require(
                carry.result() >= 0
                        && carry.result() < program.results().size()
                        && carry.param() >= 0
                        && carry.param() < program.params().size(),
                "carry: %s (expected: one of %d results and of %d params)",
                carry,
                program.results().size(),
                program.params().size());
        var result = program.results().get(carry.result()).type();
        var param = program.params().get(carry.param()).type();
        require(result.equals(param), "carry: %s of %s (expected: %s)", carry, result, param);
    }

    private static void requireOpen(boolean closed, String what) {
        if (closed) throw new IllegalStateException(what + ": closed (expected: open)");
    }

    /// Params begin as zeros, as fresh memory does.
    private static final class Run implements Executable {
        private final Program program;
        private final List<Carry> carries;
        private final List<Values> params;
        private final List<Values> results;
        private boolean closed;

        Run(Program program, List<Carry> carries) {
            this.program = program;
            this.carries = carries;
            this.params = new ArrayList<>(zeros(program.paramTypes()));
            this.results = new ArrayList<>(zeros(program.resultTypes()));
        }

        @Override
        public void write(int param, Tensor value) {
            requireOpen(closed, "executable");
            requireType("param", value.type(), params.get(param).type());
            params.set(param, Values.of(value));
        }

        @Override
        public void run() {
            requireOpen(closed, "executable");
            var computed = Reference.evaluate(program, params);
            for (int i = 0; i < computed.size(); i++) results.set(i, computed.get(i));
            for (var carry : carries) params.set(carry.param(), computed.get(carry.result()));
        }

        @Override
        public void read(int result, Tensor into) {
            requireOpen(closed, "executable");
            requireType("result", into.type(), results.get(result).type());
            results.get(result).copyTo(into);
        }

        @Override
        public void close() {
            closed = true;
        }

        private static List<Values> zeros(List<TensorType> types) {
            return types.stream().map(type -> Values.filled(type, 0)).toList();
        }

        private static void requireType(String what, TensorType type, TensorType expected) {
            require(type.equals(expected), "%s: %s (expected: %s)", what, type, expected);
        }
    }
}
