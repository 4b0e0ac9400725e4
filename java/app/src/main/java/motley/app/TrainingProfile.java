package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;

/// The profile of a training over a coordinator: its rounds, the optimizer if the coordinator is
/// this process, and what the local devices wrote. Does nothing where none is asked for.
///
/// Each local device writes a trace of its own into a folder of this training when it ends. All
/// take their times from the wall clock of this machine, so that they share one axis.
final class TrainingProfile implements AutoCloseable {
    private final ProfileOptions options;
    private final Optional<ProcessRecorder> recorder;
    private final Optional<Path> folder;

    private TrainingProfile(ProfileOptions options, Optional<Path> folder) {
        this.options = options;
        this.folder = folder;
        recorder = options.recorder("coordinator");
    }

    /// Makes the folder, if a profile is asked for.
    static TrainingProfile open(ProfileOptions options, Home home) throws IOException {
        if (options.file().isEmpty()) return new TrainingProfile(options, Optional.empty());
        Files.createDirectories(home.directory());
        var folder = Files.createTempDirectory(home.directory(), "profile-");
        return new TrainingProfile(options, Optional.of(folder));
    }

    /// The engine of this process's coordinator.
    CpuEngine engine(CpuSettings settings) {
        return options.engine(settings);
    }

    /// Where a device of this machine leaves its trace.
    Optional<Path> fileOf(String device) {
        return folder.map(path -> path.resolve(device + ".json"));
    }

    /// Who is to be told of the times of rounds.
    Optional<Consumer<JsonNode>> rounds() {
        return recorder.map(RoundRecorder::new).map(rounds -> rounds::record);
    }

    /// What went before, connecting and sending the data, is left out.
    void begin() {
        recorder.ifPresent(ProcessRecorder::begin);
    }

    /// Says what this process did since `startNs`, where no round was going on.
    void spent(String activity, long startNs) {
        if (recorder.isEmpty()) return;
        long endNs = System.nanoTime();
        recorder.get().count(activity, endNs - startNs);
        recorder.get().show(activity, startNs, endNs, Map.of());
    }

    /// Adds to the table, and not to the trace, what this process waited for since `startNs`, while
    /// rounds had begun already.
    void waited(String activity, long startNs) {
        recorder.ifPresent(it -> it.count(activity, System.nanoTime() - startNs));
    }

    /// Collects everything and reports it. The local devices have ended; what they wrote is
    /// removed, for after Ctrl-C nothing that follows is certain to happen.
    void report(Console console, ProgramNames names) throws IOException {
        if (recorder.isEmpty() || folder.isEmpty()) return;
        var parts = new ArrayList<TracePart>();
        parts.add(recorder.get().part("rounds", "optimizer", names));
        for (var file : files(folder.get())) {
            try {
                var part = TraceFile.read(file);
                parts.add(new TracePart.Stored(names.apply(part.profile()), file, part.originNs()));
            } catch (IOException e) {
                console.say("no profile of %s: %s".formatted(file.getFileName(), e.getMessage()));
            }
        }
        if (parts.size() == 1) {
            console.say("devices elsewhere: `motley join --profile FILE` writes each one's own");
        }
        options.report(console, parts);
        close();
    }

    private static List<Path> files(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        } catch (IOException e) {
            throw new UserException("cannot read %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (folder.isEmpty() || Files.notExists(folder.get())) return;
        try (var paths = Files.walk(folder.get())) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
