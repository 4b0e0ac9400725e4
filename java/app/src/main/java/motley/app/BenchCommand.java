package motley.app;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SplittableRandom;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.nn.Models;
import motley.nn.Optimizers;
import motley.nn.TrainingPrograms;
import motley.tensor.DType;
import motley.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures how fast this machine trains.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures training on this machine alone: whole steps (forward, backward, optimizer)",
            "on random data, without coordinator. The median of the measured steps counts."
        })
final class BenchCommand implements Runnable {
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

    @Option(names = "--threads", paramLabel = "T", description = "default: all cores")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "measured, after as long a warm-up (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var chosen = Models.named(model);
        var step = TrainingPrograms.step(chosen, Optimizers.named("adam"), batchSize);
        try (var engine = CpuEngine.open(new CpuSettings(threads));
                var training = engine.prepare(step.program(), step.carries())) {
            var random = new SplittableRandom(1);
            for (int i = 0; i < step.program().params().size(); i++) {
                var value = Tensor.onHeap(step.program().params().get(i).type());
                fill(value, random, chosen.classes());
                training.write(i, value);
            }
            measure(training::run, seconds); // Until the compiler has done its work.
            var times = measure(training::run, seconds);
            report(console, times);
        }
    }

    private static void fill(Tensor value, SplittableRandom random, int classes) {
        int count = value.shape().count();
        for (int i = 0; i < count; i++) {
            if (value.type().dtype() == DType.F32) {
                value.setFloat(i, count == 1 ? 1e-3f : (float) random.nextDouble(0, 0.1));
            } else {
                value.setInt(i, random.nextInt(classes));
            }
        }
    }

    /// Nanoseconds of each step, in increasing order.
    private static long[] measure(Runnable step, double seconds) {
        var times = new long[1 << 20];
        int count = 0;
        long endNs = System.nanoTime() + (long) (seconds * 1e9);
        long beforeNs = System.nanoTime();
        while (beforeNs < endNs && count < times.length) {
            step.run();
            long afterNs = System.nanoTime();
            times[count++] = afterNs - beforeNs;
            beforeNs = afterNs;
        }
        var sorted = Arrays.copyOf(times, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private void report(Console console, long[] times) {
        double msPerStep = times[times.length / 2] / 1e6;
        double samplesPerSecond = batchSize / msPerStep * 1e3;
        console.say(
                "%s, batch %d, %d threads: %.2f ms a step (best %.2f), %.0f samples/s, %d steps"
                        .formatted(
                                model,
                                batchSize,
                                threads,
                                msPerStep,
                                times[0] / 1e6,
                                samplesPerSecond,
                                times.length));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("model", model);
        fields.put("batchSize", batchSize);
        fields.put("threads", threads);
        fields.put("msPerStep", msPerStep);
        fields.put("samplesPerSecond", samplesPerSecond);
        fields.put("msPerStepBest", times[0] / 1e6);
        fields.put("steps", times.length);
        console.emit("bench", fields);
    }
}
