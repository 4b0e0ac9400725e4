package motley.coordinator;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.RunProgress;
import motley.rounds.State;
import motley.rounds.Waiting;
import org.jspecify.annotations.Nullable;

/// A run of a [Coordinator]. Any thread may call; nothing waits.
public final class RunHandle {
    private final String id;
    private final String owner;
    private final long createdAtMs;
    private final Supplier<List<DeviceView>> devices;
    private volatile RunPlan plan;
    private final RunRecord record;
    private final CompletableFuture<RunView> over = new CompletableFuture<>();

    /// The loop, until its thread is done; then what it left.
    private volatile @Nullable RunLoop loop;

    private volatile State last;

    /// @param last the state it is shown in when it has no loop
    /// @param devices all that are known
    RunHandle(
            Kept kept,
            RunPlan plan,
            RunRecord record,
            State last,
            Supplier<List<DeviceView>> devices) {
        id = kept.id;
        owner = kept.owner;
        createdAtMs = kept.createdAtMs;
        this.plan = plan;
        this.record = record;
        this.last = last;
        this.devices = devices;
    }

    /// What the database says that does not change.
    record Kept(String id, String owner, long createdAtMs) {}

    /// Follows `running` until it is done.
    void follow(RunLoop running) {
        loop = running;
        var _ =
                record.whenClosed()
                        .thenRun(
                                () -> {
                                    last = running.state();
                                    loop = null;
                                    over.complete(view());
                                });
    }

    /// Completes a run that was over before the coordinator started.
    void settle() {
        over.complete(view());
    }

    public String id() {
        return id;
    }

    /// The id of the person whose it is.
    public String owner() {
        return owner;
    }

    public RunRequest request() {
        return plan.request();
    }

    /// Hands out no more tasks; what is out is still counted. Does nothing when it is over.
    public void pause() {
        tell(new RunMessage.Pause());
    }

    /// Goes on after a pause.
    public void resume() {
        tell(new RunMessage.Resume());
    }

    /// Ends the run at the last applied round, whose parameters are kept.
    public void stop(String reason) {
        tell(new RunMessage.Stop(reason));
    }

    public Status status() {
        return record.status();
    }

    /// Completes when the run is over, or when the coordinator closes before that; the status
    /// tells which.
    public CompletableFuture<RunView> whenOver() {
        return over.copy();
    }

    public RunView view() {
        var running = loop;
        var state = running == null ? last : running.state();
        return new RunView(
                id,
                owner,
                plan.request(),
                record.status(),
                waiting(running, state),
                RunProgress.of(state),
                record.lastRound(),
                record.lastEvaluation(),
                record.weights(),
                record.classes().all(),
                record.traffic().view(),
                createdAtMs);
    }

    /// People chose other dials.
    void chosen(RunPlan other) {
        plan = other;
    }

    RunPlan plan() {
        return plan;
    }

    @Nullable RunLoop loop() {
        return loop;
    }

    private String waiting(@Nullable RunLoop running, State state) {
        if (record.status().isOver()) {
            return record.reason().isEmpty()
                    ? "The run is over."
                    : "The run is over: " + record.reason() + ".";
        }
        if (running != null && !running.trouble().isEmpty()) {
            return ("The run waits until it can be stored: %s. Make room or mend the disk; it is"
                            + " tried again by itself.")
                    .formatted(running.trouble());
        }
        var why = Waiting.why(state, running == null ? state.now() : running.now());
        if (running == null || !why.lacksDevices()) return why.text();
        return why.text() + Bystanders.text(devices.get(), id, owner);
    }

    private void tell(RunMessage message) {
        var running = loop;
        if (running != null) running.tell(message);
    }
}
