package motley.coordinator;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import motley.coordinator.operations.Counters;
import motley.coordinator.operations.Exposition;
import motley.coordinator.operations.Exposition.Type;
import motley.coordinator.operations.Readiness;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.Journal;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.RunProgress;
import org.jdbi.v3.core.JdbiException;

/// The figures of a coordinator at one moment, and whether it can work. Any thread may call.
///
/// @param home where what must survive lies
record CoordinatorFigures(
        Path home, Fleet fleet, Runs runs, Database database, Journal journal, Counters counters) {
    /// A run's checkpoints and a data set's shards need more than that; below it nothing is kept.
    private static final long DISK_BYTES_MIN = 64L << 20;

    private static final long LOOK_MS = 1_000;

    /// What goes over all devices of one run; runs that are over are not there, so that the number
    /// of series stays bounded.
    private record OfRun(String name, Type type, String help, ToDoubleFunction<RunHandle> value) {}

    private static final List<OfRun> OF_RUNS =
            List.of(
                    gauge("run_devices", "Devices at work for a run.", r -> progress(r).devices()),
                    gauge(
                            "run_mailbox_messages",
                            "Messages that a run has not looked at yet.",
                            CoordinatorFigures::mailbox),
                    gauge(
                            "run_samples_per_second",
                            "Training samples of a run a second, lately.",
                            r -> progress(r).samplesPerSecond()),
                    gauge(
                            "run_samples_done",
                            "Training samples in the parameters of a run.",
                            r -> progress(r).samplesDone()),
                    gauge(
                            "run_samples",
                            "Training samples that a run takes, over all epochs.",
                            r -> progress(r).samplesInRun()),
                    gauge("run_epoch", "Epochs a run has behind it.", r -> progress(r).epoch()),
                    gauge(
                            "run_loss_nats",
                            "Training loss of a run's latest round.",
                            r -> r.view().lastRound().map(m -> m.loss()).orElse(Double.NaN)),
                    gauge(
                            "run_accuracy_ratio",
                            "Accuracy of a run's latest evaluation, [0, 1].",
                            r ->
                                    r.view()
                                            .lastEvaluation()
                                            .map(m -> m.accuracy())
                                            .orElse(Double.NaN)));

    private static OfRun gauge(String name, String help, ToDoubleFunction<RunHandle> value) {
        return new OfRun(name, Type.GAUGE, help, value);
    }

    private static RunProgress progress(RunHandle run) {
        return run.view().progress();
    }

    private static int mailbox(RunHandle run) {
        var loop = run.loop();
        return loop == null ? 0 : loop.mailboxDepth();
    }

    /// Looks at what a coordinator cannot work without.
    Readiness readiness() {
        SequencedMap<String, BooleanSupplier> checks = new LinkedHashMap<>();
        checks.put("database", this::databaseAnswers);
        checks.put("journal", () -> journal.trouble().isEmpty());
        checks.put("disk", () -> freeBytes() >= DISK_BYTES_MIN);
        long started = System.nanoTime();
        return new Readiness(
                checks, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started), LOOK_MS);
    }

    private boolean databaseAnswers() {
        try {
            return database.jdbi()
                            .withHandle(h -> h.createQuery("select 1").mapTo(Integer.class).one())
                    == 1;
        } catch (JdbiException e) {
            return false;
        }
    }

    /// Writes all figures.
    void write(Exposition to) {
        devices(to);
        runs(to);
        counters.write(to);
        process(to);
    }

    private void devices(Exposition to) {
        var states = new EnumMap<DeviceView.State, Long>(DeviceView.State.class);
        for (var state : DeviceView.State.values()) states.put(state, 0L);
        for (var device : fleet.views()) states.merge(device.state(), 1L, Long::sum);
        to.family("devices", Type.GAUGE, "Devices met since the start, by what they do.");
        states.forEach((state, count) -> to.sample("state", Json.word(state), count));
    }

    private void runs(Exposition to) {
        var statuses = new EnumMap<Status, Long>(Status.class);
        for (var status : Status.values()) statuses.put(status, 0L);
        for (var run : runs.all()) statuses.merge(run.status(), 1L, Long::sum);
        to.family("runs", Type.GAUGE, "Runs that are kept, by their status.");
        statuses.forEach((status, count) -> to.sample("status", Json.word(status), count));
        var going = runs.all().stream().filter(run -> !run.status().isOver()).toList();
        for (var figure : OF_RUNS) {
            to.family(figure.name, figure.type, figure.help);
            going.forEach(run -> to.sample("run", run.id(), figure.value.applyAsDouble(run)));
        }
    }

    private void process(Exposition to) {
        boolean isWritten = journal.trouble().isEmpty();
        to.family("journal_writable", Type.GAUGE, "1: what happens is written down; 0: it waits.")
                .sample(isWritten ? 1L : 0L);
        to.family("disk_free_bytes", Type.GAUGE, "Free where the coordinator keeps everything.")
                .sample(freeBytes());
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        bytes(to, "jvm_heap_used_bytes", "Java objects.", heap.getUsed());
        bytes(to, "jvm_heap_max_bytes", "What Java objects may take.", heap.getMax());
        var other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        bytes(to, "jvm_other_used_bytes", "Classes and compiled code.", other.getUsed());
        to.family("jvm_threads", Type.GAUGE, "Platform threads.")
                .sample(ManagementFactory.getThreadMXBean().getThreadCount());
        double upMs = ManagementFactory.getRuntimeMXBean().getUptime();
        to.family("uptime_seconds", Type.GAUGE, "Since the process started.").sample(upMs / 1_000);
        collections(to);
    }

    private static void bytes(Exposition to, String name, String help, long value) {
        to.family(name, Type.GAUGE, help).sample(value);
    }

    private static void collections(Exposition to) {
        long ms = 0;
        for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ms += Math.max(0, collector.getCollectionTime());
        }
        to.family("jvm_collection_seconds_total", Type.COUNTER, "Time spent freeing memory.")
                .sample(ms / 1e3);
    }

    private long freeBytes() {
        try {
            return Files.getFileStore(home).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }
}
