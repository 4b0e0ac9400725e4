package motley.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import picocli.CommandLine.Option;

/// Where a command that computes says what took how long.
///
/// Nothing is measured, and nothing asked for while computing, unless the option is given.
final class ProfileOptions {
    @Option(
            names = "--profile",
            paramLabel = "FILE",
            description = {
                "measure where the time goes: tables at the end, for layers, kernels and, with",
                "devices, rounds; and a trace in FILE for ui.perfetto.dev or chrome://tracing.",
                "Not given, it costs nothing."
            })
    private Optional<Path> file = Optional.empty();

    private Optional<ProcessRecorder> recorder = Optional.empty();
    private Supplier<ProgramNames> names = () -> ProgramNames.NONE;
    private final AtomicBoolean isReported = new AtomicBoolean();

    Optional<Path> file() {
        return file;
    }

    /// What records this process, if that is asked for.
    ///
    /// @param process its name, for people
    Optional<ProcessRecorder> recorder(String process) {
        if (recorder.isEmpty()) recorder = file.map(_ -> new ProcessRecorder(process));
        return recorder;
    }

    /// An engine that is measured if that is asked for. Measuring begins with it, unless it has
    /// begun.
    CpuEngine engine(CpuSettings settings) {
        if (file.isEmpty()) return CpuEngine.open(settings);
        boolean isFirst = recorder.isEmpty();
        var measuring = recorder("motley").orElseThrow();
        var engine = measuring.open(settings);
        if (isFirst) measuring.begin();
        return engine;
    }

    /// Leaves out what ran until now.
    void begin() {
        recorder.ifPresent(ProcessRecorder::begin);
    }

    /// Shows in the trace what went on since the last time, or since the beginning.
    void passed(String activity) {
        recorder.ifPresent(r -> r.passed(activity));
    }

    /// Says what programs are called in what is reported, asked only then.
    void name(Supplier<ProgramNames> known) {
        names = known;
    }

    /// Also reports when the process is told to end, by Ctrl-C for instance.
    void reportOnExit(Console console) {
        if (file.isEmpty()) return;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> report(console), "profile-on-exit"));
    }

    /// Prints the tables and writes the file, once, if that is asked for.
    synchronized void report(Console console) {
        if (recorder.isEmpty()) return;
        report(console, List.of(recorder.get().part("work", "work", names.get())));
    }

    /// The same, of several processes.
    synchronized void report(Console console, List<TracePart> parts) {
        if (file.isEmpty() || isReported.getAndSet(true)) return;
        new ProfileReport(parts.stream().map(TracePart::profile).toList()).print(console);
        try {
            TraceFile.write(file.get(), parts);
        } catch (IOException e) {
            throw new UserException("cannot write %s: %s".formatted(file.get(), e.getMessage()), e);
        }
        console.say("trace in %s, for ui.perfetto.dev".formatted(file.get()));
        console.emit("profile", Map.of("file", file.get().toString()));
    }
}
