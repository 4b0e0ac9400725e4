package motley.worker;

import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import motley.wire.DeviceHealth;
import motley.wire.Hindrance;

/// Looks at the machine every second and decides whether its owner allows work.
///
/// It has a thread of its own, which starts when somebody first listens and ends when it is closed.
final class HealthWatch implements AutoCloseable {
    private static final long PERIOD_MS = 1000;

    private final OwnerLimits limits;
    private final Supplier<Reading> readings;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("health").factory());
    private volatile Consumer<DeviceHealth> listener = HealthWatch::ignore;

    /// Confined to its thread.
    private boolean isPaused;

    /// Guarded by `this`.
    private boolean isWatching;

    HealthWatch(OwnerLimits limits, Supplier<Reading> readings) {
        this.limits = limits;
        this.readings = readings;
    }

    /// From now on tells `next`, and nobody else, how the machine is: soon, then every second.
    synchronized void listen(Consumer<DeviceHealth> next) {
        listener = next;
        if (clock.isShutdown()) return;
        if (isWatching) {
            clock.execute(this::look);
            return;
        }
        isWatching = true;
        var _ = clock.scheduleAtFixedRate(this::look, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    /// Goes on without a listener: shares of the processor are measured between two looks.
    void listenNoMore() {
        listener = HealthWatch::ignore;
    }

    private static void ignore(DeviceHealth nobodyAsked) {}

    private void look() {
        listener.accept(health());
    }

    /// A sensor that fails leaves its values unknown, and the device works on. Sensors reach into
    /// native libraries, which may be missing.
    private DeviceHealth health() {
        try {
            var reading = readings.get();
            var pause = limits.pauseReason(reading, isPaused);
            isPaused = pause.isPresent();
            return withPause(reading.health(), pause.map(Hindrance::text));
        } catch (RuntimeException | LinkageError e) {
            return DeviceHealth.unknown();
        }
    }

    static DeviceHealth withPause(DeviceHealth health, Optional<String> pausedBecause) {
        return new DeviceHealth(
                health.load(),
                health.memoryFreeBytes(),
                health.battery(),
                health.onPower(),
                health.temperatureCelsius(),
                pausedBecause);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
