package motley.app;

import motley.cpu.CpuSettings;
import motley.program.Engine;
import motley.webgpu.EngineUnavailableException;
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

    /// The engine asked for, its kernels measured if `profile` says so.
    ///
    /// @throws UserException if it is not there or may not be used
    Engine open(ProfileOptions profile, CpuSettings settings) {
        if (allowSoftware && !name.equals(WEBGPU)) {
            throw new UserException(
                    "--allow-software: with --engine %s (expected: webgpu)".formatted(name));
        }
        if (half && !name.equals(WEBGPU)) {
            throw new UserException("--half: with --engine %s (expected: webgpu)".formatted(name));
        }
        return switch (name) {
            case JVM -> profile.engine(settings);
            case WEBGPU -> gpu(profile, settings);
            default ->
                    throw new UserException(
                            "--engine: %s (expected: %s or %s)".formatted(name, JVM, WEBGPU));
        };
    }

    private Engine gpu(ProfileOptions profile, CpuSettings settings) {
        if (profile.file().isPresent()) {
            throw new UserException("--profile: with --engine webgpu (expected: --engine jvm)");
        }
        var library = GpuLibrary.ofThisMachine(Home.ofThisProcess());
        try {
            return WebGpuEngine.open(
                    new WebGpuEngine.Settings(
                            library.installed(),
                            allowSoftware,
                            settings.memoryBytesMax(),
                            half ? Precision.HALF : Precision.FLOAT));
        } catch (EngineUnavailableException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    /// For people: what computes.
    String describe(int threads) {
        return name.equals(JVM) ? threads + " threads" : half ? name + ", half floats" : name;
    }
}
