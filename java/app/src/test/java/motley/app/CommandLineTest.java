package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person reads who mistypes, and the exit code a script sees. Nothing here reaches a
/// network: every command fails before.
final class CommandLineTest {
    @TempDir private Path directory;

    private record Outcome(int code, String err) {}

    private static Outcome run(String... args) {
        var err = new StringWriter();
        var commandLine = Main.commandLine(args).setErr(new PrintWriter(err, true));
        int code = commandLine.execute(args);
        return new Outcome(code, err.toString().strip());
    }

    private Outcome train(String... more) {
        var args = new String[more.length + 4];
        args[0] = "train";
        args[1] = "mnist-cnn";
        args[2] = "--data";
        args[3] = directory.toString();
        System.arraycopy(more, 0, args, 4, more.length);
        return run(args);
    }

    @Test
    void settingsAreRefusedBeforeAnythingStarts() {
        assertThat(train("--batch-size", "0"))
                .isEqualTo(failed("--batch-size: 0 (expected: at least 1)"));
        assertThat(train("--epochs", "-1"))
                .isEqualTo(failed("--epochs: -1 (expected: at least 1)"));
        assertThat(train("--learning-rate", "-0.1"))
                .isEqualTo(failed("--learning-rate: -0.1 (expected: above 0)"));
        assertThat(train("--tasks", "129"))
                .isEqualTo(failed("--tasks: 129 (expected: 1 to --batch-size, 128)"));
        assertThat(train("--local-devices", "0"))
                .isEqualTo(failed("--local-devices: 0 (expected: 1 to 64)"));
    }

    @Test
    void dialsThatAStrategyDoesNotHaveAreRefused() {
        assertThat(train("--strategy", "fast"))
                .isEqualTo(
                        failed(
                                "--strategy: fast (expected: one of sync, k-batch, async,"
                                        + " local)"));
        assertThat(train("--k", "3"))
                .isEqualTo(failed("--k: 3 (expected: none, sync has no such dial)"));
        assertThat(train("--strategy", "k-batch", "--staleness", "3"))
                .isEqualTo(failed("--staleness: 3 (expected: none, k-batch has no such dial)"));
        assertThat(train("--strategy", "async", "--k", "0"))
                .isEqualTo(failed("--k: 0 (expected: at least 1)"));
        assertThat(run("set", "r1"))
                .isEqualTo(
                        failed(
                                "nothing to set (expected: --strategy, --k, --staleness, --weight,"
                                        + " --priority or --contributors)"));
    }

    @Test
    void profileGoesWhereItCanBeWritten() {
        var writable = "(expected: a file in a directory that can be written to)";
        assertThat(train("--profile", directory.toString()))
                .isEqualTo(failed("--profile: %s %s".formatted(directory, writable)));
    }

    @Test
    void aloneIsForOneMachine() {
        assertThat(train("--alone", "--local-devices", "1"))
                .isEqualTo(
                        failed("--alone: true (expected: without --local-devices and" + " --url)"));
        assertThat(train("--metrics", "f1"))
                .isEqualTo(
                        failed(
                                "--metrics: f1 (expected: --alone too; for a run on devices,"
                                        + " `motley evaluate` afterwards)"));
    }

    @Test
    void whatOnlyGpusHaveIsForThem() {
        assertThat(run("bench", "--half"))
                .isEqualTo(failed("--half: with --engine jvm (expected: webgpu)"));
        for (var tune : List.of("--tune", "--no-tune")) {
            assertThat(run("bench", tune))
                    .isEqualTo(failed("--tune: with --engine jvm (expected: webgpu)"));
        }
        assertThat(run("bench", "--engine", "webgpu", "--half", "--tune").err())
                .startsWith("motley: --tune: with --half (expected: one of them;");
    }

    /// A real training, of one step on a text of 130 characters and its judgement.
    @Test
    void textIsLearntAlone() throws IOException {
        var text = Files.writeString(directory.resolve("poem.txt"), "round and ".repeat(150));
        var out = directory.resolve("poem.safetensors");
        var outcome =
                run(
                        "train",
                        "gpt-small",
                        "--data",
                        text.toString(),
                        "--alone",
                        "--epochs",
                        "1",
                        "--batch-size",
                        "16",
                        "--out",
                        out.toString());
        assertThat(outcome).isEqualTo(new Outcome(0, ""));
        assertThat(ModelFiles.saved(out, Optional.empty()).model().name()).isEqualTo("gpt-small");
        var misfit = run("train", "mnist-cnn", "--data", text.toString(), "--alone");
        assertThat(misfit.err())
                .endsWith(
                        "poem.txt holds i32[28] with targets i32[28] (expected: f32[28, 28, 1]"
                                + " with i32[], what mnist-cnn takes)");
        assertThat(run("train", "mnist-cnn", "--data", text.toString())).isEqualTo(misfit);
    }

    /// A model of one's own, described in a file, trained, judged, and gone on with.
    @Test
    void ownModelIsTrainedAlone() throws IOException {
        var model =
                Files.writeString(
                        directory.resolve("mine.json"),
                        """
                        {"motley-model": 1, "name": "mine", "input": {"dtype": "i32", "shape": [8]},
                         "layers": [{"layer": "embedding", "count": 128, "features": 8},
                                    {"layer": "dense", "units": 128}]}
                        """);
        var text = Files.writeString(directory.resolve("poem.txt"), "round and ".repeat(40));
        var out = directory.resolve("mine.safetensors").toString();
        var data = text.toString();
        assertThat(
                        run(
                                "train",
                                model.toString(),
                                "--data",
                                data,
                                "--alone",
                                "--epochs",
                                "1",
                                "--metrics",
                                "top-5,f1",
                                "--out",
                                out))
                .isEqualTo(new Outcome(0, ""));
        assertThat(ModelFiles.saved(Path.of(out), Optional.empty()).model())
                .isEqualTo(ModelFiles.named(model.toString()));
        assertThat(run("evaluate", out, "--data", data)).isEqualTo(new Outcome(0, ""));
        assertThat(run("evaluate", out, "--data", data, "--metrics", "mae").err())
                .isEqualTo(
                        "motley: metric: mae (expected: one that goes with the loss cross-entropy"
                                + " of mine)");
        assertThat(run("model", "summary", out)).isEqualTo(new Outcome(0, ""));
        assertThat(
                        run(
                                "train",
                                model.toString(),
                                "--data",
                                data,
                                "--alone",
                                "--epochs",
                                "1",
                                "--from",
                                out,
                                "--out",
                                out))
                .isEqualTo(new Outcome(0, ""));
    }

    @Test
    void ownModelThatIsWrongIsNoTrace() throws IOException {
        var file = Files.writeString(directory.resolve("mine.json"), "{\"layers\": [");
        var outcome = run("train", file.toString(), "--data", directory.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("motley: cannot read " + file + ": model: line 1");
        assertThat(outcome.err().lines()).hasSize(1);
    }

    @Test
    void modelsAreNamedToWhoeverAsksForAnother() {
        var outcome = run("train", "mnist-gpt", "--data", directory.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("motley: ").contains("mnist-gpt", "mnist-cnn");
        assertThat(outcome.err().lines()).hasSize(1);
    }

    @Test
    void missingFilesAreNamed() {
        var outcome = train();
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("motley: " + directory + ": lacks train-labels-idx1-ubyte or ")
                .endsWith(" train-labels.idx1-ubyte.gz");
        assertThat(run("predict", "none.safetensors", "--data", "mnist").err())
                .startsWith("motley: cannot read none.safetensors");
    }

    @Test
    void brokenWeightsAreNoTrace() throws IOException {
        var file = Files.writeString(directory.resolve("broken.safetensors"), "not a model");
        var outcome = run("predict", file.toString(), "--data", directory.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("motley: cannot read " + file);
        assertThat(outcome.err().lines()).hasSize(1);
    }

    @Test
    void misspeltOptionsTeachTheRightOnes() {
        var outcome = train("--epoch", "2");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("Unknown option", "--epoch");
    }

    @Test
    void onlyTheNamedCommandIsRead() {
        assertThat(Main.commandLine("train", "--help").getSubcommands()).containsOnlyKeys("train");
        assertThat(Main.commandLine("data", "show").getSubcommands()).containsOnlyKeys("data");
        assertThat(Main.commandLine("--help").getSubcommands()).containsKeys("train", "join");
    }

    @Test
    void misspeltCommandsTeachTheRightOnes() {
        assertThat(run("tain", "mnist-cnn").err()).contains("tain", "train");
    }

    @Test
    void everyCommandHasHelpThatBeginsWithItsUsage() {
        for (var command : Main.commandLine().getSubcommands().values()) {
            var help = command.getUsageMessage();
            assertThat(help).as(command.getCommandName()).startsWith("Usage: motley ");
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandName())
                    .isNotEmpty();
        }
    }

    private static Outcome failed(String message) {
        return new Outcome(1, "motley: " + message);
    }
}
