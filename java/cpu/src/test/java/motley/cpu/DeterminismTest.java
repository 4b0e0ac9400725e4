package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Results have the same bits in processes whose JVMs compile differently, on vectors of different
/// lengths, with different numbers of threads.
public final class DeterminismTest {
    private static final int SEEDS = 12;

    /// Prints the hash, in a process of its own.
    public static void main(String[] args) {
        System.out.println(hash(Integer.parseInt(args[0])));
    }

    @Test
    void resultsDoNotDependOnHowTheJvmRunsThem() throws Exception {
        var expected = hash(1);
        assertThat(hash(2)).isEqualTo(expected);
        assertThat(hash(3)).isEqualTo(expected);
        for (var flag : List.of("-Xint", "-XX:TieredStopAtLevel=1", "-XX:UseAVX=2")) {
            assertThat(hashInProcess(flag)).as(flag).isEqualTo(expected);
        }
    }

    private static String hashInProcess(String flag) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                List.of(
                        java,
                        flag,
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-Xmx512m",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DeterminismTest.class.getName(),
                        "2");
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", flag, output).isZero();
        return output.lines().toList().getLast();
    }

    /// Of all results of some random programs.
    static String hash(int threads) {
        var hashes = new ArrayList<Integer>();
        try (var engine = CpuEngine.open(new CpuSettings(threads))) {
            for (long seed = 0; seed < SEEDS; seed++) {
                var sample = RandomPrograms.generate(seed, Options.forEngines());
                for (var result : Runs.once(engine, sample.program(), sample.tensors())) {
                    hashes.add(hash(result));
                }
            }
        }
        return hashes.toString();
    }

    private static int hash(Tensor tensor) {
        return switch (tensor.type().dtype()) {
            case F32 -> Arrays.hashCode(tensor.toFloats());
            case I32 -> Arrays.hashCode(tensor.toInts());
            case BOOL -> {
                int hash = 0;
                for (int i = 0; i < tensor.shape().count(); i++) {
                    hash = 31 * hash + (tensor.getBoolean(i) ? 1 : 0);
                }
                yield hash;
            }
        };
    }
}
