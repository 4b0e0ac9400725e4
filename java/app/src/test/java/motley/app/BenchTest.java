package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `motley bench` measures and how programs read it. No figure is judged.
final class BenchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The lines `bench` prints while `input` is its standard input.
    private static List<JsonNode> bench(String input, String... args) throws IOException {
        var all = new ArrayList<>(List.of("bench", "--format", "json", "--threads", "1"));
        all.addAll(List.of("--seconds", "0", "--warm-up", "0"));
        all.addAll(List.of(args));
        var out = new ByteArrayOutputStream();
        var outBefore = System.out;
        var inBefore = System.in;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(Main.commandLine().execute(all.toArray(String[]::new))).isZero();
        } finally {
            System.setOut(outBefore);
            System.setIn(inBefore);
        }
        var lines = new ArrayList<JsonNode>();
        for (var line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @Test
    void withoutTimeExactlyOneStepIsMeasured() throws IOException {
        var lines = bench("", "--model", "mnist-mlp", "--batch-size", "4");
        assertThat(lines).hasSize(1);
        var step = lines.getFirst();
        assertThat(step.path("type").asText()).isEqualTo("bench");
        assertThat(step.path("steps").asInt()).isEqualTo(1);
        assertThat(step.path("msPerStep").asDouble()).isPositive();
        assertThat(step.path("samplesPerSecond").asDouble()).isPositive();
    }

    @Test
    void pacedItMeasuresOnceForEachLine() throws IOException {
        var lines = bench("\n\n\n", "--paced", "--product", "48");
        var types = lines.stream().map(line -> line.path("type").asText()).toList();
        assertThat(types).containsExactly("ready", "bench", "bench", "bench");
        assertThat(lines.getLast().path("product").asInt()).isEqualTo(48);
        assertThat(lines.getLast().path("peakGflopsPerSecond").asDouble()).isPositive();
        assertThat(lines.getLast().path("gflopsPerSecond").asDouble()).isPositive();
    }

    @Test
    void settingsAreRefused() {
        assertThat(refusal("--batch-size", "0")).contains("--batch-size: 0 (expected: at least 1)");
        assertThat(refusal("--product", "0")).contains("--product: 0 (expected: 1 to 16384)");
        assertThat(refusal("--seconds", "-1")).contains("--seconds: -1.0 (expected: at least 0)");
        assertThat(refusal("--model", "none")).contains("model: none", "mnist-cnn");
    }

    private static String refusal(String... args) {
        var all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(args));
        var err = new StringWriter();
        var commandLine = Main.commandLine().setErr(new PrintWriter(err, true));
        assertThat(commandLine.execute(all.toArray(String[]::new))).isEqualTo(1);
        return err.toString();
    }
}
