package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `--profile` writes.
final class ProfileTest {
    @TempDir private Path directory;

    private JsonNode trace() throws IOException {
        var file = directory.resolve("trace.json");
        var args = List.of("bench", "--model", "mnist-mlp", "--batch-size", "4", "--threads", "1");
        var all = new ArrayList<>(args);
        all.addAll(List.of("--seconds", "0", "--warm-up", "0", "--format", "json"));
        all.addAll(List.of("--profile", file.toString()));
        assertThat(Main.commandLine().execute(all.toArray(String[]::new))).isZero();
        return new ObjectMapper().readTree(file.toFile());
    }

    private static List<JsonNode> events(JsonNode trace, String category) {
        var found = new ArrayList<JsonNode>();
        for (var event : trace.path("traceEvents")) {
            if (event.path("cat").asText().equals(category)) found.add(event);
        }
        return found;
    }

    @Test
    void kernelsLieInTheirRunAndAddUpToNoMore() throws IOException {
        var trace = trace();
        var runs = events(trace, "run");
        var kernels = events(trace, "kernel");
        assertThat(runs).hasSize(1);
        var run = runs.getFirst();
        double begin = run.path("ts").asDouble();
        double end = begin + run.path("dur").asDouble();
        // Times are written in microseconds as doubles: a nanosecond is their last digit.
        double lastDigit = 1e-3;
        double sum = 0;
        for (var kernel : kernels) {
            double at = kernel.path("ts").asDouble();
            double duration = kernel.path("dur").asDouble();
            sum += duration;
            assertThat(at).isGreaterThanOrEqualTo(begin - lastDigit);
            assertThat(at + duration).isLessThanOrEqualTo(end + lastDigit);
        }
        assertThat(sum).isPositive();
        assertThat(sum).isLessThanOrEqualTo(run.path("dur").asDouble() + lastDigit);
        assertThat(trace.path("otherData").path("eventsLost").asInt()).isZero();
    }

    @Test
    void kernelsNameTheirLayerAndTheirWork() throws IOException {
        var kernels = events(trace(), "kernel");
        assertThat(kernels.stream().map(kernel -> kernel.path("name").asText()))
                .contains("dense1", "dense1/backward");
        var first = kernels.stream().filter(k -> k.path("name").asText().equals("dense1"));
        var work = first.findFirst().orElseThrow().path("args");
        assertThat(work.path("kernel").asText()).isEqualTo("product [1, 4, 784, 512]");
        assertThat(work.path("flops").asLong()).isEqualTo(2L * 4 * 784 * 512);
        assertThat(work.path("bytes").asLong()).isEqualTo(4L * (4 * 784 + 784 * 512 + 4 * 512));
    }
}
