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
        return SharedFile.read(map(file, into.byteSize()), version, into);
    }

    /// Leaves a contribution, little-endian f32, in `file`. It counts once the submission of
    /// `lease` is accepted.
    ///
    /// @throws IOException if the file cannot be mapped
    public void writeContribution(String file, long lease, MemorySegment contribution)
            throws IOException {
        SharedFile.write(map(file, contribution.byteSize()), lease, contribution);
    }

    @Override
    public void close() {
        arena.close();
    }

    private MemorySegment map(String name, long elementsBytes) throws IOException {
        var existing = files.get(name);
        if (existing != null) return existing;
        Check.fileName("file", name);
        long sizeBytes = SharedFile.HEADER_BYTES + elementsBytes;
        try (var channel =
                FileChannel.open(
                        directory.resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            if (channel.size() != sizeBytes) {
                throw new IOException(
                        "%s: %d bytes (expected: %d)".formatted(name, channel.size(), sizeBytes));
            }
            var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes, arena);
            files.put(name, mapped);
            return mapped;
        }
    }
}
