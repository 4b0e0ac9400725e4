package motley.coordinator.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/// Writes what happens, in order and in batches, from one thread of its own, so that nobody who
/// decides waits for a disk.
///
/// A batch that cannot be written is tried again until it can; meanwhile [#trouble] says why. Any
/// thread may append; closing it writes what is left.
public final class Journal implements AutoCloseable {
    private static final int WAITING_MAX = 100_000;
    private static final int BATCH_MAX = 1_000;
    private static final long LOOK_MS = 100;
    private static final long RETRY_MS = 500;
    private static final long CLOSE_MS = 5_000;

    private final Database database;
    private final BlockingQueue<Line> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Thread writer;
    private volatile boolean isClosing;
    private volatile @Nullable String trouble;

    private Journal(Database database) {
        this.database = database;
        writer = Thread.ofPlatform().daemon().name("journal").unstarted(this::write);
    }

    /// Starts the writing thread.
    public static Journal open(Database database) {
        var journal = new Journal(database);
        journal.writer.start();
        return journal;
    }

    /// Something to write.
    public sealed interface Line {}

    /// @param event as JSON
    public record Entry(String run, long sequence, long atMs, String event) implements Line {}

    public record Metric(String run, MetricRow row) implements Line {}

    /// Adds `line` to what is written next.
    ///
    /// @return false if too much waits already: the disk has been failing for long
    public boolean append(Line line) {
        return waiting.offer(line);
    }

    /// Why nothing can be written at present; empty when it can.
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void close() {
        isClosing = true;
        try {
            writer.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        var batch = new ArrayList<Line>();
        while (!isClosing || !waiting.isEmpty()) {
            collect(batch);
            while (!batch.isEmpty() && !isWritten(batch)) {
                if (isClosing) return;
                pause();
            }
            batch.clear();
        }
    }

    private void collect(List<Line> batch) {
        try {
            var first = waiting.poll(LOOK_MS, TimeUnit.MILLISECONDS);
            if (first == null) return;
            batch.add(first);
            waiting.drainTo(batch, BATCH_MAX - 1);
        } catch (InterruptedException e) {
            isClosing = true;
        }
    }

    private boolean isWritten(List<Line> batch) {
        try {
            database.write(batch);
            trouble = null;
            return true;
        } catch (JdbiException e) {
            trouble = "journal: " + e.getMessage();
            return false;
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            isClosing = true;
        }
    }
}
