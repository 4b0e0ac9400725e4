package motley.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The coordinator's end of the exchange of bulk bytes with devices of the same machine: a folder
/// that only its user can enter, with one file per parameter version in use and one per device.
///
/// The folder lies in memory (`/dev/shm`) where the system has that, otherwise among the temporary
/// files, where pages may be written to disk now and then. Its name has the process and its start
/// in it, so that the next coordinator finds and removes what a killed one left.
///
/// Any thread may call; of the methods that write one file, one thread at a time. Closing it
/// removes the folder; mapped memory stays valid in devices until they let go of it.
public final class SharedDirectory implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Pattern NAME = Pattern.compile("motley-(\\d+)-(\\d+)-[0-9a-f]+");
    private static final int NONCE_BYTES = 32;
    private static final int CLEARED_BYTES = 1 << 20;

    /// Versions that exist at once: one in use, one just replaced, and one being written.
    public static final int VERSIONS = 3;

    private final Path directory;
    private final String nonce;
    private final Map<String, Mapped> files = new HashMap<>();

    private record Mapped(Arena arena, MemorySegment bytes) {}

    private SharedDirectory(Path directory, String nonce) {
        this.directory = directory;
        this.nonce = nonce;
    }

    /// Makes a folder of its own, after removing those of processes that are gone.
    ///
    /// @throws IOException if there is no place for it; devices then use HTTP
    public static SharedDirectory open() throws IOException {
        var memory = Files.isWritable(MEMORY) && Files.isDirectory(MEMORY);
        return openIn(memory ? MEMORY : Path.of(System.getProperty("java.io.tmpdir")));
    }

    static SharedDirectory openIn(Path parent) throws IOException {
        removeStale(parent);
        var random = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(random);
        var nonce = HexFormat.of().formatHex(random);
        var process = ProcessHandle.current();
        var prefix = "motley-%d-%d-".formatted(process.pid(), startedAtMs(process));
        var directory = Files.createDirectory(parent.resolve(prefix + randomName()));
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
        Files.writeString(directory.resolve(SharedExchange.NONCE_FILE), nonce);
        return new SharedDirectory(directory, nonce);
    }

    /// Where it is, for [FromCoordinator.Welcome].
    public Path path() {
        return directory;
    }

    /// Whether a device proved that it can read this folder. Takes equally long for every answer.
    public boolean isProvenBy(FromDevice.SharedMemoryProof proof) {
        return MessageDigest.isEqual(
                nonce.getBytes(StandardCharsets.UTF_8),
                proof.nonce().getBytes(StandardCharsets.UTF_8));
    }

    /// The file in which version `version` of a run's parameters is published.
    public static String parametersFile(String run, long version) {
        return parametersFile(run, version, VERSIONS);
    }

    /// The same where `versions` exist at once.
    public static String parametersFile(String run, long version, int versions) {
        return "%s-parameters-%d".formatted(run, version % versions);
    }

    /// The file in which `device` leaves contributions to a run. It writes there only while it
    /// holds a lease of that run, one at a time.
    public static String contributionFile(String run, String device) {
        return "%s-contribution-%s".formatted(run, device);
    }

    /// Publishes parameters, replacing those three versions older.
    ///
    /// @param version from 0
    /// @param parameters little-endian f32
    /// @throws IOException if there is no room
    public void publish(String run, long version, MemorySegment parameters) throws IOException {
        publishIn(parametersFile(run, version), version, parameters);
    }

    /// Publishes parameters in a file that [#parametersFile] names, replacing what is there.
    ///
    /// @throws IOException if there is no room
    public void publishIn(String file, long version, MemorySegment parameters) throws IOException {
        SharedFile.write(map(file, parameters.byteSize()), version, parameters);
    }

    /// Makes the file for a device's contributions, once.
    ///
    /// @param bytesMax of a contribution
    /// @throws IOException if there is no room
    public void makeContributionFile(String run, String device, long bytesMax) throws IOException {
        map(contributionFile(run, device), bytesMax);
    }

    /// What `device` wrote under `lease`: a view of the file, without a copy, valid until the run
    /// is removed. The device leaves it alone until it is given its next task of that run.
    ///
    /// @return empty if it wrote nothing whole under that lease
    public Optional<MemorySegment> contribution(String run, String device, long lease) {
        Mapped file;
        synchronized (files) {
            file = files.get(contributionFile(run, device));
        }
        if (file == null) return Optional.empty();
        return SharedFile.view(file.bytes(), lease);
    }

    /// Removes the files of a run that has ended. No other call may be about that run.
    public void remove(String run) {
        synchronized (files) {
            var ended = files.entrySet().iterator();
            while (ended.hasNext()) {
                var file = ended.next();
                if (!file.getKey().startsWith(run + "-")) continue;
                file.getValue().arena().close();
                deleteQuietly(directory.resolve(file.getKey()));
                ended.remove();
            }
        }
    }

    @Override
    public void close() {
        synchronized (files) {
            files.values().forEach(file -> file.arena().close());
            files.clear();
        }
        removeTree(directory);
    }

    private MemorySegment map(String name, long roomBytes) throws IOException {
        synchronized (files) {
            var existing = files.get(name);
            if (existing != null) return existing.bytes();
            long sizeBytes = SharedFile.sizeBytes(roomBytes);
            var options =
                    new StandardOpenOption[] {
                        StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ, StandardOpenOption.WRITE
                    };
            try (var channel = FileChannel.open(directory.resolve(name), options)) {
                clear(channel, sizeBytes);
                var arena = Arena.ofShared();
                var bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes, arena);
                SharedFile.format(bytes);
                files.put(name, new Mapped(arena, bytes));
                return bytes;
            }
        }
    }

    /// Writes zeros, so that a full disk is an error here and not a fault on first touch.
    private static void clear(FileChannel channel, long sizeBytes) throws IOException {
        var zeros = ByteBuffer.allocate(CLEARED_BYTES);
        for (long left = sizeBytes; left > 0; left -= zeros.limit()) {
            zeros.clear().limit((int) Math.min(left, CLEARED_BYTES));
            while (zeros.hasRemaining()) channel.write(zeros);
        }
    }

    private static void removeStale(Path parent) throws IOException {
        try (var entries = Files.list(parent)) {
            entries.filter(SharedDirectory::isStale).forEach(SharedDirectory::removeTree);
        }
    }

    private static boolean isStale(Path entry) {
        var name = NAME.matcher(entry.getFileName().toString());
        if (!name.matches()) return false;
        long pid = Long.parseLong(name.group(1));
        long startedAtMs = Long.parseLong(name.group(2));
        var process = ProcessHandle.of(pid);
        return process.isEmpty() || startedAtMs(process.get()) != startedAtMs;
    }

    private static long startedAtMs(ProcessHandle process) {
        return process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L);
    }

    private static String randomName() {
        var random = new byte[4];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static void removeTree(Path directory) {
        try (var entries = Files.list(directory)) {
            entries.forEach(SharedDirectory::deleteQuietly);
        } catch (IOException | UncheckedIOException e) {
            return;
        }
        deleteQuietly(directory);
    }

    /// What cannot be removed now is found by the next coordinator.
    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            path.toFile().deleteOnExit();
        }
    }
}
