package motley.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.ThreadMXBean;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import motley.coordinator.http.Problem;
import motley.data.DatasetException;
import motley.interchange.MalformedFileException;
import motley.wire.MalformedMessageException;

/// One parser, tried on one input.
///
/// The parser may take the input, or refuse it: by an exception that is meant for that, thrown by
/// our own code, with one line of text. Everything else is a finding, and so is a parser that takes
/// more memory than an honest file would.
public final class Trial {
    /// What a thread allocates bounds what is alive at once.
    private static final long ALLOCATED_BYTES_MAX = 96L << 20;

    /// Loading a class allocates too, Jazzer's changes to it in particular; but only once.
    private static final int MEASUREMENTS = 3;

    private static final int TEXT_CHARS_MAX = 1_001;
    private static final List<Class<? extends Exception>> REFUSALS =
            List.of(
                    IllegalArgumentException.class,
                    DatasetException.class,
                    MalformedFileException.class,
                    MalformedMessageException.class,
                    Problem.class);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path FILE = newFile();

    private Trial() {}

    /// What is done with an input.
    public interface Reading {
        void run() throws Exception;
    }

    /// What is done with a file.
    public interface FileReading {
        void run(Path file) throws Exception;
    }

    /// Whether `reading` took its input.
    public static boolean of(Reading reading) {
        return of(reading, ALLOCATED_BYTES_MAX);
    }

    /// The same, where honest inputs take more memory than most.
    public static boolean of(Reading reading, long allocatedBytesMax) {
        for (int i = 1; true; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            boolean taken = isTaken(reading);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (allocated <= allocatedBytesMax) return taken;
            if (i < MEASUREMENTS) continue;
            throw new AssertionError(
                    "bytes allocated: %d (expected: at most %d)"
                            .formatted(allocated, allocatedBytesMax));
        }
    }

    /// The same for parsers that read files.
    public static boolean ofFile(byte[] bytes, FileReading reading) {
        return ofFile(bytes, reading, ALLOCATED_BYTES_MAX);
    }

    public static boolean ofFile(byte[] bytes, FileReading reading, long allocatedBytesMax) {
        try {
            Files.write(FILE, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of temporary files is of no use", e);
        }
        return of(() -> reading.run(FILE), allocatedBytesMax);
    }

    private static boolean isTaken(Reading reading) {
        try {
            reading.run();
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false; // The library's own word for bytes that are no message.
        } catch (EOFException e) {
            requireOurs(e);
            return false;
        } catch (Exception e) {
            requireRefusal(e);
            return false;
        }
    }

    private static void requireRefusal(Exception e) {
        if (REFUSALS.stream().noneMatch(kind -> kind.isInstance(e))) {
            throw new AssertionError("not a refusal", e);
        }
        requireOurs(e);
        // Callers make a line of these where they show them; of programs they show several.
        if (e instanceof IllegalArgumentException) return;
        var text = String.valueOf(e.getMessage());
        if (text.length() <= TEXT_CHARS_MAX && text.lines().count() == 1) return;
        throw new AssertionError("text: not one line, or a long one", e);
    }

    /// What a library ran into is no refusal.
    private static void requireOurs(Exception e) {
        var thrower = e.getStackTrace()[0].getClassName();
        if (!thrower.startsWith("motley.")) {
            throw new AssertionError("thrown by " + thrower + " and not refused", e);
        }
    }

    private static Path newFile() {
        try {
            var file = Files.createTempFile("motley-fuzz", "");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of temporary files is of no use", e);
        }
    }
}
