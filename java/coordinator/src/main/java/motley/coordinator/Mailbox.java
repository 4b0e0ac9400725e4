package motley.coordinator;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a run has been told and has not looked at yet.
///
/// What devices say again by themselves is lost when too much waits, as on a network; the training
/// loop is made for that. Who comes and goes, what people ask for and what became of checkpoints
/// is not said again: a device whose end was lost would keep its place in the run for ever. It has
/// as much room again. Any thread may add.
final class Mailbox {
    private final int ordinaryMax;
    private final BlockingQueue<RunMessage> waiting = new LinkedBlockingQueue<>();

    /// @param ordinaryMax messages that wait before ordinary ones are lost; twice as many are the
    ///     end for all
    Mailbox(int ordinaryMax) {
        this.ordinaryMax = ordinaryMax;
    }

    /// @return whether there was room
    boolean offer(RunMessage message) {
        int max = isSaidAgain(message) ? ordinaryMax : 2 * ordinaryMax;
        return waiting.size() < max && waiting.offer(message);
    }

    /// How much waits.
    int depth() {
        return waiting.size();
    }

    /// The next message, waited for; null if none comes in time.
    @Nullable RunMessage poll(long timeoutMs) throws InterruptedException {
        return waiting.poll(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /// Whether nothing waits.
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    private static boolean isSaidAgain(RunMessage message) {
        return switch (message) {
            case RunMessage.WorkRequested _,
                    RunMessage.Heard _,
                    RunMessage.Returned _,
                    RunMessage.Submitted _ ->
                    true;
            case RunMessage.Joined _,
                    RunMessage.Left _,
                    RunMessage.Silent _,
                    RunMessage.Vouched _,
                    RunMessage.Choose _,
                    RunMessage.Pause _,
                    RunMessage.Resume _,
                    RunMessage.Stop _,
                    RunMessage.Saved _,
                    RunMessage.NotSaved _,
                    RunMessage.Shutdown _ ->
                    false;
        };
    }
}
