package motley.coordinator.storage;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Immutable bytes in a folder, named by their SHA-256.
///
/// A blob appears under its name only when it is whole and on disk: it is written beside, forced
/// out, then renamed. What an interrupted writing left is removed at the next start. Any thread may
/// call.
public final class BlobStore {
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final int SLICE_BYTES = 1 << 20;

    private final Path directory;
    private final Path incoming;

    private BlobStore(Path directory) {
        this.directory = directory;
        incoming = directory.resolve("incoming");
    }

    /// Opens the store in `directory`, which is made if it does not exist.
    public static BlobStore open(Path directory) throws IOException {
        var store = new BlobStore(directory);
        Files.createDirectories(store.incoming);
        try (var left = Files.list(store.incoming)) {
            for (var part : left.toList()) Files.delete(part);
        }
        return store;
    }

    /// Whether `name` has the form of a blob's name.
    public static boolean isName(String name) {
        return SHA_256.matcher(name).matches();
    }

    /// The file of a blob, if it is there.
    ///
    /// @throws IllegalArgumentException if `sha256` is no name of a blob
    public Optional<Path> find(String sha256) {
        var file = file(sha256);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /// Begins a new blob. Close it, whatever happens.
    public BlobWriter write() throws IOException {
        return new BlobWriter(this, Files.createTempFile(incoming, "", ".part"));
    }

    /// Stores `bytes` and returns their name.
    public String put(MemorySegment bytes) throws IOException {
        try (var writer = write()) {
            for (long at = 0; at < bytes.byteSize(); at += SLICE_BYTES) {
                long length = Math.min(SLICE_BYTES, bytes.byteSize() - at);
                writer.append(bytes.asSlice(at, length).asByteBuffer());
            }
            return writer.commit();
        }
    }

    /// Stores `bytes` and returns their name.
    public String put(byte[] bytes) throws IOException {
        try (var writer = write()) {
            writer.append(ByteBuffer.wrap(bytes));
            return writer.commit();
        }
    }

    /// What the disk has room for.
    public long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /// Removes a blob; does nothing if it is not there.
    public void delete(String sha256) throws IOException {
        Files.deleteIfExists(file(sha256));
    }

    Path file(String sha256) {
        require(isName(sha256), "sha256: %s (expected: 64 hexadecimal digits)", sha256);
        return directory.resolve(sha256.substring(0, 2)).resolve(sha256);
    }
}
