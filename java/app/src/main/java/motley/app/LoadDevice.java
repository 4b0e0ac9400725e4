package motley.app;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.Protocol;
import motley.wire.Session;
import org.jspecify.annotations.Nullable;

/// A device that says and sends what a real one does, and waits instead of computing.
///
/// It has no thread of its own: messages come on the session's, the end of a task on the clock's.
final class LoadDevice implements Session.Handler<FromCoordinator> {
    private static final float GRADIENT = 0.01f;

    /// After which it says hello again once its session is lost.
    private static final long REJOIN_MS_MIN = 500;

    private static final long REJOIN_MS_MAX = 2_000;

    private final int number;
    private final LoadTally tally;
    private final LoadTransfers transfers;
    private final Means means;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();

    // Guarded by `this`.
    private @Nullable Session<FromDevice> session;
    private String token = "";
    private int elements;
    private long askedAtNs;
    private long submittedAtNs;
    private long lease;

    /// Tasks given since it was last let in, of which nothing is settled.
    private long open;

    private long answered;
    private boolean isLeaving;

    LoadDevice(int number, LoadTally tally, LoadTransfers transfers, Means means) {
        this.number = number;
        this.tally = tally;
        this.transfers = transfers;
        this.means = means;
    }

    /// @param taskMs how long a task takes on average
    /// @param door opens a session
    record Means(
            ScheduledExecutorService clock,
            long taskMs,
            Function<LoadDevice, Session<FromDevice>> door,
            String joinToken) {}

    /// Says hello, now and again whenever its session is lost.
    ///
    /// @return completes when it was let in, or was not
    CompletableFuture<Void> join() {
        var over = means.door().apply(this);
        synchronized (this) {
            session = over;
        }
        var id = "load-%06d".formatted(number);
        send(new FromDevice.Hello(Protocol.VERSION, means.joinToken(), id, id, profile()));
        return joined;
    }

    /// Takes no more work; what is in hand is answered.
    synchronized void rest() {
        isLeaving = true;
    }

    private void rejoin() {
        var _ = join();
    }

    private void giveUp() {
        rest();
        joined.complete(null);
    }

    /// Its answers that count.
    synchronized long answered() {
        return answered;
    }

    /// Says goodbye.
    void leave() {
        rest();
        send(new FromDevice.Leaving("the measurement is over"));
        var over = session();
        if (over != null) over.close("the measurement is over");
    }

    @Override
    public void received(FromCoordinator message) {
        switch (message) {
            case FromCoordinator.Welcome welcome -> {
                synchronized (this) {
                    token = welcome.sessionToken();
                }
                if (joined.complete(null)) tally.joined.incrementAndGet();
                else tally.rejoined.increment();
                ask();
            }
            case FromCoordinator.Prepare(var manifest) -> {
                synchronized (this) {
                    elements = manifest.parameterElements();
                }
            }
            case FromCoordinator.Assign assign -> begin(assign);
            case FromCoordinator.Accepted(long ofLease) -> accepted(ofLease);
            case FromCoordinator.Refused(long refused, var reason) -> refused(refused, reason);
            case FromCoordinator.Revoked(long taken) -> revoked(taken);
            case FromCoordinator.Idle(var reason) -> idle(reason);
            case FromCoordinator.Goodbye(var reason, boolean mayReturn) -> {
                tally.because("goodbye: " + reason);
                if (!mayReturn) giveUp();
            }
            case FromCoordinator.Pulse _ -> {}
        }
    }

    @Override
    public void closed(String why) {
        synchronized (this) {
            if (isLeaving) return;
            tally.revoked.add(open);
            open = 0;
            lease = 0;
        }
        tally.sessionsLost.increment();
        tally.because("session: " + why);
        long ms = between(REJOIN_MS_MIN, REJOIN_MS_MAX);
        try {
            var _ = means.clock().schedule(this::rejoin, ms, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            tally.because("the measurement was over");
        }
    }

    private void ask() {
        synchronized (this) {
            if (isLeaving) return;
            askedAtNs = System.nanoTime();
        }
        send(new FromDevice.WorkRequest());
    }

    private void begin(FromCoordinator.Assign assign) {
        tally.given.increment();
        long wasAskedAtNs;
        synchronized (this) {
            wasAskedAtNs = askedAtNs;
            askedAtNs = 0;
            lease = assign.task().lease();
            open++;
        }
        if (wasAskedAtNs != 0) tally.leases.add(System.nanoTime() - wasAskedAtNs);
        send(new FromDevice.Heartbeat(DeviceHealth.unknown(), assign.task().lease()));
        var _ =
                transfers
                        .readParameters(assign.task(), sessionToken())
                        .thenAccept(isRead -> compute(assign, isRead));
    }

    private void compute(FromCoordinator.Assign assign, boolean isRead) {
        var task = assign.task();
        if (!isRead) {
            send(new FromDevice.LeaseReturn(task.run(), task.lease(), "parameters are gone"));
            revoked(task.lease());
            return;
        }
        long ms = between(means.taskMs() / 2, means.taskMs() + means.taskMs() / 2 + 1);
        try {
            var _ = means.clock().schedule(() -> deliver(assign, ms), ms, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            tally.because("the measurement was over");
        }
    }

    private void deliver(FromCoordinator.Assign assign, long ms) {
        synchronized (this) {
            if (lease != assign.task().lease()) return; // Revoked meanwhile.
        }
        if (assign.work().kind() == FromCoordinator.Kind.EVALUATE) {
            submit(assign, ms);
            return;
        }
        var _ =
                transfers
                        .writeContribution(assign.task(), elements(), GRADIENT, sessionToken())
                        .thenAccept(_ -> submit(assign, ms));
    }

    private void submit(FromCoordinator.Assign assign, long ms) {
        int samples = assign.work().count();
        var result = new FromDevice.Result(samples, samples, 0, TimeUnit.MILLISECONDS.toMicros(ms));
        synchronized (this) {
            submittedAtNs = System.nanoTime();
        }
        send(new FromDevice.Submission(assign.task(), result));
        ask();
    }

    private void accepted(long ofLease) {
        tally.accepted.increment();
        synchronized (this) {
            open = Math.max(0, open - 1);
            answered++;
            tally.answers.add(System.nanoTime() - submittedAtNs);
            if (lease == ofLease) lease = 0;
        }
    }

    private void refused(long ofLease, String reason) {
        tally.refused.increment();
        tally.because("refused: " + reason);
        synchronized (this) {
            open = Math.max(0, open - 1);
            if (lease == ofLease) lease = 0;
        }
    }

    private void revoked(long taken) {
        synchronized (this) {
            if (lease != taken) return;
            lease = 0;
            open = Math.max(0, open - 1);
        }
        tally.revoked.increment();
        ask();
    }

    /// It waits for work from now on, which is no delay of the coordinator's.
    private void idle(String reason) {
        tally.idle.increment();
        tally.because("idle: " + reason);
        synchronized (this) {
            askedAtNs = 0;
        }
    }

    private static long between(long least, long end) {
        return ThreadLocalRandom.current().nextLong(least, end);
    }

    private void send(FromDevice message) {
        var over = session();
        if (over != null) over.send(message);
    }

    private synchronized @Nullable Session<FromDevice> session() {
        return session;
    }

    private synchronized String sessionToken() {
        return token;
    }

    private synchronized int elements() {
        return elements;
    }

    private static DeviceProfile profile() {
        return new DeviceProfile(
                "simulated",
                "none",
                1,
                1,
                1L << 30,
                1L << 29,
                OptionalDouble.empty(),
                List.of("none"),
                "simulated",
                Version.NUMBER,
                Optional.empty());
    }
}
