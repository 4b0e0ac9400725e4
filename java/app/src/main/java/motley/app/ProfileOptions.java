package motley.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.cpu.FmaPeak;
import motley.cpu.Profiler;
import picocli.CommandLine.Option;

/// Where a command that computes says what took how long.
final class ProfileOptions {
    @Option(
            names = "--profile",
            paramLabel = "FILE",
            description = {
                "measures every kernel: a table, and a trace in FILE for chrome://tracing or",
                "ui.perfetto.dev"
            })
    private Optional<Path> file = Optional.empty();

    private final Profiler profiler = new Profiler(System::nanoTime);

    /// An engine that is measured if that is asked for.
    CpuEngine engine(CpuSettings settings) {
        return file.isPresent() ? CpuEngine.open(settings, profiler) : CpuEngine.open(settings);
    }

    /// Leaves out what ran until now.
    void begin() {
        profiler.reset();
    }

    /// Prints the tables and writes the file, if that is asked for.
    void report(Console console, int threads) {
        if (file.isEmpty()) return;
        var report =
                new ProfileReport(profiler.profile(), FmaPeak.measure(System::nanoTime) * threads);
        report.print(console);
        try {
            report.write(file.get());
        } catch (IOException e) {
            throw new UserException("cannot write %s: %s".formatted(file.get(), e.getMessage()), e);
        }
        console.say("trace in %s".formatted(file.get()));
    }
}
