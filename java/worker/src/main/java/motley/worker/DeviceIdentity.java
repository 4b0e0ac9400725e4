package motley.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Who this device is, kept between starts so that a coordinator recognises it when it returns.
///
/// Several processes of one machine are several devices: each holds the lock of its identity, and
/// one that finds it taken becomes `name-2`, `name-3` and so on. Close it to let go.
final class DeviceIdentity implements AutoCloseable {
    private static final int TWINS_MAX = 1000;
    private static final int ID_BYTES = 8;

    private final String id;
    private final String name;
    private final FileChannel file;

    private DeviceIdentity(String id, String name, FileChannel file) {
        this.id = id;
        this.name = name;
        this.file = file;
    }

    /// Takes the first free identity of `name` under `home`.
    ///
    /// @throws IOException if `home` cannot be written
    static DeviceIdentity acquire(Path home, String name) throws IOException {
        var directory = Files.createDirectories(home.resolve("devices"));
        var stem = name.replaceAll("[^0-9A-Za-z._-]", "_");
        for (int twin = 1; twin <= TWINS_MAX; twin++) {
            var suffix = twin == 1 ? "" : "-" + twin;
            var taken = tryAcquire(directory.resolve(stem + suffix + ".id"), name + suffix);
            if (taken != null) return taken;
        }
        throw new IOException(
                "name: %s (expected: fewer than %d devices of it)".formatted(name, TWINS_MAX));
    }

    private static @Nullable DeviceIdentity tryAcquire(Path path, String name) throws IOException {
        var file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        if (!lock(file)) {
            file.close();
            return null;
        }
        return new DeviceIdentity(readOrMakeId(path), name, file);
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // Another device in this same process.
        }
    }

    private static String readOrMakeId(Path path) throws IOException {
        var existing = Files.readString(path).strip();
        if (existing.matches("[0-9a-f]{" + 2 * ID_BYTES + "}")) return existing;
        var random = new byte[ID_BYTES];
        new SecureRandom().nextBytes(random);
        var id = HexFormat.of().formatHex(random);
        Files.writeString(path, id + "\n");
        return id;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
