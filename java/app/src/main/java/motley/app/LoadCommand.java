package motley.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import motley.interchange.ModelJson;
import motley.nn.Layer.Dense;
import motley.nn.Model;
import motley.tensor.TensorType;
import motley.wire.GrpcSessions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures a coordinator under the load of many devices: row N17.
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a coordinator under the load of many simulated devices, over real sockets:",
            "each has its session, sends heartbeats, asks for work, fetches parameters, waits",
            "where a real one computes, and sends a contribution. Whose session is lost joins",
            "again within two seconds. They train a net of ten numbers",
            "on made-up samples, as a run of the coordinator's, which is stopped in the end.",
            "Prints how long requests for work, answers and transfers took, and what was lost."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  motley serve --port 8123 &",
            "  motley load --url http://127.0.0.1:8123 --devices 10000 --seconds 60",
            "",
            "A connection a device takes as many open files: raise their limit with `ulimit -n`,",
            "or let devices share connections with --per-connection."
        })
final class LoadCommand implements Runnable {
    private static final int DEVICES_MAX = 100_000;
    private static final int THREADS = 2;

    /// Files that a process has open beside its sessions.
    private static final int FILES_MORE = 1_000;

    /// Devices that are being let in at once.
    private static final int JOINING_MAX = 200;

    /// Requests that waited behind those who joined are no part of what is measured.
    private static final int SETTLE_S = 10;

    private static final int FEATURES = 4;
    private static final int CLASSES = 2;
    private static final int TEST_SAMPLES = 8;

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();

    @Option(
            names = "--devices",
            paramLabel = "N",
            defaultValue = "10000",
            description = "simulated (default: ${DEFAULT-VALUE})")
    private int devices;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "measured, ten after all have joined (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--task-seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "a task takes, half as long to half as long again (${DEFAULT-VALUE})")
    private double taskSeconds;

    @Option(
            names = "--per-connection",
            paramLabel = "N",
            defaultValue = "1",
            description = "devices that share a connection (default: ${DEFAULT-VALUE})")
    private int perConnection;

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        requireSane();
        var console = output.console();
        Calls.with(coordinator, api -> measure(api, console));
    }

    private void requireSane() {
        require("--devices", devices, 1, DEVICES_MAX);
        require("--seconds", seconds, 1, 86_400);
        require("--per-connection", perConnection, 1, GrpcSessions.SESSIONS_PER_CONNECTION_MAX);
        if (!(taskSeconds >= 0.01 && taskSeconds <= 3600)) {
            throw new UserException(
                    "--task-seconds: %s (expected: 0.01 to 3600)".formatted(taskSeconds));
        }
        int needed = Math.ceilDiv(devices, perConnection) + FILES_MORE;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                && unix.getMaxFileDescriptorCount() < needed) {
            throw new UserException(
                    "open files: at most %d (expected: %d; raise it with `ulimit -n`, or share"
                                    .formatted(unix.getMaxFileDescriptorCount(), needed)
                            + " connections with --per-connection)");
        }
    }

    private static void require(String name, int value, int least, int most) {
        if (value >= least && value <= most) return;
        throw new UserException("%s: %d (expected: %d to %d)".formatted(name, value, least, most));
    }

    private boolean measure(ApiClient api, Console console)
            throws IOException, InterruptedException {
        var run = api.post("/v1/runs", request(api)).path("id").asText();
        console.say("run %s; %d devices join".formatted(run, devices));
        var tally = new LoadTally();
        var crew = new ArrayList<LoadDevice>();
        long startNs = System.nanoTime();
        try (var clock = Executors.newSingleThreadScheduledExecutor();
                var transfers = new LoadTransfers(api.coordinator(), tally);
                var sessions = new GrpcSessions(api.coordinator(), perConnection, THREADS)) {
            var means =
                    new LoadDevice.Means(
                            clock, Math.round(1000 * taskSeconds), sessions::connect, api.token());
            join(crew, () -> new LoadDevice(crew.size(), tally, transfers, means));
            double joinSeconds = (System.nanoTime() - startNs) / 1e9;
            console.say(
                    "%d joined in %.1f s; measuring for %d s, once they have settled for %d s"
                            .formatted(tally.joined.get(), joinSeconds, seconds, SETTLE_S));
            Thread.sleep(1000L * SETTLE_S);
            tally.begin();
            Thread.sleep(1000L * seconds);
            tally.end();
            crew.forEach(LoadDevice::rest);
            // Tasks in hand are answered, however late the last ones are.
            within(2 * taskSeconds + 10, () -> tally.lost() == 0);
            tell(console, tally, new Outcome(joinSeconds, counted(api), evenness(crew)));
            crew.forEach(LoadDevice::leave);
            api.post("/v1/runs/" + run + "/stop", JsonNodeFactory.instance.objectNode());
            clock.shutdownNow();
        }
        return true;
    }

    private void join(List<LoadDevice> crew, Supplier<LoadDevice> maker)
            throws InterruptedException {
        var joining = new Semaphore(JOINING_MAX);
        for (int i = 0; i < devices; i++) {
            joining.acquire();
            var device = maker.get();
            crew.add(device);
            var _ = device.join().thenRun(joining::release);
        }
        joining.acquire(JOINING_MAX);
    }

    /// A run that has a task for whoever asks: one flow of tasks, whose answers may be old.
    private ObjectNode request(ApiClient api) throws IOException, InterruptedException {
        double tasks = devices / taskSeconds * (seconds + 2 * taskSeconds + 60);
        int samples = Math.clamp(2 * Math.round(tasks), 1 << 12, 1 << 24);
        var request = JsonNodeFactory.instance.objectNode();
        var dataset = request.putObject("dataset");
        dataset.put("trainImages", deposit(api, samples, FEATURES));
        dataset.put("trainLabels", deposit(api, samples));
        dataset.put("trainSamples", samples);
        dataset.put("testImages", deposit(api, TEST_SAMPLES, FEATURES));
        dataset.put("testLabels", deposit(api, TEST_SAMPLES));
        dataset.put("testSamples", TEST_SAMPLES);
        dataset.put("classes", CLASSES);
        var model = Model.sequential("load", TensorType.f32(FEATURES), new Dense(CLASSES));
        try {
            request.set("model", new ObjectMapper().readTree(ModelJson.text(model)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description is JSON", e);
        }
        return request.put("batchSize", 8)
                .put("tasks", 8)
                .put("strategy", "async")
                .put("k", Math.max(1, devices / 8))
                .put("staleness", 64);
    }

    private static String deposit(ApiClient api, int... extents)
            throws IOException, InterruptedException {
        int size = 1;
        for (int extent : extents) size *= extent;
        var content = ByteBuffer.allocate(4 + 4 * extents.length + size);
        content.putInt(0x0800 + extents.length);
        for (int extent : extents) content.putInt(extent);
        for (int i = 0; i < size; i++) content.put((byte) (i % CLASSES));
        Path file = Files.createTempFile("motley-load-", ".idx");
        try {
            Files.write(file, content.array());
            return new DatasetUpload(api).uploadPlain(file);
        } finally {
            Files.delete(file);
        }
    }

    private static void within(double seconds, BooleanSupplier isDone) throws InterruptedException {
        long endNs = System.nanoTime() + Math.round(seconds * 1e9);
        while (!isDone.getAsBoolean() && System.nanoTime() - endNs < 0) Thread.sleep(50);
    }

    /// Tasks of these devices that the coordinator has counted.
    private static long counted(ApiClient api) throws IOException, InterruptedException {
        long tasks = 0;
        for (var device : api.get("/v1/devices").path("devices")) {
            boolean isOurs = device.path("name").asText().startsWith("load-");
            if (isOurs) tasks += device.path("work").path("tasks").asLong();
        }
        return tasks;
    }

    /// What the twentieth with the fewest tasks has at most, of what half of the devices have.
    private static double evenness(List<LoadDevice> crew) {
        var tasks = crew.stream().mapToLong(LoadDevice::answered).sorted().toArray();
        return tasks[tasks.length / 20] / (double) Math.max(1, tasks[tasks.length / 2]);
    }

    /// @param counted tasks that the coordinator has counted
    private record Outcome(double joinSeconds, long counted, double evenness) {}

    private void tell(Console console, LoadTally tally, Outcome outcome) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("devices", tally.joined.get());
        fields.put("joinSeconds", outcome.joinSeconds);
        fields.put("seconds", seconds);
        fields.put("leases", tally.leases.count());
        fields.put("leasesPerSecond", tally.leases.count() / (double) seconds);
        put(fields, "lease", tally.leases);
        put(fields, "answer", tally.answers);
        put(fields, "transfer", tally.transfers);
        fields.put("given", tally.given.sum());
        fields.put("accepted", tally.accepted.sum());
        fields.put("counted", outcome.counted);
        fields.put("evenness", outcome.evenness);
        fields.put("refused", tally.refused.sum());
        fields.put("revoked", tally.revoked.sum());
        fields.put("lost", tally.lost());
        fields.put("sessionsLost", tally.sessionsLost.sum());
        fields.put("rejoined", tally.rejoined.sum());
        fields.put("failedTransfers", tally.failedTransfers.sum());
        fields.put("idle", tally.idle.sum());
        fields.put("reasons", tally.reasons());
        console.emit("load", fields);
        fields.forEach((name, value) -> console.say("%-16s %s".formatted(name, shown(value))));
    }

    private static void put(Map<String, Object> fields, String name, Latencies times) {
        if (times.count() == 0) return;
        fields.put(name + "P50Ms", times.percentileMs(0.50));
        fields.put(name + "P99Ms", times.percentileMs(0.99));
        fields.put(name + "MaxMs", times.percentileMs(1));
    }

    private static String shown(Object value) {
        return value instanceof Double number ? "%.2f".formatted(number) : value.toString();
    }
}
