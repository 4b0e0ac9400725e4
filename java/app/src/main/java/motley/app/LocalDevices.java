package motley.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Device processes of this machine, started for one training and ended with it.
///
/// Each is an ordinary `motley join` in a JVM of its own, with its share of the cores; what it
/// prints goes to a file under `logs`. They follow this process: if it is killed, they end.
final class LocalDevices implements AutoCloseable {
    private static final int FAREWELL_MS = 3000;

    private final List<Process> processes = new ArrayList<>();
    private final Path logs;

    private LocalDevices(Path logs) {
        this.logs = logs;
    }

    /// Where they connect.
    ///
    /// @param token empty where none is needed
    record Coordinator(URI uri, String token) {}

    /// Which devices.
    ///
    /// @param exchange as `motley join --exchange` reads it
    record Wanted(int count, String exchange) {}

    /// Starts devices.
    ///
    /// @throws UserException if a process cannot be started
    static LocalDevices start(
            Wanted wanted, Coordinator coordinator, Home home, TrainingProfile profile) {
        int count = wanted.count();
        var devices = new LocalDevices(home.directory().resolve("logs"));
        int cores = Runtime.getRuntime().availableProcessors();
        int threads = Math.max(1, cores / Math.max(1, count));
        try {
            Files.createDirectories(devices.logs);
            for (int i = 1; i <= count; i++) {
                var name = "local-" + i;
                var command = command(name, threads, coordinator);
                command.addAll(List.of("--exchange", wanted.exchange()));
                profile.fileOf(name).ifPresent(file -> command.addAll(profileOptions(file)));
                devices.startOne(name, command);
            }
            return devices;
        } catch (IOException e) {
            devices.close();
            throw new UserException("cannot start a local device: " + e.getMessage(), e);
        }
    }

    private static List<String> profileOptions(Path file) {
        return List.of("--profile", file.toString());
    }

    private void startOne(String name, List<String> command) throws IOException {
        var log = logs.resolve(name + ".log").toFile();
        processes.add(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start());
    }

    /// This JVM's own command with another main argument list.
    private static List<String> command(String name, int threads, Coordinator coordinator) {
        var java = ProcessHandle.current().info().command().orElse("java");
        var command = new ArrayList<String>();
        command.add(java);
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(List.of("join", coordinator.uri().toString()));
        if (!coordinator.token().isEmpty()) command.addAll(List.of("--token", coordinator.token()));
        command.addAll(List.of("--name", name, "--threads", "" + threads));
        command.addAll(List.of("--follow", "" + ProcessHandle.current().pid()));
        return command;
    }

    /// The first device that ended by itself, with the end of what it printed.
    Optional<String> failure() {
        for (int i = 0; i < processes.size(); i++) {
            var process = processes.get(i);
            if (!process.isAlive()) {
                var log = logs.resolve("local-" + (i + 1) + ".log");
                return Optional.of(
                        "local device %d ended with exit code %d: %s"
                                .formatted(i + 1, process.exitValue(), lastLine(log)));
            }
        }
        return Optional.empty();
    }

    boolean isAnyAlive() {
        return processes.stream().anyMatch(Process::isAlive);
    }

    private static String lastLine(Path log) {
        try {
            var lines = Files.readAllLines(log);
            return lines.isEmpty() ? "see " + log : lines.getLast() + " (see " + log + ")";
        } catch (IOException e) {
            return "see " + log;
        }
    }

    @Override
    public void close() {
        for (var process : processes) process.destroy();
        for (var process : processes) {
            try {
                if (!process.waitFor(FAREWELL_MS, TimeUnit.MILLISECONDS)) process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
    }
}
