package motley.coordinator;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps other coordinators out of a home folder. The system lets go of it when the process ends,
/// however it ends.
record HomeLock(FileChannel channel) implements AutoCloseable {
    /// @throws HomeInUseException if another coordinator has it
    static HomeLock take(Path home) throws IOException {
        var file = home.resolve("coordinator.lock");
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) != null) return new HomeLock(channel);
        channel.close();
        throw new HomeInUseException(home);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
