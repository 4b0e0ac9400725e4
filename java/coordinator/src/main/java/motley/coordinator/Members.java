package motley.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import motley.rounds.DeviceId;
import motley.rounds.State;
import org.jspecify.annotations.Nullable;

/// The devices a run has to do with, by the numbers that the training loop knows them by.
///
/// Confined to the run's thread.
final class Members {
    private static final int GONE_MAX = 256;

    private final Map<DeviceId, Device> devices = new HashMap<>();

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

    /// Devices come and go for as long as a run lasts; those that are gone are not kept.
    void forgetGone(State state) {
        var here = state.fleet().devices();
        if (devices.size() <= 2 * here.size() + GONE_MAX) return;
        devices.entrySet().removeIf(m -> !here.has(m.getKey()) && m.getValue().session().isEmpty());
    }
}
