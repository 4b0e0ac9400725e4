package motley.app;

import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.nn.Models;
import motley.nn.Optimizers;
import motley.worker.SpeedProbe;

/// What a task of a model costs on this machine with one thread.
///
/// @param sampleMs time of one sample, forward and backward
/// @param parameters of the model
record TaskCost(String model, double sampleMs, long parameters) {
    private static final double WARM_UP_S = 2;
    private static final double SECONDS = 2;
    private static final int F32_BYTES = 4;

    static TaskCost measured(String name, int samples) {
        var model = Models.named(name);
        long parameters =
                model.parameters().stream().mapToLong(p -> p.type().shape().count()).sum();
        try (var engine = CpuEngine.open(new CpuSettings(1));
                var workload =
                        StepWorkload.open(
                                engine,
                                new StepWorkload.Setting(
                                        model, Optimizers.named("sgd"), samples))) {
            RunTimes.of(workload::run, WARM_UP_S);
            workload.reset();
            var times = RunTimes.of(workload::run, SECONDS);
            return new TaskCost(name, times.medianMs() / samples, parameters);
        }
    }

    /// What this machine reaches with one thread, measured as devices do.
    static double gflops() {
        try (var engine = CpuEngine.open(new CpuSettings(1))) {
            return SpeedProbe.measure(engine).orElse(0);
        }
    }

    /// Parameters to the device and an answer back, at `mbits` Mbit/s.
    double transferMs(double mbits) {
        double bits = 2.0 * F32_BYTES * Byte.SIZE * parameters;
        return bits / (mbits * 1e3);
    }

    String text() {
        return "%s: %.3f ms a sample on this machine (one thread), %,d parameters"
                .formatted(model, sampleMs, parameters);
    }
}
