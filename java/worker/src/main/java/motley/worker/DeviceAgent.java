package motley.worker;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import motley.program.Engine;
import motley.wire.discovery.CoordinatorSearch;

/// A device's agent: finds the coordinator, joins, works on what it is given, and comes back by
/// itself when the coordinator was away.
///
/// [#run] belongs to one thread, which also computes, and is called once; [#stop] may be called
/// from any.
public final class DeviceAgent implements AutoCloseable {
    private static final Duration SEARCH = Duration.ofSeconds(3);
    private static final Duration SEARCH_PART = Duration.ofMillis(500);
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_LONGEST = Duration.ofSeconds(2);
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Attendance.Device device;
    private final Engine engine;
    private final Consumer<WorkerEvent> listener;

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile String stopReason = "";
    private volatile Optional<Attendance> present = Optional.empty();

    private DeviceAgent(Attendance.Device device, Engine engine, Consumer<WorkerEvent> listener) {
        this.device = device;
        this.engine = engine;
        this.listener = listener;
    }

    /// Takes an identity of its own and measures the device.
    ///
    /// @param listener is told what happens, by the thread that runs the agent
    /// @throws IOException if `settings.home` cannot be written
    public static DeviceAgent open(
            WorkerSettings settings, Engine engine, Consumer<WorkerEvent> listener)
            throws IOException {
        var machine = new Machine(settings.limits());
        var gflops = SpeedProbe.measure(engine);
        var profile = machine.profile(settings, gflops, engine.numericClass());
        return open(settings, engine, listener, new Measurements(profile, machine::read));
    }

    static DeviceAgent open(
            WorkerSettings settings,
            Engine engine,
            Consumer<WorkerEvent> listener,
            Measurements measurements)
            throws IOException {
        var identity = DeviceIdentity.acquire(settings.home(), settings.name());
        var health = new HealthWatch(settings.limits(), measurements.readings());
        var device = new Attendance.Device(settings, identity, measurements.profile(), health);
        return new DeviceAgent(device, engine, listener);
    }

    /// Works until [#stop] is called or the coordinator sends this device away for good.
    ///
    /// @throws NoCoordinatorException if none was named, none answers and none ever did
    /// @throws TurnedAwayException if the coordinator refuses this device
    public void run() throws InterruptedException {
        var settings = device.settings();
        var blobs = new BlobCache(settings.home().resolve("cache/blobs"));
        var shards =
                new ShardCache(settings.home().resolve("cache/shards"), WorkerSettings.SHARD_BYTES);
        try (var workbench = new Workbench(blobs, shards, engine, settings)) {
            attendUntilStopped(workbench);
        } finally {
            device.health().close();
            stopped.countDown();
        }
    }

    private void attendUntilStopped(Workbench workbench) throws InterruptedException {
        var retry = new Backoff(RETRY_FIRST, RETRY_LONGEST);
        boolean wasFound = false;
        while (!isStopping()) {
            var coordinator = locate(wasFound);
            if (isStopping()) return;
            wasFound |= coordinator.isPresent();
            var reason = "no coordinator answers";
            if (coordinator.isPresent()) {
                var visit = attend(coordinator.get(), workbench);
                if (visit.wasJoined()) retry.reset();
                reason = visit.ending();
            }
            if (isStopping()) return;
            var wait = retry.next();
            listener.accept(new WorkerEvent.Away(reason, wait));
            if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) return;
        }
    }

    private Optional<URI> locate(boolean wasFound) {
        var settings = device.settings();
        if (settings.coordinator().isPresent()) return settings.coordinator();
        int port = settings.discoveryPort();
        listener.accept(new WorkerEvent.Searching(port));
        try {
            // In parts, so that a stop is not kept waiting.
            for (var waited = Duration.ZERO;
                    waited.compareTo(SEARCH) < 0 && !isStopping();
                    waited = waited.plus(SEARCH_PART)) {
                var found = CoordinatorSearch.find(port, SEARCH_PART);
                if (!found.isEmpty()) return Optional.of(found.getFirst().uri());
            }
            if (!wasFound && !isStopping()) throw new NoCoordinatorException(port, SEARCH);
        } catch (IOException e) {
            if (!wasFound) throw new NoCoordinatorException(port, e);
        }
        return Optional.empty();
    }

    /// @param ending why it ended
    private record Visit(boolean wasJoined, String ending) {}

    /// One session, from hello to its end.
    private Visit attend(URI coordinator, Workbench workbench) throws InterruptedException {
        listener.accept(new WorkerEvent.Connecting(coordinator));
        try (var attendance = Attendance.connect(device, workbench, coordinator, listener)) {
            present = Optional.of(attendance);
            if (isStopping()) attendance.leave(stopReason); // The stop could not see it yet.
            var ending = attendance.run();
            return new Visit(attendance.isJoined(), ending);
        } finally {
            present = Optional.empty();
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /// Gives back the task in hand, says goodbye and lets [#run] return; waits a moment for that.
    public void stop(String reason) {
        stopReason = reason;
        stopping.countDown();
        present.ifPresent(attendance -> attendance.leave(reason));
        try {
            var _ = stopped.await(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets go of the identity. Close it after [#run] has returned.
    @Override
    public void close() throws IOException {
        device.health().close();
        device.identity().close();
    }
}
