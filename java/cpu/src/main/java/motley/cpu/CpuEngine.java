package motley.cpu;

import java.util.List;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;

/// The engine for the JVM.
public final class CpuEngine implements Engine {
    private CpuEngine() {}

    /// Starts the threads that compute. Close the engine to end them.
    @SuppressWarnings("UnusedVariable")
    public static CpuEngine open(CpuSettings settings) {
        return new CpuEngine();
    }

    @Override
    public String numericClass() {
        return "jvm-cpu-1";
    }

    @Override
    public Executable prepare(Program program, List<Carry> carries) {
        throw new UnsupportedOperationException("prepare: not available (expected: next change)");
    }

    @Override
    public void close() {}
}
