package motley.wire;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A device's end of the exchange of bulk bytes through files of the coordinator's machine.
///
/// Confined to one thread at a time. Closing it unmaps the files.
public final class SharedExchange implements AutoCloseable {
    static final String NONCE_FILE = "nonce";

    private static final int NONCE_BYTES_MAX = 200;

    private final Path directory;
    private final String nonce;
    private final Arena arena = Arena.ofShared();
    private final Map<String, MemorySegment> files = new HashMap<>();

    private SharedExchange(Path directory, String nonce) {
        this.directory = directory;
        this.nonce = nonce;
    }

    /// Opens the folder a coordinator offers. Empty where it cannot be read, as on another machine
    /// or for another user.
    public static Optional<SharedExchange> tryOpen(String directory) {
        try {
            var path = Path.of(directory);
            var file = path.resolve(NONCE_FILE);
            if (Files.size(file) > NONCE_BYTES_MAX) return Optional.empty();
            return Optional.of(new SharedExchange(path, Files.readString(file)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// Tells the coordinator that this device is on its machine.
    public FromDevice.SharedMemoryProof proof() {
        return new FromDevice.SharedMemoryProof(nonce);
    }

    /// Copies version `version` of the parameters from `file` into `into`, little-endian f32.
    ///
    /// @return false if the file no longer holds that version: the task is out of date
    /// @throws IOException if the file cannot be mapped
    public boolean readParameters(String file, long version, MemorySegment into)
            throws IOException {
        var mapped = map(file);
        requireSize(file, mapped, mapped.byteSize() == SharedFile.sizeBytes(into.byteSize()), into);
        return SharedFile.read(mapped, version, into);
    }

    /// Leaves a contribution in `file`. It counts once the submission of `lease` is accepted.
    ///
    /// @throws IOException if the file cannot be mapped, or has no room
    public void writeContribution(String file, long lease, MemorySegment contribution)
            throws IOException {
        var mapped = map(file);
        boolean fits = mapped.byteSize() >= SharedFile.sizeBytes(contribution.byteSize());
        requireSize(file, mapped, fits, contribution);
        SharedFile.write(mapped, lease, contribution);
    }

    @Override
    public void close() {
        arena.close();
    }

    private static void requireSize(
            String name, MemorySegment mapped, boolean fits, MemorySegment contents)
            throws IOException {
        if (fits) return;
        throw new IOException(
                "%s: %d bytes (expected: %d)"
                        .formatted(
                                name,
                                mapped.byteSize(),
                                SharedFile.sizeBytes(contents.byteSize())));
    }

    private MemorySegment map(String name) throws IOException {
        var existing = files.get(name);
        if (existing != null) return existing;
        Check.fileName("file", name);
        try (var channel =
                FileChannel.open(
                        directory.resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            long sizeBytes = channel.size();
            if (sizeBytes < SharedFile.HEADER_BYTES) {
                throw new IOException(
                        "%s: %d bytes (expected: at least %d)"
                                .formatted(name, sizeBytes, SharedFile.HEADER_BYTES));
            }
            var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes, arena);
            files.put(name, mapped);
            return mapped;
        }
    }
}
