package motley.app;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// What simulated devices count and time. Any thread may call.
final class LoadTally {
    final AtomicLong joined = new AtomicLong();
    final LongAdder given = new LongAdder();
    final LongAdder accepted = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder revoked = new LongAdder();
    final LongAdder idle = new LongAdder();
    final LongAdder sessionsLost = new LongAdder();
    final LongAdder rejoined = new LongAdder();
    final LongAdder failedTransfers = new LongAdder();

    /// From the request for work to the task; of requests that were answered by a task at once.
    final Latencies leases = new Latencies();

    /// From the word that a task is done to the word that it counts.
    final Latencies answers = new Latencies();

    /// Of a transfer of parameters or of a contribution.
    final Latencies transfers = new Latencies();

    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();

    /// Something went another way than it should have; digits are left out, so that like goes with
    /// like.
    void because(String reason) {
        var kind = reason.replaceAll("[0-9]+", "#");
        reasons.computeIfAbsent(kind, _ -> new LongAdder()).increment();
    }

    /// How often each reason was given.
    Map<String, Long> reasons() {
        var counts = new TreeMap<String, Long>();
        reasons.forEach((reason, count) -> counts.put(reason, count.sum()));
        return counts;
    }

    /// Tasks that were given and of which nothing more was heard.
    long lost() {
        return given.sum() - accepted.sum() - refused.sum() - revoked.sum();
    }

    /// Measures from now on.
    void begin() {
        leases.begin();
        answers.begin();
        transfers.begin();
    }

    /// Measures no more.
    void end() {
        leases.end();
        answers.end();
        transfers.end();
    }
}
