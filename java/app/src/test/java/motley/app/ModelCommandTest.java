package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import motley.nn.Models;
import org.junit.jupiter.api.Test;

/// What `motley model …` prints.
final class ModelCommandTest {
    private record Outcome(int code, String out, String err) {}

    private static Outcome run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new StringWriter();
        var before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            var commandLine = Main.commandLine().setErr(new PrintWriter(err, true));
            int code = commandLine.execute(args);
            return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void everyModelIsListed() {
        assertThat(run("model", "list").out()).contains("mnist-cnn", "1,199,882", "mnist-mlp");
    }

    @Test
    void theSummaryNamesEveryLayer() {
        assertThat(run("model", "summary", "mnist-cnn").out())
                .contains("conv1", "[24, 24, 64]", "dense2", "total");
        assertThat(run("model", "summary", "mnist-cnn", "--format", "json").out())
                .startsWith("{\"type\":\"summary\"")
                .contains("\"parameters\":1199882", "\"activationBytesPerSample\":512")
                .hasLineCount(1);
    }

    @Test
    void kernelsAreExplainedWithTheirLayers() {
        var args = new String[] {"model", "explain", "mnist-mlp", "--batch-size", "4"};
        var all = run(args).out();
        assertThat(all).contains("== program", "== kernels", "== memory", "# dense2/backward");
        var predict =
                run("model", "explain", "mnist-mlp", "--program", "predict", "--stage", "kernels");
        assertThat(predict.out()).contains("# dense1", "kernels; memory").doesNotContain("==");
        assertThat(predict.out()).doesNotContain("backward");
    }

    @Test
    void everyModelIsExplainedToTheLastStage() {
        for (var model : Models.names()) {
            var outcome = run("model", "explain", model, "--batch-size", "1");
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out())
                    .contains("== program", "== dead code", "== kernels", "== memory")
                    .contains("# dense1", "# loss", "# optimizer", "kernels; memory");
        }
    }

    @Test
    void everyProgramIsExplained() {
        for (var program : List.of("step", "gradient", "evaluate", "predict")) {
            var args =
                    new String[] {
                        "model", "explain", "mnist-mlp", "--program", program, "--stage", "kernels"
                    };
            assertThat(run(args).out()).contains("product", "# dense1", "kernels; memory");
        }
        var sgd = run("model", "explain", "mnist-mlp", "--optimizer", "sgd", "--stage", "kernels");
        assertThat(sgd.out()).contains("# optimizer").doesNotContain("sqrt");
    }

    @Test
    void anUnknownStageTeachesTheOthers() {
        var outcome = run("model", "explain", "mnist-mlp", "--stage", "magic");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("--stage: magic (expected: one of program,", "kernels");
        assertThat(outcome.err().lines()).hasSize(1);
    }
}
