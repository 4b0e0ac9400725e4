package motley.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Another process that asks whether a file is locked; its exit code is the answer.
final class LockProbe {
    static final int FREE = 40;
    static final int LOCKED = 41;

    private LockProbe() {}

    /// Says whether `file` is locked by a process other than the one it starts.
    static boolean isLocked(Path file) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = System.getProperty("java.class.path");
        var command =
                new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes,
                        LockProbe.class.getName(),
                        file.toString());
        int answer = command.redirectErrorStream(true).start().waitFor();
        if (answer == LOCKED) return true;
        if (answer == FREE) return false;
        throw new IOException("probe: exit code " + answer);
    }

    public static void main(String[] args) throws IOException {
        try (var channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
            boolean isFree = channel.tryLock() != null;
            System.exit(isFree ? FREE : LOCKED);
        }
    }
}
