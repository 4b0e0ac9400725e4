package motley.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import motley.wire.BulkClient;

/// Blobs fetched once and kept by their SHA-256. Several processes may share the folder: a file
/// appears under its name only when it is complete and its hash is right.
///
/// A file found here is hashed again: a disk can lose what was written last when the power fails,
/// and reading costs little beside preparing a run.
record BlobCache(Path directory) {
    /// The file that holds blob `sha256`, fetched if it is not here yet.
    ///
    /// @param sha256 64 lower-case hexadecimal digits
    /// @throws IOException if it cannot be fetched or is not what its name says
    /// @throws InterruptedException if interrupted while waiting
    Path fetch(BulkClient bulk, String sha256) throws IOException, InterruptedException {
        var file = directory.resolve(sha256);
        if (Files.isRegularFile(file) && hash(file).equals(sha256)) return file;
        Files.createDirectories(directory);
        bulk.fetchBlob(sha256, file);
        return file;
    }

    private static String hash(Path file) throws IOException {
        var digest = sha256();
        try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
            var part = new byte[1 << 16];
            while (in.read(part) >= 0) {}
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
