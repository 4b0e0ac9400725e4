package motley.worker;

import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import motley.wire.DeviceHealth;

/// Looks at the machine every second and decides whether its owner allows work.
///
/// It starts watching when somebody listens, and ends when closed.
final class HealthWatch implements AutoCloseable {
    private static final long PERIOD_MS = 1000;

    private final OwnerLimits limits;
    private final Machine machine = new Machine();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("health").factory());
    private volatile Consumer<DeviceHealth> listener = _ -> {};
    private boolean isWatching;

    HealthWatch(OwnerLimits limits) {
        this.limits = limits;
    }

    Machine machine() {
        return machine;
    }

    /// From now on tells `next`, and nobody else, how the machine is.
    synchronized void listen(Consumer<DeviceHealth> next) {
        listener = next;
        if (isWatching || clock.isShutdown()) return;
        isWatching = true;
        var _ = clock.scheduleAtFixedRate(this::look, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        var health = DeviceHealth.unknown();
        try {
            var reading = machine.read();
            health = withPause(reading.health(), limits.pauseReason(reading));
        } catch (RuntimeException e) {
            // A sensor that fails leaves its values unknown; the device works on.
        }
        listener.accept(health);
    }

    private static DeviceHealth withPause(DeviceHealth health, Optional<String> pausedBecause) {
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
