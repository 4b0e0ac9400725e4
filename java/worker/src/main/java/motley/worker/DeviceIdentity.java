package motley.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Who this device is, kept between starts so that a coordinator recognises it when it returns.
///
/// Several processes of one machine are several devices: each holds the lock of its identity, and
/// one that finds it taken becomes `name-2`, `name-3` and so on. Close it to let go.
///
/// On POSIX systems a process loses its lock of a file as soon as it closes *any* descriptor of
/// that file. So the file is read through the channel that holds the lock, and channels of files
/// that another device of this process holds stay open as long as this identity.
/// Source: POSIX.1-2024, `fcntl`, F_SETLK; [java.nio.channels.FileLock], "Platform dependencies".
final class DeviceIdentity implements AutoCloseable {
    private static final int TWINS_MAX = 1000;
    private static final int ID_BYTES = 8;
    private static final int FILE_BYTES_MAX = 100;

    private final String id;
    private final String name;
    private final List<FileChannel> files;

    private DeviceIdentity(String id, String name, List<FileChannel> files) {
        this.id = id;
        this.name = name;
        this.files = files;
    }

    /// Takes the first free identity of `name` under `home`.
    ///
    /// @throws IOException if `home` cannot be written
    static DeviceIdentity acquire(Path home, String name) throws IOException {
        var directory = Files.createDirectories(home.resolve("devices"));
        var stem = name.replaceAll("[^0-9A-Za-z._-]", "_");
        var files = new ArrayList<FileChannel>();
        try {
            for (int twin = 1; twin <= TWINS_MAX; twin++) {
                var suffix = twin == 1 ? "" : "-" + twin;
                if (!tryLock(directory.resolve(stem + suffix + ".id"), files)) continue;
                var id = readOrMakeId(files.getLast());
                return new DeviceIdentity(id, name + suffix, List.copyOf(files));
            }
        } catch (IOException | RuntimeException e) {
            for (var file : files) file.close();
            throw e;
        }
        for (var file : files) file.close();
        throw new IOException(
                "name: %s (expected: fewer than %d devices of it)".formatted(name, TWINS_MAX));
    }

    /// Adds the channel of `path` to `files`, unless another process holds it.
    ///
    /// @return whether the lock is ours now
    private static boolean tryLock(Path path, List<FileChannel> files) throws IOException {
        var file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            boolean isOurs = file.tryLock() != null;
            if (isOurs) files.add(file);
            else file.close();
            return isOurs;
        } catch (OverlappingFileLockException e) {
            files.add(file); // Another device of this process has it; closing would unlock it.
            return false;
        }
    }

    private static String readOrMakeId(FileChannel file) throws IOException {
        var bytes = ByteBuffer.allocate(FILE_BYTES_MAX);
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {}
        var existing = StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
        if (existing.matches("[0-9a-f]{" + 2 * ID_BYTES + "}")) return existing;
        var random = new byte[ID_BYTES];
        new SecureRandom().nextBytes(random);
        var id = HexFormat.of().formatHex(random);
        var line = ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII));
        file.truncate(0);
        while (line.hasRemaining()) file.write(line, line.position());
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
        for (var file : files) file.close();
    }
}
