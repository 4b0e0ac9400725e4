package motley.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import motley.wire.BulkClient;

/// Blobs fetched once and kept by their SHA-256. Several processes may share the folder: a file
/// appears under its name only when it is complete and its hash is right.
record BlobCache(Path directory) {
    /// The file that holds blob `sha256`, fetched if it is not here yet.
    ///
    /// @throws IOException if it cannot be fetched or is not what its name says
    /// @throws InterruptedException if interrupted while waiting
    Path fetch(BulkClient bulk, String sha256) throws IOException, InterruptedException {
        var file = directory.resolve(sha256);
        if (Files.isRegularFile(file)) return file;
        Files.createDirectories(directory);
        bulk.fetchBlob(sha256, file);
        return file;
    }
}
