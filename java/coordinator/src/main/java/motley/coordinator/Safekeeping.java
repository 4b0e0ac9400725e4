package motley.coordinator;

import java.time.Duration;
import java.time.Instant;
import motley.rounds.Position;

/// When a run's parameters are kept: at the end of every epoch, after a while, when they are the
/// best so far, and in the end.
///
/// Owns its checkpointer. Confined to the run's thread.
final class Safekeeping implements AutoCloseable {
    private final Checkpointer checkpointer;
    private final Learner learner;
    private final Duration every;
    private Instant savedAt;
    private Position savedPosition;
    private boolean isDue;

    /// @param every time between two checkpoints within an epoch
    Safekeeping(Checkpointer checkpointer, Learner learner, Duration every, Last last) {
        this.checkpointer = checkpointer;
        this.learner = learner;
        this.every = every;
        savedAt = last.at();
        savedPosition = last.position();
    }

    /// The latest checkpoint, or where the run begins.
    record Last(Position position, Instant at) {}

    /// A checkpoint is made as soon as there can be one.
    void want() {
        isDue = true;
    }

    /// Begins a checkpoint if it is time.
    ///
    /// @return whether it did
    boolean beginIfDue(Position position, Instant now) {
        if (checkpointer.isBusy()) return false;
        boolean isOld = !savedAt.plus(every).isAfter(now);
        if (!isDue && !(isOld && isBehind(position))) return false;
        isDue = false;
        savedAt = now;
        checkpointer.begin(position, contents());
        return true;
    }

    /// Whether the parameters at `position` are not kept yet.
    boolean isBehind(Position position) {
        return !position.equals(savedPosition);
    }

    /// Keeps the parameters at `position` and waits for it.
    RunMessage keep(Position position) {
        var outcome = checkpointer.write(position, contents());
        if (outcome instanceof RunMessage.Saved(var place)) savedPosition = place.position();
        return outcome;
    }

    /// Marks what is kept of the parameters at `position` as the best so far.
    ///
    /// @return false if nothing is kept of them
    boolean markBest(Position position) {
        return checkpointer.markBest(position.version());
    }

    /// A checkpoint that was begun is durable.
    void saved(Position position) {
        checkpointer.ended();
        savedPosition = position;
    }

    /// A checkpoint could not be kept. The next one is made when there is space again.
    void notSaved() {
        checkpointer.ended();
        isDue = false;
    }

    private Checkpointer.Contents contents() {
        return new Checkpointer.Contents(learner.parameters(), learner.state());
    }

    @Override
    public void close() {
        checkpointer.close();
    }
}
