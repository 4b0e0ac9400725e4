package motley.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import motley.cpu.CpuSettings;
import motley.nn.Models;
import motley.nn.Optimizers;
import motley.program.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures how fast this machine trains.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures training on this machine alone: whole steps (forward, backward, optimizer)",
            "on random data, without coordinator. The median of the measured steps counts.",
            "",
            "Comparisons with PyTorch on this machine: bench/run in the sources."
        })
final class BenchCommand implements Runnable {
    /// Larger matrices do not fit in one arena beside each other.
    private static final int PRODUCT_SIZE_MAX = 16_384;

    private static final int ELEMENTS_MAX = 1 << 26;

    @Option(
            names = "--model",
            paramLabel = "M",
            defaultValue = "mnist-cnn",
            description = "model (default: ${DEFAULT-VALUE})")
    private String model = "";

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "64",
            description = "samples a step (default: ${DEFAULT-VALUE})")
    private int batchSize;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adam",
            description = "(default: ${DEFAULT-VALUE})")
    private String optimizer = "";

    @Option(
            names = "--product",
            paramLabel = "N",
            description = "instead of training: the product of two N by N matrices")
    private Optional<Integer> product = Optional.empty();

    @Option(
            names = "--sums",
            paramLabel = "N",
            description = {
                "instead of training: encoding updates of N elements and adding them up, on one",
                "thread"
            })
    private Optional<Integer> sums = Optional.empty();

    @Option(names = "--threads", paramLabel = "T", description = "default: all cores")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "measured; one step at least (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "seconds before that, for the JVM's compiler (default: as many)")
    private Optional<Double> warmUpSeconds = Optional.empty();

    @Option(
            names = "--paced",
            description = {
                "after the warm-up measures once for each line on standard input, from the same",
                "first values each time: to take turns with something else"
            })
    private boolean isPaced;

    @Mixin private EngineOptions engines = new EngineOptions();

    @Mixin private ProfileOptions profile = new ProfileOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        requireSettings();
        var console = output.console();
        if (sums.isPresent()) {
            measureSums(console, sums.get());
            return;
        }
        try (var engine = engines.open(profile, new CpuSettings(threads), console);
                var workload = workload(engine)) {
            double warmUp = warmUpSeconds.orElse(seconds);
            if (warmUp > 0) RunTimes.of(workload::run, warmUp);
            profile.begin();
            if (isPaced) measureAtEachLine(console, workload);
            else measure(console, workload);
            profile.report(console);
        }
    }

    private void requireSettings() {
        require(batchSize >= 1, "--batch-size", batchSize, "at least 1");
        require(
                product.isEmpty() || (product.get() >= 1 && product.get() <= PRODUCT_SIZE_MAX),
                "--product",
                product.orElse(1),
                "1 to " + PRODUCT_SIZE_MAX);
        require(
                sums.orElse(1) >= 1 && sums.orElse(1) <= ELEMENTS_MAX,
                "--sums",
                sums.orElse(1),
                "1 to " + ELEMENTS_MAX);
        require(seconds >= 0, "--seconds", seconds, "at least 0");
        require(
                warmUpSeconds.orElse(0.0) >= 0,
                "--warm-up",
                warmUpSeconds.orElse(0.0),
                "at least 0");
    }

    private static void require(boolean holds, String option, Object value, String expected) {
        if (holds) return;
        throw new UserException("%s: %s (expected: %s)".formatted(option, value, expected));
    }

    private static void measureSums(Console console, int elements) {
        var rows = SumTimes.of(elements);
        for (var row : rows) {
            console.say(
                    "%-30s best %6.2f, median %6.2f G elements/s"
                            .formatted(
                                    row.get("name"),
                                    (Double) row.get("bestPerNs"),
                                    (Double) row.get("medianPerNs")));
        }
        console.emit("bench", Map.of("sums", rows));
    }

    private Workload workload(Engine engine) {
        if (product.isPresent()) return ProductWorkload.open(engine, product.get());
        return StepWorkload.open(
                engine,
                new StepWorkload.Setting(
                        Models.named(model), Optimizers.named(optimizer), batchSize));
    }

    private void measureAtEachLine(Console console, Workload workload) {
        console.emit("ready", Map.of());
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            while (lines.readLine() != null) measure(console, workload);
        } catch (IOException e) {
            throw new UserException("standard input: " + e.getMessage(), e);
        }
    }

    private void measure(Console console, Workload workload) {
        workload.reset();
        report(console, workload, RunTimes.of(workload::run, seconds));
    }

    private void report(Console console, Workload workload, RunTimes times) {
        var rate = workload.rate();
        double perSecond = rate.amount() / times.medianMs() * 1e3;
        console.say(
                "%s, %s: %.2f ms a step (best %.2f), %.0f %s/s, %d steps"
                        .formatted(
                                workload.description(),
                                engines.describe(threads),
                                times.medianMs(),
                                times.bestMs(),
                                perSecond,
                                rate.unit(),
                                times.count()));
        var fields = workload.fields();
        fields.put("threads", threads);
        fields.put("msPerStep", times.medianMs());
        fields.put(rate.field(), perSecond);
        fields.put("msPerStepBest", times.bestMs());
        fields.put("callerCpuMsPerStep", times.callerCpuMs());
        fields.put("steps", times.count());
        console.emit("bench", fields);
    }
}
