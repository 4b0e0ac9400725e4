package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Sample;
import motley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Results have the same bits in processes whose JVMs compile differently, on vectors of different
/// lengths, with different numbers of threads.
public final class DeterminismTest {
    private static final int SEEDS = 12;

    /// Prints a hash, in a process of its own.
    public static void main(String[] args) {
        System.out.println(args[0].equals("large") ? largeHash(2) : hash(2));
    }

    @Test
    void resultsDoNotDependOnHowTheJvmRunsThem() throws Exception {
        var expected = hash(1);
        assertThat(hash(2)).isEqualTo(expected);
        assertThat(hash(3)).isEqualTo(expected);
        for (var flag : List.of("-Xint", "-XX:TieredStopAtLevel=1", "-XX:UseAVX=2")) {
            assertThat(hashInProcess(flag, "small")).as(flag).isEqualTo(expected);
        }
    }

    /// Every operation on values of several tiles, on vectors of 256 and 128 bits.
    @Test
    void largeResultsDoNotDependOnTheLengthOfVectors() throws Exception {
        var expected = largeHash(1);
        for (var flag : List.of("-XX:UseAVX=2", "-XX:UseAVX=1", "-XX:MaxVectorSize=16")) {
            assertThat(hashInProcess(flag, "large")).as(flag).isEqualTo(expected);
        }
    }

    private static String hashInProcess(String flag, String size)
            throws IOException, InterruptedException {
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
                        size);
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", flag, output).isZero();
        return output.lines().toList().getLast();
    }

    /// Of all results of some random programs.
    private static String hash(int threads) {
        var samples =
                LongStream.range(0, SEEDS)
                        .mapToObj(seed -> RandomPrograms.generate(seed, Options.forEngines()));
        return hash(threads, samples.toList());
    }

    /// Of all results of every operation.
    private static String largeHash(int threads) {
        return hash(threads, RandomPrograms.everyOperation(1, Options.forLargeValues()));
    }

    private static String hash(int threads, List<Sample> samples) {
        var hashes = new ArrayList<Integer>();
        try (var engine = CpuEngine.open(new CpuSettings(threads))) {
            for (var sample : samples) {
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
