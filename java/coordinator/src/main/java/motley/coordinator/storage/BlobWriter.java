package motley.coordinator.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A blob on its way into a [BlobStore]. Closing it before [#commit] leaves nothing behind.
///
/// Confined to one thread at a time.
public final class BlobWriter implements AutoCloseable {
    private final BlobStore store;
    private final Path part;
    private final FileChannel channel;
    private final MessageDigest digest;
    private long sizeBytes;

    BlobWriter(BlobStore store, Path part) throws IOException {
        this.store = store;
        this.part = part;
        channel = FileChannel.open(part, StandardOpenOption.WRITE);
        digest = sha256();
    }

    /// Adds what remains in `bytes`.
    public void append(ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        sizeBytes += bytes.remaining();
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /// Makes the blob durable under its name, which is returned.
    public String commit() throws IOException {
        var name = HexFormat.of().formatHex(digest.digest());
        store(name);
        return name;
    }

    /// Makes the blob durable if its name is `expected`; otherwise nothing is stored.
    ///
    /// @throws WrongHashException if it is not
    public void commit(String expected) throws IOException {
        var name = HexFormat.of().formatHex(digest.digest());
        if (!name.equals(expected)) throw new WrongHashException(name, expected);
        store(name);
    }

    /// [#commit] for a blob that the bucket has.
    Path keep(String expected) throws IOException {
        var name = HexFormat.of().formatHex(digest.digest());
        if (!name.equals(expected)) throw new WrongHashException(name, expected);
        force();
        return place(name);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(part);
        }
    }

    private void store(String name) throws IOException {
        force();
        store.secure(name, part);
        place(name);
    }

    private void force() throws IOException {
        channel.force(true);
        channel.close();
    }

    private Path place(String name) throws IOException {
        var file = store.file(name);
        var folder = Files.createDirectories(file.resolveSibling("."));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(folder);
        return file;
    }

    /// Makes the new name itself durable, where the system can.
    private static void forceDirectory(Path directory) {
        try (var folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            return;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
