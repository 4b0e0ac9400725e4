package motley.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// The library with `webgpu.h` for this machine: Dawn, from the npm package that its builds come
/// in, checked by its SHA-256 and kept under `MOTLEY_HOME`.
record GpuLibrary(Path folder, String pack, String file, String sha256) {
    private static final String VERSION = "0.1.7";
    private static final int MINUTES_MAX = 10;

    /// @throws UserException if there is no build for this machine
    static GpuLibrary ofThisMachine(Home home) {
        var system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        var processor = System.getProperty("os.arch", "");
        var folder = home.directory().resolve("engines").resolve("webgpu-" + VERSION);
        if (system.contains("linux") && processor.equals("amd64")) {
            return new GpuLibrary(
                    folder,
                    "bun-webgpu-linux-x64@" + VERSION,
                    "libwebgpu_wrapper.so",
                    "3190c3777f2c07fcf6a0640833cbf5d0cde859dc53aed6d9083946d093198788");
        }
        throw new UserException(
                "engine webgpu: no library for %s on %s (expected: Linux on amd64)"
                        .formatted(system, processor));
    }

    /// The file, as it was fetched.
    ///
    /// @throws UserException if it was not, or has been changed
    Path installed() {
        var path = folder.resolve(file);
        if (!Files.exists(path)) {
            throw new UserException(
                    "engine webgpu: no %s (expected: `motley engine fetch webgpu` once)"
                            .formatted(path));
        }
        requireHash(path);
        return path;
    }

    boolean isInstalled() {
        return Files.exists(folder.resolve(file));
    }

    /// Fetches the package through npm and keeps the library.
    ///
    /// @throws UserException if npm or tar is missing or fails, or the file is another one
    Path fetch() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var part = Files.createTempDirectory(folder, "part");
        try {
            run(part, "npm", "pack", "--silent", pack);
            var archive = only(part, ".tgz");
            run(part, "tar", "-xzf", archive.getFileName().toString());
            var fetched = part.resolve("package").resolve(file);
            requireHash(fetched);
            return move(fetched, folder.resolve(file));
        } finally {
            delete(part);
        }
    }

    private static Path move(Path from, Path to) throws IOException {
        try {
            return Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            return Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void run(Path folder, String... command)
            throws IOException, InterruptedException {
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UserException(
                    "%s: not found (expected: a program on the PATH)".formatted(command[0]), e);
        }
        if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new UserException(
                    "%s: no end (expected: within %d minutes)".formatted(command[0], MINUTES_MAX));
        }
        if (process.exitValue() != 0) {
            var log = Files.readString(folder.resolve("log")).strip();
            throw new UserException(
                    "%s: status %d (expected: 0): %s"
                            .formatted(String.join(" ", command), process.exitValue(), log));
        }
    }

    private static Path only(Path folder, String suffix) throws IOException {
        try (var files = Files.list(folder)) {
            var found = files.filter(f -> f.toString().endsWith(suffix)).toList();
            if (found.size() == 1) return found.getFirst();
            throw new UserException("npm pack: %d files (expected: 1)".formatted(found.size()));
        }
    }

    private void requireHash(Path path) {
        var found = hash(path);
        if (!found.equals(sha256)) {
            throw new UserException(
                    "%s: SHA-256 %s (expected: %s)".formatted(path.getFileName(), found, sha256));
        }
    }

    private static String hash(Path path) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (var walk = Files.walk(folder)) {
            all = walk.toList();
        }
        for (var path : all.reversed()) Files.deleteIfExists(path);
    }
}
