package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
    private Optional<Checkpoint> half = Optional.empty();
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
        return half.isPresent();
    }

    void fill() {
        fullUntil = agenda.now().plusMillis(random.nextInt(1, FULL_MS_MAX));
    }

    void heal() {
        fullUntil = Instant.MIN;
    }

    /// Begins to write; `written` or `failed` follows, unless the coordinator dies before.
    void write(Checkpoint checkpoint, Runnable written, Runnable failed) {
        half = Optional.of(checkpoint);
        agenda.after(
                Duration.ofMillis(random.nextInt(1, WRITE_MS_MAX)),
                () -> end(checkpoint, written, failed));
    }

    /// The writer died with the coordinator.
    void drop() {
        if (half.isPresent()) tally.strike(Fault.CHECKPOINT_TORN);
        half = Optional.empty();
    }

    private void end(Checkpoint checkpoint, Runnable written, Runnable failed) {
        boolean isOurs = half.filter(writing -> writing == checkpoint).isPresent();
        if (!isOurs) return;
        half = Optional.empty();
        if (agenda.now().isBefore(fullUntil)) {
            tally.strike(Fault.DISK_FULL);
            failed.run();
        } else {
            newest = checkpoint;
            written.run();
        }
    }
}
