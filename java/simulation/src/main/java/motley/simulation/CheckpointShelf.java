package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import motley.rounds.Position;

/// The coordinator's disk: checkpoints that are there once they are whole, and a disk that is full
/// for a while.
final class CheckpointShelf {
    private static final int WRITE_MS_MAX = 1_000;
    private static final int FULL_MS_MAX = 10_000;

    /// What a coordinator needs to go on.
    record Checkpoint(Position position, List<Long> weights) {}

    private final Agenda agenda;
    private final SplittableRandom random;
    private final Tally tally;
    private Checkpoint newest = new Checkpoint(Position.START, IntegerModel.INITIAL);
    private boolean isBusy;
    private long begun;
    private Instant fullUntil = Instant.MIN;

    CheckpointShelf(Agenda agenda, SplittableRandom random, Tally tally) {
        this.agenda = agenda;
        this.random = random;
        this.tally = tally;
    }

    Checkpoint newest() {
        return newest;
    }

    boolean isBusy() {
        return isBusy;
    }

    void fill() {
        fullUntil = agenda.now().plusMillis(random.nextInt(1, FULL_MS_MAX));
    }

    void heal() {
        fullUntil = Instant.MIN;
    }

    /// Begins to write; `written` or `failed` follows, unless the coordinator dies before.
    void write(Checkpoint checkpoint, Runnable written, Runnable failed) {
        isBusy = true;
        long number = ++begun;
        agenda.after(
                Duration.ofMillis(random.nextInt(1, WRITE_MS_MAX)),
                () -> {
                    if (isBusy && number == begun) end(checkpoint, written, failed);
                });
    }

    /// The writer died with the coordinator.
    void drop() {
        if (isBusy) tally.strike(Fault.CHECKPOINT_TORN);
        isBusy = false;
    }

    private void end(Checkpoint checkpoint, Runnable written, Runnable failed) {
        isBusy = false;
        if (agenda.now().isBefore(fullUntil)) {
            tally.strike(Fault.DISK_FULL);
            failed.run();
        } else {
            newest = checkpoint;
            written.run();
        }
    }
}
