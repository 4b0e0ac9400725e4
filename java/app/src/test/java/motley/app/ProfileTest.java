package motley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import motley.cpu.CpuSettings;
import motley.nn.Models;
import motley.nn.Optimizers;
import motley.nn.TrainingPrograms;
import motley.program.Limits;
import motley.program.ProgramCodec;
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
        return TraceFormat.read(file);
    }

    @Test
    void kernelsLieInTheirRunAndAddUpToNoMore() throws IOException {
        var trace = trace();
        var runs = TraceFormat.events(trace, "run");
        var kernels = TraceFormat.events(trace, "kernel");
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
        var kernels = TraceFormat.events(trace(), "kernel");
        assertThat(kernels.stream().map(kernel -> kernel.path("name").asText()))
                .contains("dense1", "dense1/backward");
        var first = kernels.stream().filter(k -> k.path("name").asText().equals("dense1"));
        var work = first.findFirst().orElseThrow().path("args");
        assertThat(work.path("kernel").asText()).isEqualTo("product [1, 4, 784, 512]");
        assertThat(work.path("flops").asLong()).isEqualTo(2L * 4 * 784 * 512);
        assertThat(work.path("bytes").asLong()).isEqualTo(4L * (4 * 784 + 784 * 512 + 4 * 512));
    }

    /// 16 images of 28 × 28 to train on and as many to test with.
    private Path images() throws IOException {
        var folder = Files.createDirectories(directory.resolve("images"));
        for (var part : List.of("train", "t10k")) {
            var images = ByteBuffer.allocate(16 + 16 * 784).putInt(0x803).putInt(16);
            images.putInt(28).putInt(28);
            for (int i = 0; i < 16 * 784; i++) images.put((byte) (31 * i));
            Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
            var labels = ByteBuffer.allocate(8 + 16).putInt(0x801).putInt(16);
            for (int i = 0; i < 16; i++) labels.put((byte) (i % 10));
            Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
        }
        return folder;
    }

    @Test
    void trainingAloneShowsStepsAndEvaluations() throws IOException {
        var file = directory.resolve("trace.json");
        var weights = directory.resolve("weights.safetensors");
        var args = new ArrayList<>(List.of("train", "mnist-mlp", "--alone", "--format", "json"));
        args.addAll(List.of("--epochs", "2", "--batch-size", "8", "--threads", "1"));
        args.addAll(List.of("--data", images().toString(), "--out", weights.toString()));
        args.addAll(List.of("--profile", file.toString()));
        var lines = Output.of(args.toArray(String[]::new)).lines().toList();

        var trace = TraceFormat.read(file);
        var runs = TraceFormat.events(trace, "run").stream().map(e -> e.path("name").asText());
        assertThat(runs)
                .containsExactly(
                        "initial weights", "step", "step", "evaluate", "step", "step", "evaluate");
        assertThat(TraceFormat.events(trace, "activity").stream().map(e -> e.path("name").asText()))
                .containsExactly("epoch 1", "epoch 2");
        assertThat(lines).anyMatch(line -> line.startsWith("{\"type\":\"profile-layer\""));
        assertThat(lines).anyMatch(line -> line.startsWith("{\"type\":\"profile-kernel\""));
        assertThat(lines.getLast()).startsWith("{\"type\":\"profile\"");
        double share = 0;
        for (var line : lines) {
            var row = new ObjectMapper().readTree(line);
            if (row.path("type").asText().equals("profile-activity")) {
                share += row.path("share").asDouble();
            }
        }
        double rounding = 1e-9; // A sum of a few doubles near 1.
        assertThat(share).isCloseTo(1, within(rounding));
    }

    @Test
    void tracesOfDevicesAreMovedOntoOneAxisAndGetTheirLayersBack() throws IOException {
        var model = Models.named("mnist-mlp");
        var gradient = TrainingPrograms.gradient(model, 4).program();
        var anonymous = ProgramCodec.decode(ProgramCodec.encode(gradient), Limits.DEFAULT);
        var options = new ProcessRecorder("device");
        try (var engine = options.open(new CpuSettings(1));
                var program = engine.prepare(anonymous, List.of())) {
            program.run();
        }
        var own = options.part("work", "work", ProgramNames.NONE);
        var stored = directory.resolve("device.json");
        TraceFile.write(stored, List.of(own));
        assertThat(names(stored)).contains("product [1, 4, 784, 512]").doesNotContain("dense1");

        var read = TraceFile.read(stored);
        assertThat(read.profile()).isEqualTo(own.profile());
        var names = ProgramNames.of(model, Optimizers.named("adam"), 8, 4);
        var labelled = new TracePart.Stored(names.apply(read.profile()), stored, read.originNs());
        long laterNs = 5_000_000;
        var first =
                new ProcessProfile(
                        "first",
                        1,
                        0,
                        own.profile().beganNs() - laterNs,
                        1,
                        List.of(),
                        List.of(),
                        0);
        var merged = directory.resolve("merged.json");
        TraceFile.write(merged, List.of(new TracePart.Recorded(first, List.of()), labelled));

        assertThat(TraceFormat.names(TraceFormat.read(merged)))
                .containsExactly(Map.entry(1, "first"), Map.entry(2, "device"));
        assertThat(names(merged)).contains("gradient", "dense1", "dense1/backward");
        assertThat(start(merged)).isCloseTo(start(stored) + laterNs / 1e3, within(2e-3));
    }

    private static List<String> names(Path trace) throws IOException {
        var names = new ArrayList<String>();
        for (var event : TraceFormat.read(trace).path("traceEvents")) {
            names.add(event.path("name").asText());
        }
        return names;
    }

    /// When the first run began.
    private static double start(Path trace) throws IOException {
        return TraceFormat.start(TraceFormat.events(TraceFormat.read(trace), "run").getFirst());
    }

    @Test
    void longTrainingsKeepTheirLatestActivitiesAndAllSums() {
        var recorder = new ProcessRecorder("long");
        int count = ProcessRecorder.SPANS_MAX + 3;
        for (int i = 0; i < count; i++) {
            recorder.count("turn", 2);
            recorder.show("turn " + i, i, i + 1, Map.of());
        }
        var part = recorder.part("work", "work", ProgramNames.NONE);
        assertThat(part.profile().activities())
                .containsExactly(new ProcessProfile.Activity("turn", count, 2L * count));
        assertThat(part.profile().spansLost()).isEqualTo(3);
        assertThat(part.tracks().getFirst().spans()).hasSize(ProcessRecorder.SPANS_MAX);
        assertThat(part.tracks().getFirst().spans().getFirst().name()).isEqualTo("turn 3");
    }
}
