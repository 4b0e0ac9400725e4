package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What `motley model plan` prints.
final class PlanCommandTest {
    private record Outcome(String out, String err) {}

    private static Outcome plan(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new StringWriter();
        var before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            var commandLine = Main.commandLine().setErr(new PrintWriter(err, true));
            var all = new java.util.ArrayList<>(java.util.List.of("model", "plan"));
            all.addAll(java.util.List.of(args));
            commandLine.execute(all.toArray(String[]::new));
            return new Outcome(out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void planIsOneLineOfJson() {
        var text = plan("mnist-mlp", "--program", "predict", "--batch-size", "2").out();
        assertThat(text)
                .startsWith("{\"format\":1,\"engine\":\"wasm\"")
                .contains("\"module\":\"AGFzbQ")
                .hasLineCount(1);
    }

    @Test
    void relaxedPlansAreOthers() {
        assertThat(plan("product:8", "--relaxed-simd").out()).isNotEqualTo(plan("product:8").out());
    }

    @Test
    void sizesOfProductsAreLimited() {
        for (var size : new String[] {"product:0", "product:4097", "product:many"}) {
            assertThat(plan(size).err()).contains(size + " (expected: a size in [1, 4096]");
        }
    }

    @Test
    void planForWebGpuHoldsShaders() {
        var text = plan("product:8", "--engine", "webgpu").out();
        assertThat(text).contains("\"engine\":\"webgpu\"", "@compute").hasLineCount(1);
        assertThat(plan("product:8", "--engine", "abacus").err())
                .contains("engine: abacus (expected: wasm or webgpu)");
    }

    @Test
    void planInHalfFloatsIsForGpusOnly() {
        var text = plan("product:64", "--engine", "webgpu", "--half").out();
        assertThat(text).contains("enable f16;");
        assertThat(plan("product:64", "--engine", "webgpu").out()).doesNotContain("f16");
        assertThat(plan("product:64", "--half").err())
                .contains("--half: with --engine wasm (expected: webgpu)");
    }
}
