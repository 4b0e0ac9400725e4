package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A fixed pool of platform threads that work through numbered tasks together with their caller.
///
/// Tasks are handed out one at a time to whoever is free, so a thread that the operating system
/// holds back delays one task and not a share of all. Idle threads spin for a moment, then park. A
/// thread that wakes late finds nothing to do and is not waited for.
///
/// One caller at a time; a body must not call [#forEach] of its own pool. Closed by its owner,
/// after the last [#forEach] returned; the threads are daemons.
public final class Threads implements AutoCloseable {
    /// Polls before parking: about 20 µs, the length of the gaps between the kernels of a step.
    private static final int SPINS = 1_000;

    /// The work of a numbered task.
    @FunctionalInterface
    public interface Body {
        /// @param index which task, from 0
        /// @param worker who runs it, from 0 to the pool's size, exclusive: for memory of its own
        void run(int index, int worker);
    }

    /// The low half of a ticket while `body` and `count` change: nothing to claim.
    private static final long EXHAUSTED = Integer.MAX_VALUE;

    /// The high half grows with each call of [#forEach], the low half counts the tasks handed out
    /// in this call. A task is claimed by compare-and-set of both, which fails if `body` or `count`
    /// may have changed since the ticket was read.
    private final AtomicLong ticket = new AtomicLong();

    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final List<Worker> workers;
    private volatile Body body = (index, worker) -> {};
    private volatile int count;
    private volatile boolean closed;

    private Threads(int size) {
        workers = IntStream.range(1, size).mapToObj(Worker::new).toList();
    }

    /// Starts `size - 1` threads: the caller of [#forEach] is the remaining one.
    public static Threads open(int size) {
        require(size >= 1 && size <= 1024, "threads: %d (expected: 1 to 1024)", size);
        var threads = new Threads(size);
        threads.workers.forEach(worker -> worker.thread.start());
        return threads;
    }

    /// The number of workers, the caller included.
    public int size() {
        return workers.size() + 1;
    }

    /// Runs `body` for each index in `[0, tasks)`, each once, in no particular order, and returns
    /// when all are done. What the bodies wrote is visible to the caller. An interrupt of the
    /// caller is kept for later.
    ///
    /// After a body has thrown, tasks not yet begun are skipped and the first exception is thrown.
    ///
    /// @throws IllegalStateException if the pool is closed or already running
    public void forEach(int tasks, Body body) {
        if (closed) throw new IllegalStateException("threads: closed (expected: open)");
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("threads: already running (expected: one caller)");
        }
        try {
            if (workers.isEmpty() || tasks <= 1) {
                for (int index = 0; index < tasks; index++) body.run(index, 0);
            } else {
                share(tasks, body);
            }
        } finally {
            busy.set(false);
        }
    }

    private void share(int tasks, Body newBody) {
        long call = ticket.get() >>> 32;
        ticket.set((call + 1) << 32 | EXHAUSTED);
        failure.set(null);
        done.set(0);
        body = newBody;
        count = tasks;
        ticket.set((call + 2) << 32);
        for (var worker : workers) worker.wake();
        work(0);
        awaitDone(tasks);
        var thrown = failure.get();
        if (thrown instanceof RuntimeException exception) throw exception;
        if (thrown instanceof Error error) throw error;
    }

    /// Claims and runs tasks until none is left.
    private void work(int worker) {
        while (true) {
            long claimed = ticket.get();
            var current = body;
            int tasks = count;
            int index = (int) claimed;
            if (index >= tasks) return;
            if (ticket.compareAndSet(claimed, claimed + 1)) runOne(current, index, worker, tasks);
        }
    }

    private void runOne(Body current, int index, int worker, int tasks) {
        try {
            if (failure.get() == null) current.run(index, worker);
        } catch (RuntimeException | Error thrown) {
            failure.compareAndSet(null, thrown);
        } finally {
            if (done.incrementAndGet() == tasks) LockSupport.unpark(waiting.get());
        }
    }

    private void awaitDone(int tasks) {
        boolean interrupted = false;
        for (int spin = 0; done.get() < tasks; spin++) {
            if (spin < SPINS) {
                Thread.onSpinWait();
                continue;
            }
            waiting.set(Thread.currentThread());
            if (done.get() < tasks) LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        waiting.set(null);
        if (interrupted) Thread.currentThread().interrupt();
    }

    /// Ends the threads and waits for them.
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (var worker : workers) {
            LockSupport.unpark(worker.thread);
            interrupted |= !joined(worker.thread);
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /// Waits for the end of `thread`; false if this thread was interrupted meanwhile.
    private static boolean joined(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return !interrupted;
    }

    private final class Worker implements Runnable {
        private final int number;
        private final Thread thread;
        private volatile boolean parked;

        Worker(int number) {
            this.number = number;
            thread = Thread.ofPlatform().daemon().name("motley-kernel-" + number).unstarted(this);
        }

        @Override
        public void run() {
            long seen = 0;
            while (!closed) {
                long call = awaitCall(seen);
                if (call != seen) work(number);
                seen = call;
            }
        }

        /// Returns the number of the newest call of [#forEach]; `seen` itself after an unpark.
        private long awaitCall(long seen) {
            for (int spin = 0; spin < SPINS; spin++) {
                long call = ticket.get() >>> 32;
                if (call != seen) return call;
                Thread.onSpinWait();
            }
            parked = true;
            // Either this sees the new ticket, or the caller sees `parked`.
            if (ticket.get() >>> 32 == seen && !closed) LockSupport.park(Threads.this);
            parked = false;
            return ticket.get() >>> 32;
        }

        void wake() {
            if (parked) LockSupport.unpark(thread);
        }
    }
}
