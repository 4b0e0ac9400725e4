package motley.coordinator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import motley.coordinator.credits.Payroll;
import motley.coordinator.storage.BlobStore;
import motley.coordinator.storage.CheckpointRow;
import motley.coordinator.storage.Database;
import motley.rounds.Coverage;
import motley.rounds.Position;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes checkpoints of one run beside the run's thread, from a copy.
///
/// A checkpoint is two blobs, then a row; older ones are removed only after that row. Confined to
/// the run's thread, which is told of every outcome by a message.
final class Checkpointer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    /// Why a checkpoint is refused when another coordinator has taken the run over.
    static final String NOT_OWNED = "checkpoint: the run has another owner";

    private static final int KEPT = 2;
    private static final long CLOSE_S = 30;

    private final Shelf shelf;
    private final Database.Owned run;
    private final Consumer<RunMessage> outcome;
    private final Payroll payroll;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment parameters;
    private final MemorySegment state;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("checkpoint").factory());
    private long sequence;
    private boolean isBusy;

    /// Where checkpoints are kept.
    record Shelf(BlobStore blobs, Database database, InstantSource clock) {}

    /// A run, and what it owes: that is paid with the checkpoint that holds the work.
    record Keeper(Database.Owned run, Payroll payroll) {}

    /// Where a run was when it was copied.
    ///
    /// @param weights the blob of the parameters
    record Place(Position position, String weights) {}

    /// Where a checkpoint was taken.
    static Position positionOf(CheckpointRow row) {
        var coverage =
                Optional.of(row.coverage()).filter(text -> !text.isEmpty()).map(Coverage::parse);
        return new Position(row.epoch(), row.round(), row.version(), coverage);
    }

    /// What is copied, f32.
    record Contents(MemorySegment parameters, MemorySegment state) {}

    /// @param sequence of the newest checkpoint there is, 0 for none
    Checkpointer(
            Shelf shelf,
            Keeper keeper,
            Contents sizes,
            long sequence,
            Consumer<RunMessage> outcome) {
        this.shelf = shelf;
        run = keeper.run();
        payroll = keeper.payroll();
        this.sequence = sequence;
        this.outcome = outcome;
        parameters = arena.allocate(sizes.parameters().byteSize(), 64);
        state = arena.allocate(sizes.state().byteSize(), 64);
    }

    /// Whether a checkpoint is being written.
    boolean isBusy() {
        return isBusy;
    }

    /// Copies `contents` and begins to write them. Not while one is being written.
    void begin(Position position, Contents contents) {
        parameters.copyFrom(contents.parameters());
        state.copyFrom(contents.state());
        isBusy = true;
        var place = new Numbered(position, ++sequence, payroll.mark());
        writer.execute(() -> outcome.accept(write(place)));
    }

    /// Writes `contents` and waits for it, after the one being written.
    RunMessage write(Position position, Contents contents) {
        var place = new Numbered(position, ++sequence, payroll.mark());
        var writing =
                writer.submit(
                        () -> {
                            parameters.copyFrom(contents.parameters());
                            state.copyFrom(contents.state());
                            return write(place);
                        });
        try {
            return writing.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RunMessage.NotSaved("checkpoint: interrupted");
        } catch (ExecutionException e) {
            return new RunMessage.NotSaved("checkpoint: " + e.getCause());
        }
    }

    /// Marks the checkpoint of parameters `version` as the best so far, after the one being
    /// written.
    ///
    /// @return false if there is none of them
    boolean markBest(long version) {
        try {
            return writer.submit(() -> shelf.database().markBest(run, version)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            LOG.warn("run {}: best checkpoint not marked: {}", run.id(), e.getMessage());
            return false;
        }
    }

    /// To be called with each outcome of [#begin].
    void ended() {
        isBusy = false;
    }

    /// Waits for what is being written.
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_S, TimeUnit.SECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        arena.close();
    }

    /// @param paid how far answers are paid with it
    private record Numbered(Position position, long number, long paid) {}

    private RunMessage write(Numbered place) {
        var position = place.position();
        try {
            var weights = shelf.blobs().put(parameters);
            var row =
                    new CheckpointRow(
                            place.number(),
                            position.epoch(),
                            position.round(),
                            position.version(),
                            position.coverage().map(Coverage::toString).orElse(""),
                            weights,
                            shelf.blobs().put(state),
                            false);
            long atMs = shelf.clock().millis();
            boolean isOwner =
                    shelf.database()
                            .insert(run, row, atMs, handle -> payroll.pay(handle, place.paid()));
            if (!isOwner) return new RunMessage.NotSaved(NOT_OWNED);
            payroll.paid(place.paid());
            removeOld();
            return new RunMessage.Saved(new Place(position, weights));
        } catch (IOException | JdbiException e) {
            return new RunMessage.NotSaved("checkpoint: " + e.getMessage());
        }
    }

    /// Keeps the newest ones, and the latest that was the best.
    private void removeOld() throws IOException {
        var rows = shelf.database().checkpoints(run.id());
        var best = rows.stream().filter(CheckpointRow::isBest).findFirst();
        for (var old : rows.subList(Math.min(KEPT, rows.size()), rows.size())) {
            if (best.filter(old::equals).isPresent()) continue;
            for (var blob : removed(old)) shelf.blobs().delete(blob);
        }
    }

    private List<String> removed(CheckpointRow old) {
        return shelf.database().delete(run.id(), old);
    }
}
