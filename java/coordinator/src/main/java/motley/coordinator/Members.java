package motley.coordinator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import motley.rounds.DeviceId;
import motley.rounds.Event;
import motley.rounds.State;
import motley.rounds.Stragglers;
import motley.wire.Hindrance;
import org.jspecify.annotations.Nullable;

/// The devices a run has to do with, by the numbers that the training loop knows them by.
///
/// Confined to the run's thread.
final class Members {
    private static final int GONE_MAX = 256;

    private final Map<DeviceId, Device> devices = new HashMap<>();

    /// Not looked through again before it has grown to this size: a sweep costs each newcomer O(1).
    private int sweptUpTo = GONE_MAX;

    void put(Device device) {
        devices.put(device.number(), device);
    }

    @Nullable Device get(DeviceId number) {
        return devices.get(number);
    }

    /// The loop names only devices that were announced to it.
    Device named(DeviceId number) {
        return Objects.requireNonNull(devices.get(number), number::toString);
    }

    /// What the loop is told of a device that comes.
    static List<Event> arrival(Device device, RunRequest request) {
        var usual =
                List.of(
                        new Event.Vouched(device.number(), device.reputation()),
                        new Event.DeviceJoined(device.number(), device.numericClass()));
        return Stream.concat(usual.stream(), OnDevices.offer(device, request).stream()).toList();
    }

    /// Those that wait for a task, or for a place.
    static List<DeviceId> waiting(State state) {
        var fleet = state.fleet();
        return Stream.concat(fleet.idle().values(), fleet.standby().values()).toList();
    }

    /// Why a device that takes part gets less than others; empty if it does not.
    static Optional<Hindrance> asideBecause(State state, DeviceId device) {
        if (!Stragglers.isSetAside(state, device)) return Optional.empty();
        return Optional.of(
                new Hindrance(
                        "much slower than the others: evaluates, and repeats what they hold",
                        "lend more threads, or close what else is running"));
    }

    /// Devices come and go for as long as a run lasts; those that are gone are not kept.
    void forgetGone(State state) {
        var here = state.fleet().devices();
        if (devices.size() <= Math.max(sweptUpTo, 2 * here.size() + GONE_MAX)) return;
        devices.entrySet().removeIf(m -> !here.has(m.getKey()) && m.getValue().session().isEmpty());
        sweptUpTo = 2 * devices.size() + GONE_MAX;
    }
}
