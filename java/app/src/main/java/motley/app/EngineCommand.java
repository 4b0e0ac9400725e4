package motley.app;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import motley.webgpu.EngineUnavailableException;
import motley.webgpu.WebGpuEngine;
import motley.webgpu.wgsl.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Engines beside the JVM's.
@Command(
        name = "engine",
        description = "Fetches and describes the engine for GPUs.",
        mixinStandardHelpOptions = true,
        subcommands = {EngineCommand.Fetch.class, EngineCommand.Show.class})
final class EngineCommand implements Runnable {
    private static final long MEMORY_BYTES_MAX = 1L << 30;

    /// Set by picocli before anything runs.
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    private static void requireKnown(String name) {
        if (name.equals("webgpu")) return;
        throw new UserException("engine: %s (expected: webgpu)".formatted(name));
    }

    @Command(
            name = "fetch",
            mixinStandardHelpOptions = true,
            description = {
                "Fetches the library of an engine through npm (20 MB), checks its SHA-256, keeps",
                "it under MOTLEY_HOME (default ~/.motley). Then: motley join --engine webgpu"
            })
    static final class Fetch implements Runnable {
        @Parameters(paramLabel = "NAME", description = "webgpu")
        private String name = "";

        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            requireKnown(name);
            var console = output.console();
            var library = GpuLibrary.ofThisMachine(Home.ofThisProcess());
            try {
                var path = library.isInstalled() ? library.installed() : library.fetch();
                console.say("webgpu in " + path);
                console.emit("engine", Map.of("engine", name, "file", path.toString()));
            } catch (IOException e) {
                throw new UserException(
                        "cannot write %s: %s".formatted(library.folder(), e.getMessage()), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = {
                "Opens the GPU that an engine would use, has it compute what is known, and prints",
                "what it is and what it allows."
            })
    static final class Show implements Runnable {
        @Parameters(paramLabel = "NAME", description = "webgpu")
        private String name = "";

        @Option(
                names = "--allow-software",
                description = "an adapter that computes on the processor, too")
        private boolean allowSoftware;

        @Option(
                names = "--half",
                description = "as with `motley join --half`: refused where there are none")
        private boolean half;

        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            requireKnown(name);
            var library = GpuLibrary.ofThisMachine(Home.ofThisProcess()).installed();
            var precision = half ? Precision.HALF : Precision.FLOAT;
            var settings =
                    new WebGpuEngine.Settings(library, allowSoftware, MEMORY_BYTES_MAX, precision);
            try (var engine = WebGpuEngine.open(settings)) {
                var limits = engine.target().limits();
                var console = output.console();
                console.say(
                        "%s, numeric class %s".formatted(engine.adapter(), engine.numericClass()));
                console.say(
                        "bindings of %d MiB, buffers of %d MiB, %d bindings a kernel, %s tiles"
                                .formatted(
                                        limits.bindingBytes() >> 20,
                                        limits.bufferBytes() >> 20,
                                        limits.storageBuffers(),
                                        engine.target().tiling()));
                console.say("half floats: " + (engine.hasHalfFloats() ? "yes" : "no"));
                console.emit(
                        "engine",
                        Map.of(
                                "halfFloats", engine.hasHalfFloats(),
                                "adapter", engine.adapter().toString(),
                                "software", engine.adapter().isSoftware(),
                                "numericClass", engine.numericClass(),
                                "tiling", engine.target().tiling().toString(),
                                "bindingBytes", limits.bindingBytes(),
                                "bufferBytes", limits.bufferBytes()));
            } catch (EngineUnavailableException e) {
                throw new UserException(String.valueOf(e.getMessage()), e);
            }
        }
    }
}
