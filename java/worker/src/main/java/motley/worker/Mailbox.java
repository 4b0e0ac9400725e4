package motley.worker;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import motley.wire.BulkClient;
import motley.wire.FromCoordinator;
import motley.wire.Session;
import motley.wire.TaskKey;

/// Where the threads of a session meet the one that works: a queue of what happened, and the task
/// in this device's hands, from its arrival until it is answered, given back or revoked.
///
/// Thread-safe; only [#take] waits.
final class Mailbox implements Session.Handler<FromCoordinator> {
    /// What the working thread waits for.
    sealed interface Signal {
        record Said(FromCoordinator message) implements Signal {}

        /// The machine was looked at.
        record Felt() implements Signal {}

        record Closed(String why) implements Signal {}
    }

    /// More than a coordinator says while a device prepares a run.
    private static final int SIGNALS_MAX = 10_000;

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();

    // Guarded by `this`.
    private Optional<TaskKey> inHand = Optional.empty();
    private Optional<BulkClient> bulk = Optional.empty();
    private boolean isClosed;

    /// @throws IllegalStateException if nobody takes what is said; it ends the session
    @Override
    public void received(FromCoordinator message) {
        if (signals.size() >= SIGNALS_MAX) {
            throw new IllegalStateException(
                    "messages: %d wait (expected: fewer)".formatted(SIGNALS_MAX));
        }
        if (message instanceof FromCoordinator.Assign assign) hold(assign.task());
        if (message instanceof FromCoordinator.Revoked revoked) drop(revoked.lease());
        signals.add(new Signal.Said(message));
    }

    /// Ends the transfers in progress too: with the session, its token has lost its worth.
    @Override
    public void closed(String why) {
        synchronized (this) {
            isClosed = true;
            inHand = Optional.empty();
            bulk.ifPresent(BulkClient::close);
        }
        signals.add(new Signal.Closed(why));
    }

    void felt() {
        signals.add(new Signal.Felt());
    }

    Signal take() throws InterruptedException {
        return signals.take();
    }

    /// Lets `client` end with the session.
    synchronized void attach(BulkClient client) {
        bulk = Optional.of(client);
        if (isClosed) client.close();
    }

    synchronized boolean isClosed() {
        return isClosed;
    }

    synchronized Optional<TaskKey> inHand() {
        return inHand;
    }

    synchronized boolean holds(TaskKey task) {
        return inHand.isPresent() && inHand.get().equals(task);
    }

    /// The task is answered or given back.
    synchronized void letGo(TaskKey task) {
        if (holds(task)) inHand = Optional.empty();
    }

    private synchronized void hold(TaskKey task) {
        inHand = Optional.of(task);
    }

    private synchronized void drop(long lease) {
        if (inHand.isPresent() && inHand.get().lease() == lease) inHand = Optional.empty();
    }
}
