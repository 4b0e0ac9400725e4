package motley.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import motley.cpu.CpuSettings;
import motley.program.Engine;
import motley.webgpu.EngineUnavailableException;
import motley.webgpu.TimedKernel;
import motley.webgpu.Timing;
import motley.webgpu.WebGpuEngine;
import motley.webgpu.wgsl.Precision;
import picocli.CommandLine.Option;

/// What computes on a device: the JVM, or its GPU.
final class EngineOptions {
    private static final String JVM = "jvm";
    private static final String WEBGPU = "webgpu";

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = JVM,
            description = {
                "what computes: jvm (all cores of the processor), or webgpu (the fastest GPU, by",
                "Vulkan, Metal or D3D12; needs `motley engine fetch webgpu` once)",
                "(default: ${DEFAULT-VALUE})"
            })
    private String name = JVM;

    @Option(
            names = "--allow-software",
            description = {
                "with webgpu: take an adapter that computes on the processor where there is no",
                "GPU; right, but many times slower than jvm, so for tests"
            })
    private boolean allowSoftware;

    @Option(
            names = "--half",
            description = {
                "with webgpu: products and convolutions of operands rounded to half floats, added",
                "in float32, where the GPU has them (see `motley engine show webgpu`); saves",
                "memory between its cores, costs digits: about three are left"
            })
    private boolean half;

    @Option(
            names = "--tune",
            negatable = true,
            description = {
                "with webgpu: time several ways to compute the largest products and convolutions",
                "before a program runs, and take the fastest of equal bits; takes a moment, and",
                "again at each start (default: on GPUs, not with --allow-software's adapters)"
            })
    private Optional<Boolean> tunes = Optional.empty();

    /// The engine asked for, its kernels measured if `profile` says so. What it times, it tells
    /// `console`.
    ///
    /// @throws UserException if it is not there or may not be used
    Engine open(ProfileOptions profile, CpuSettings settings, Console console) {
        requireFitting();
        return switch (name) {
            case JVM -> profile.engine(settings);
            case WEBGPU -> gpu(profile, settings, console);
            default ->
                    throw new UserException(
                            "--engine: %s (expected: %s or %s)".formatted(name, JVM, WEBGPU));
        };
    }

    private void requireFitting() {
        if (allowSoftware && !name.equals(WEBGPU)) {
            throw new UserException(
                    "--allow-software: with --engine %s (expected: webgpu)".formatted(name));
        }
        if (half && !name.equals(WEBGPU)) {
            throw new UserException("--half: with --engine %s (expected: webgpu)".formatted(name));
        }
        if (tunes.isPresent() && !name.equals(WEBGPU)) {
            throw new UserException("--tune: with --engine %s (expected: webgpu)".formatted(name));
        }
        if (tunes.orElse(false) && half) {
            throw new UserException(
                    "--tune: with --half (expected: one of them; bits of half floats depend on"
                            + " what is timed)");
        }
    }

    private Engine gpu(ProfileOptions profile, CpuSettings settings, Console console) {
        if (profile.file().isPresent()) {
            throw new UserException("--profile: with --engine webgpu (expected: --engine jvm)");
        }
        var library = GpuLibrary.ofThisMachine(Home.ofThisProcess());
        try {
            var gpu =
                    new WebGpuEngine.Settings(
                            library.installed(),
                            allowSoftware,
                            settings.memoryBytesMax(),
                            half ? Precision.HALF : Precision.FLOAT);
            if (!tunes.orElse(true)) return WebGpuEngine.open(gpu);
            var timing =
                    new Timing(
                            tunes.isPresent(), System::nanoTime, kernel -> show(console, kernel));
            return WebGpuEngine.open(gpu, timing);
        } catch (EngineUnavailableException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void show(Console console, TimedKernel kernel) {
        console.say("timed " + kernel);
        var ms = new LinkedHashMap<String, Double>();
        for (var trial : kernel.trials()) ms.put(trial.tiling().name(), trial.ms());
        console.emit(
                "tuned",
                Map.of(
                        "kernel", kernel.name(),
                        "variant", kernel.fastest().name(),
                        "millis", ms));
    }

    /// For people: what computes.
    String describe(int threads) {
        return name.equals(JVM) ? threads + " threads" : half ? name + ", half floats" : name;
    }
}
