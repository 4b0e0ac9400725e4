package motley.coordinator;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/// Bytes of parameters and contributions that went over the network as bodies of HTTP. Mapped files
/// of one machine and the messages of sessions, a few hundred bytes a task, do not count.
///
/// Any thread may call.
public final class Traffic {
    private final LongAdder down = new LongAdder();
    private final LongAdder up = new LongAdder();
    private final LongAdder tasks = new LongAdder();
    private volatile long last;
    private final LongConsumer alsoDown;
    private final LongConsumer alsoUp;

    Traffic() {
        this(_ -> {}, _ -> {});
    }

    /// What is counted here counts there, too.
    Traffic(LongConsumer alsoDown, LongConsumer alsoUp) {
        this.alsoDown = alsoDown;
        this.alsoUp = alsoUp;
    }

    /// Towards a device.
    void sent(long bytes) {
        down.add(bytes);
        alsoDown.accept(bytes);
    }

    /// From a device.
    void received(long bytes) {
        up.add(bytes);
        last = bytes;
        alsoUp.accept(bytes);
    }

    /// An answer to a training task counts.
    void counted() {
        tasks.increment();
    }

    View view() {
        return new View(down.sum(), up.sum(), last, tasks.sum());
    }

    /// What was counted since the coordinator took up the run, or met the device.
    ///
    /// @param lastUpBytes of the answer that came last
    /// @param tasks accepted answers to training tasks
    public record View(long downBytes, long upBytes, long lastUpBytes, long tasks) {}
}
