package motley.wire;

import com.google.protobuf.MessageLite;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What every transport of a session has in common: the bounded queue, the heartbeat, the silence
/// timer and closing exactly once.
///
/// Any thread may send and close. The handler is called by the transport's or the clock's thread,
/// one call at a time, and never after its `closed`; it must not wait.
///
/// The silence timer starts with the first message from the peer: a process that is just starting
/// gets [Protocol#CONNECT] for that one.
///
/// @param <O> messages out
/// @param <I> messages in
/// @param <P> envelope out
/// @param <Q> envelope in
final class SessionLink<O, I, P extends MessageLite, Q extends MessageLite> implements Session<O> {
    /// Both directions of a protocol side.
    ///
    /// @param beat sent when a heartbeat is due; a message of the same class sent through the
    ///     session takes its place, so that the newest health is repeated
    record Side<O, I, P extends MessageLite, Q extends MessageLite>(
            Codec<O, P> out, Codec<I, Q> in, O beat) {}

    /// @param heardAt when the peer was last heard before its silence
    private record Excuse(long heardAt, long endsAt) {}

    private final Side<O, I, P, Q> side;
    private final Session.Handler<I> handler;
    private final ScheduledExecutorService clock;
    private final LongSupplier nanoTime;
    private final Object lock = new Object();

    // Guarded by `lock`.
    private final ArrayDeque<P> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean isClosed;
    private boolean isDraining;
    private boolean hasSent;
    private O beat;
    private @Nullable Pipe<P> pipe;
    private @Nullable Future<?> ticking;
    private long silenceNs = Protocol.SILENCE.toNanos();
    private long periodNs = Protocol.HEARTBEAT.toNanos();
    private long lookedAt;
    private @Nullable Excuse excuse;

    /// Calls to the handler not made yet; guarded by itself.
    private final ArrayDeque<Runnable> inbox = new ArrayDeque<>();

    private boolean isDelivering;

    private volatile boolean hasHeard;
    private volatile long heardAt;

    SessionLink(
            Side<O, I, P, Q> side,
            Session.Handler<I> handler,
            ScheduledExecutorService clock,
            LongSupplier nanoTime) {
        this.side = side;
        this.handler = handler;
        this.clock = clock;
        this.nanoTime = nanoTime;
        beat = side.beat();
    }

    /// Starts the timers. What was sent before goes out now.
    void open(Pipe<P> over) {
        heardAt = nanoTime.getAsLong();
        synchronized (lock) {
            lookedAt = heardAt;
            if (isClosed) {
                over.abort("closed before it was open");
                return;
            }
            pipe = over;
        }
        every(Protocol.HEARTBEAT);
        drain();
    }

    /// Takes over what the coordinator asks for; asked again, it goes on as it does.
    void retime(FromCoordinator.Timing timing) {
        synchronized (lock) {
            silenceNs = TimeUnit.MILLISECONDS.toNanos(timing.silenceMillis());
            boolean isAsBefore =
                    periodNs == TimeUnit.MILLISECONDS.toNanos(timing.heartbeatMillis());
            if (isAsBefore) return;
        }
        every(Duration.ofMillis(timing.heartbeatMillis()));
    }

    @Override
    public boolean send(O message) {
        var encoded = side.out().encode(message);
        int sizeBytes = encoded.getSerializedSize();
        if (sizeBytes > Protocol.MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "message: %d bytes (expected: at most %d)"
                            .formatted(sizeBytes, Protocol.MESSAGE_BYTES_MAX));
        }
        synchronized (lock) {
            if (isClosed) return false;
            if (message.getClass() == beat.getClass()) beat = message;
            hasSent = true;
            queue.add(encoded);
            queuedBytes += sizeBytes;
        }
        drain();
        return closeIfSlow();
    }

    /// Passes on what is queued for as long as the transport has room.
    void drain() {
        synchronized (lock) {
            if (isDraining || isClosed || pipe == null) return;
            isDraining = true;
            try {
                while (!queue.isEmpty() && pipe.isReady()) {
                    var next = queue.remove();
                    queuedBytes -= next.getSerializedSize();
                    pipe.write(next);
                }
            } finally {
                isDraining = false;
            }
        }
    }

    /// Takes a message from the peer.
    void received(Q envelope) {
        heardAt = nanoTime.getAsLong();
        hasHeard = true;
        I message;
        try {
            message = side.in().decode(envelope);
        } catch (MalformedMessageException e) {
            fail("malformed message: " + e.getMessage());
            return;
        }
        deliver(() -> handle(message));
    }

    @Override
    public void close(String why) {
        end(why, true);
    }

    /// Ends the session because something is wrong with it.
    void fail(String why) {
        end(why, false);
    }

    /// Sends the heartbeat, or ends a session that has been silent for too long.
    void tick() {
        if (endIfSilent()) return;
        O due;
        synchronized (lock) {
            if (!hasSent) return;
            due = beat;
        }
        send(due);
    }

    /// A session whose limit lies before the next heartbeat is looked at again at its limit, not up
    /// to a heartbeat later.
    private boolean endIfSilent() {
        long now = nanoTime.getAsLong();
        long heard = heardAt;
        synchronized (lock) {
            if (isClosed) return true;
            long leftNs = leftNs(now, heard);
            if (leftNs >= 0) {
                if (leftNs < periodNs) checkAfter(leftNs + 1);
                return false;
            }
        }
        long silentMs = TimeUnit.NANOSECONDS.toMillis(now - heard);
        fail("nothing heard for %d ms".formatted(silentMs));
        return true;
    }

    /// A look that comes late itself, as after this process stood still, does not tell silence from
    /// messages that wait to be read. It excuses a silence once, for a heartbeat. Guarded by
    /// `lock`.
    private long leftNs(long now, long heard) {
        boolean isLate = now - lookedAt > 2 * periodNs;
        lookedAt = now;
        long limitNs = hasHeard ? silenceNs : Protocol.CONNECT.toNanos();
        long leftNs = heard + limitNs - now;
        if (leftNs >= 0) return leftNs;
        if (excuse == null || excuse.heardAt() != heard) {
            if (!isLate) return leftNs;
            excuse = new Excuse(heard, now + periodNs - 1);
        }
        return excuse.endsAt() - now;
    }

    private void checkAfter(long ns) {
        Runnable look = this::endIfSilent;
        var _ = clock.schedule(look, ns, TimeUnit.NANOSECONDS);
    }

    private boolean closeIfSlow() {
        long waitingBytes;
        synchronized (lock) {
            if (isClosed) return false;
            waitingBytes = queuedBytes;
        }
        if (waitingBytes <= Protocol.QUEUE_BYTES_MAX) return true;
        fail("too slow: %d bytes wait for the peer".formatted(waitingBytes));
        return false;
    }

    private void every(Duration period) {
        synchronized (lock) {
            if (isClosed) return;
            if (ticking != null) ticking.cancel(false);
            long periodMs = period.toMillis();
            periodNs = period.toNanos();
            ticking =
                    clock.scheduleWithFixedDelay(
                            this::tickSafely, periodMs, periodMs, TimeUnit.MILLISECONDS);
        }
    }

    /// An exception would end the schedule, and with it the silence timer.
    private void tickSafely() {
        try {
            tick();
        } catch (RuntimeException e) {
            fail("heartbeat failed: " + e);
        }
    }

    private void handle(I message) {
        synchronized (lock) {
            if (isClosed) return;
        }
        try {
            handler.received(message);
        } catch (RuntimeException e) {
            fail("handler failed: " + e);
        }
    }

    private void end(String why, boolean inOrder) {
        Pipe<P> ended;
        synchronized (lock) {
            if (isClosed) return;
            isClosed = true;
            if (ticking != null) ticking.cancel(false);
            ended = pipe;
            // A goodbye must not be lost because the transport was busy at that moment.
            if (ended != null && inOrder) queue.forEach(ended::write);
            queue.clear();
        }
        if (ended != null && inOrder) ended.finish();
        if (ended != null && !inOrder) ended.abort(why);
        deliver(() -> handler.closed(why));
    }

    /// Runs calls to the handler one after the other, also those made from within one. Whoever
    /// finds the handler busy leaves the call to the thread that keeps it busy.
    private void deliver(Runnable call) {
        synchronized (inbox) {
            inbox.add(call);
            if (isDelivering) return;
            isDelivering = true;
        }
        for (var next = nextCall(); next != null; next = nextCall()) next.run();
    }

    private @Nullable Runnable nextCall() {
        synchronized (inbox) {
            var next = inbox.poll();
            if (next == null) isDelivering = false;
            return next;
        }
    }
}
