package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import motley.program.Engine.Carry;
import motley.program.Executable;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Once the JVM has compiled a plan, running it makes no garbage.
///
/// Measured in processes of their own: what other tests ran before decides what the JVM inlines,
/// and a vector that is not inlined is an object. Even alone it sometimes compiles a loop badly and
/// never again, so one good process out of three is asked for.
public final class AllocationTest {
    private static final int ROUND_RUNS = 1_000;

    /// Rounds until the JVM is surely done compiling.
    private static final int ROUNDS_MAX = 2_000;

    private static final int PROCESSES_MAX = 3;

    /// Prints the bytes allocated by the last round, in a process of its own.
    public static void main(String[] args) {
        try (var engine = CpuEngine.open(new CpuSettings(1));
                var executable = engine.prepare(mixed(), List.of(new Carry(0, 0)))) {
            long allocated = allocatedBytes(executable);
            for (int round = 1; round < ROUNDS_MAX && allocated > 0; round++) {
                allocated = allocatedBytes(executable);
            }
            System.out.println(allocated);
        }
    }

    @Test
    void compiledPlanAllocatesNothing() throws Exception {
        var last = measureInProcess();
        for (int i = 1; i < PROCESSES_MAX && !last.equals("0"); i++) last = measureInProcess();
        assertThat(last).as("bytes in %d runs", ROUND_RUNS).isEqualTo("0");
    }

    private static String measureInProcess() throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                List.of(
                        java,
                        "-Xmx512m",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AllocationTest.class.getName());
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList().getLast();
    }

    private static long allocatedBytes(Executable executable) {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = bean.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUND_RUNS; i++) executable.run();
        return bean.getCurrentThreadAllocatedBytes() - before;
    }

    /// An element-wise loop with a tail, folds of both kinds, a matrix product.
    private static Program mixed() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(13, 21));
        var w = b.param(TensorType.f32(21, 21));
        var y = b.exp(b.neg(b.mul(b.matmul(x, w), x)));
        var mean = b.scale(b.sum(y, 1), 1.0 / 21);
        var centered = b.sub(y, b.alongOutermost(mean, y.type().shape()));
        return b.build(List.of(centered, b.sum(centered, 0)));
    }
}
