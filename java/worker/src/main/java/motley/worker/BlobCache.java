package motley.worker;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/// Blobs fetched once and kept by their SHA-256. Several processes may share the folder: a file
/// appears under its name only when it is complete and its hash is right.
final class BlobCache {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Path directory;
    private final HttpClient http;

    BlobCache(Path directory, HttpClient http) {
        this.directory = directory;
        this.http = http;
    }

    /// The file that holds blob `sha256`, fetched from `coordinator` if it is not here yet.
    ///
    /// @throws IOException if it cannot be fetched or is not what its name says
    /// @throws InterruptedException if interrupted while waiting
    Path fetch(URI coordinator, String sessionToken, String sha256)
            throws IOException, InterruptedException {
        var file = directory.resolve(sha256);
        if (Files.isRegularFile(file)) return file;
        Files.createDirectories(directory);
        var request =
                HttpRequest.newBuilder(coordinator.resolve("/v1/blobs/" + sha256))
                        .header("Authorization", "Bearer " + sessionToken)
                        .timeout(ANSWER)
                        .build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(
                        "blob %s: status %d (expected: 200)"
                                .formatted(sha256, response.statusCode()));
            }
            return store(body, sha256, file);
        }
    }

    private Path store(InputStream body, String sha256, Path file) throws IOException {
        var part = Files.createTempFile(directory, sha256, ".part");
        try {
            var digest = sha256();
            Files.copy(
                    new DigestInputStream(body, digest), part, StandardCopyOption.REPLACE_EXISTING);
            var actual = HexFormat.of().formatHex(digest.digest());
            if (!actual.equals(sha256)) {
                throw new IOException("blob %s: received %s".formatted(sha256, actual));
            }
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java platform has it.
        }
    }
}
