package motley.worker;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import motley.program.Engine;
import motley.wire.discovery.CoordinatorSearch;
import org.jspecify.annotations.Nullable;

/// A device's agent: finds the coordinator, joins, works on what it is given, and comes back by
/// itself when the coordinator was away.
///
/// [#run] belongs to one thread, which also computes; [#stop] may be called from any.
public final class DeviceAgent implements AutoCloseable {
    private static final Duration SEARCH = Duration.ofSeconds(3);
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MAX = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final WorkerSettings settings;
    private final Engine engine;
    private final Consumer<WorkerEvent> listener;
    private final DeviceIdentity identity;
    private final HealthWatch health;
    private final OptionalDouble gflops;

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Presence presence = Presence.NONE;

    private DeviceAgent(
            WorkerSettings settings,
            Engine engine,
            Consumer<WorkerEvent> listener,
            DeviceIdentity identity,
            OptionalDouble gflops) {
        this.settings = settings;
        this.engine = engine;
        this.listener = listener;
        this.identity = identity;
        this.health = new HealthWatch(settings.limits());
        this.gflops = gflops;
    }

    /// Takes an identity of its own and measures the device.
    ///
    /// @param listener is told what happens, by the thread that runs the agent
    /// @throws IOException if `settings.home` cannot be written
    public static DeviceAgent open(
            WorkerSettings settings, Engine engine, Consumer<WorkerEvent> listener)
            throws IOException {
        var identity = DeviceIdentity.acquire(settings.home(), settings.name());
        var gflops = SpeedProbe.measure(engine);
        return new DeviceAgent(settings, engine, listener, identity, gflops);
    }

    /// Works until [#stop] is called or the coordinator sends this device away for good.
    ///
    /// @throws NoCoordinatorException if none was named, none answers and none ever did
    /// @throws TurnedAwayException if the coordinator refuses this device
    public void run() throws InterruptedException {
        try {
            work();
        } finally {
            health.close();
            stopped.countDown();
        }
    }

    private void work() throws InterruptedException {
        var retry = RETRY_FIRST;
        boolean wasJoined = false;
        while (!isStopping()) {
            var coordinator = locate(wasJoined);
            if (coordinator != null) {
                var reason = attend(coordinator);
                boolean isJoined = presence.wasJoined();
                wasJoined |= isJoined;
                if (isJoined) retry = RETRY_FIRST;
                if (isStopping()) return;
                listener.accept(new WorkerEvent.Away(reason, retry));
            }
            if (stopping.await(retry.toMillis(), TimeUnit.MILLISECONDS)) return;
            retry =
                    retry.multipliedBy(2).compareTo(RETRY_MAX) < 0
                            ? retry.multipliedBy(2)
                            : RETRY_MAX;
        }
    }

    private @Nullable URI locate(boolean wasJoined) {
        if (settings.coordinator().isPresent()) return settings.coordinator().get();
        listener.accept(new WorkerEvent.Searching(settings.discoveryPort()));
        try {
            var found = CoordinatorSearch.find(settings.discoveryPort(), SEARCH);
            if (!found.isEmpty()) return found.getFirst().uri();
            if (!wasJoined) throw new NoCoordinatorException(settings.discoveryPort(), SEARCH);
        } catch (IOException e) {
            if (!wasJoined) throw new NoCoordinatorException(settings.discoveryPort(), e);
        }
        return null;
    }

    /// One session, from hello to its end.
    ///
    /// @return why it ended
    private String attend(URI coordinator) throws InterruptedException {
        listener.accept(new WorkerEvent.Connecting(coordinator));
        var profile = health.machine().profile(settings, gflops, engine.numericClass());
        var attendance =
                new Attendance(
                        new Attendance.Device(settings, identity, profile, health),
                        new RunPreparation(
                                new BlobCache(settings.home().resolve("cache/blobs")),
                                engine,
                                settings.memoryBytes()),
                        coordinator,
                        listener);
        presence = attendance;
        return attendance.run();
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /// Gives back the task in hand, says goodbye and lets [#run] return; waits a moment for that.
    public void stop(String reason) {
        stopping.countDown();
        presence.leave(reason);
        try {
            var _ = stopped.await(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        health.close();
        identity.close();
    }

    /// The agent's present session, as [#stop] sees it.
    interface Presence {
        Presence NONE =
                new Presence() {
                    @Override
                    public boolean wasJoined() {
                        return false;
                    }

                    @Override
                    public void leave(String reason) {}
                };

        boolean wasJoined();

        void leave(String reason);
    }
}
