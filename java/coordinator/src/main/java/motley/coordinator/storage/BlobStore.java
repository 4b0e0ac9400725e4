package motley.coordinator.storage;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Immutable bytes in a folder, named by their SHA-256.
///
/// A blob appears under its name only when it is whole and on disk: it is written beside, forced
/// out, then renamed. What an interrupted writing left is removed at the next start. Any thread may
/// call.
///
/// With a bucket the folder is a copy of what was written or read here: a blob appears only when
/// the bucket has it, and one that the folder lacks is fetched. The folder may be emptied while
/// nobody uses it.
public final class BlobStore {
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final int SLICE_BYTES = 1 << 20;

    private final Path directory;
    private final Path incoming;
    private final Optional<BlobBucket> bucket;

    private BlobStore(Path directory, Optional<BlobBucket> bucket) {
        this.directory = directory;
        this.bucket = bucket;
        incoming = directory.resolve("incoming");
    }

    /// Opens the store in `directory`, which is made if it does not exist.
    public static BlobStore open(Path directory) throws IOException {
        return open(directory, Optional.empty());
    }

    /// Opens the store in `directory`, which is made if it does not exist, before `bucket`.
    public static BlobStore open(Path directory, Optional<? extends BlobBucket> bucket)
            throws IOException {
        var store = new BlobStore(directory, bucket.map(BlobBucket.class::cast));
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
    /// @throws UncheckedIOException if the bucket does not answer, or its bytes are others
    public Optional<Path> find(String sha256) {
        var file = file(sha256);
        if (Files.isRegularFile(file)) return Optional.of(file);
        return bucket.flatMap(from -> fetch(from, sha256));
    }

    private Optional<Path> fetch(BlobBucket from, String sha256) {
        try {
            var part = Files.createTempFile(incoming, "", ".part");
            try {
                if (!from.fetch(sha256, part)) return Optional.empty();
                return Optional.of(check(part, sha256));
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes the blob anew, which tells whether the bytes are those of its name.
    private Path check(Path part, String sha256) throws IOException {
        try (var writer = write();
                var channel = FileChannel.open(part)) {
            var slice = ByteBuffer.allocate(SLICE_BYTES);
            while (channel.read(slice) >= 0) {
                writer.append(slice.flip());
                slice.clear();
            }
            return writer.keep(sha256);
        }
    }

    /// Called when a blob is on disk and before anybody knows.
    void secure(String name, Path part) throws IOException {
        if (bucket.isPresent()) bucket.get().put(name, part);
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
        if (bucket.isPresent()) bucket.get().delete(sha256);
        Files.deleteIfExists(file(sha256));
    }

    Path file(String sha256) {
        require(isName(sha256), "sha256: %s (expected: 64 hexadecimal digits)", sha256);
        return directory.resolve(sha256.substring(0, 2)).resolve(sha256);
    }
}
