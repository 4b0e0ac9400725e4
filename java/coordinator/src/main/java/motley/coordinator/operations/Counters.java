package motley.coordinator.operations;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import motley.coordinator.operations.Exposition.Type;
import motley.rounds.Kind;
import motley.rounds.Refusal;
import motley.rounds.Task;

/// What has happened since the coordinator started. Any thread may count.
public final class Counters {
    private final Map<Kind, LongAdder> tasks = new EnumMap<>(Kind.class);
    private final Map<Kind, LongAdder> samples = new EnumMap<>(Kind.class);
    private final Map<String, LongAdder> refusals = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final LongAdder rounds = new LongAdder();
    private final LongAdder evaluations = new LongAdder();
    private final LongAdder checkpoints = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();

    public Counters() {
        for (var kind : Kind.values()) {
            tasks.put(kind, new LongAdder());
            samples.put(kind, new LongAdder());
        }
        for (int family = 2; family <= 5; family++) requests.put(family + "xx", new LongAdder());
    }

    /// A device's answer counts.
    public void accepted(Task task) {
        adder(tasks, task.kind()).increment();
        adder(samples, task.kind()).add(task.samples().count());
    }

    /// A device's answer does not count.
    public void refused(Refusal why) {
        refusals.computeIfAbsent(word(why), _ -> new LongAdder()).increment();
    }

    /// A round has moved the parameters.
    public void applied() {
        rounds.increment();
    }

    public void evaluated() {
        evaluations.increment();
    }

    /// A checkpoint is durable.
    public void saved() {
        checkpoints.increment();
    }

    /// A run was too far behind to be told something.
    public void lost() {
        lost.increment();
    }

    /// Bulk bytes towards a device.
    public void sent(long bytes) {
        sent.add(bytes);
    }

    /// Bulk bytes from a device.
    public void received(long bytes) {
        received.add(bytes);
    }

    /// A request was answered.
    ///
    /// @param status of HTTP
    public void answered(int status) {
        requests.computeIfAbsent(status / 100 + "xx", _ -> new LongAdder()).increment();
    }

    public void write(Exposition to) {
        to.family("tasks_accepted_total", Type.COUNTER, "Answers of devices that count.");
        tasks.forEach((kind, count) -> to.sample("kind", word(kind), count.sum()));
        to.family("samples_accepted_total", Type.COUNTER, "Samples in answers that count.");
        samples.forEach((kind, count) -> to.sample("kind", word(kind), count.sum()));
        to.family(
                "contributions_refused_total",
                Type.COUNTER,
                "Answers of devices that do not count; late and repeated ones are ordinary.");
        refusals.forEach((reason, count) -> to.sample("reason", reason, count.sum()));
        one(to, "rounds_applied_total", "Rounds that moved the parameters.", rounds);
        one(to, "evaluations_total", "Evaluations of all runs.", evaluations);
        one(to, "checkpoints_total", "Checkpoints that became durable.", checkpoints);
        one(to, "messages_lost_total", "Messages to runs that were too far behind.", lost);
        one(to, "sent_bytes_total", "Parameters and inputs sent to devices over HTTP.", sent);
        one(to, "received_bytes_total", "Contributions received over HTTP.", received);
        to.family("http_requests_total", Type.COUNTER, "Requests answered, by their status.");
        requests.forEach((status, count) -> to.sample("status", status, count.sum()));
    }

    private static void one(Exposition to, String name, String help, LongAdder count) {
        to.family(name, Type.COUNTER, help).sample(count.sum());
    }

    private static LongAdder adder(Map<Kind, LongAdder> of, Kind kind) {
        var adder = of.get(kind);
        if (adder == null) throw new IllegalStateException("there is one for every kind");
        return adder;
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /// The few words that a label may have: never what was offered.
    private static String word(Refusal why) {
        return switch (why) {
            case Refusal.WrongRound _ -> "wrong-round";
            case Refusal.WrongVersion _ -> "wrong-version";
            case Refusal.TooOld _ -> "too-old";
            case Refusal.StaleFence _ -> "stale-fence";
            case Refusal.SlotFilled _ -> "slot-filled";
            case Refusal.NotHolder _ -> "not-holder";
            case Refusal.NotFinite _ -> "not-finite";
            case Refusal.NormTooLarge _ -> "norm-too-large";
            case Refusal.WrongShape _ -> "wrong-shape";
            case Refusal.WrongCount _ -> "wrong-count";
            case Refusal.Quarantined _ -> "quarantined";
            case Refusal.RunNotActive _ -> "run-not-active";
        };
    }
}
