package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Devices that have joined a coordinator, with the speeds that they measured.
///
/// @param devices those whose speed is known
/// @param unknown how many others there are: another person's, or ones that measured nothing
/// @param gflops of a device of speed 1
record JoinedFleet(List<DeviceGroup> devices, int unknown, double gflops) {
    JoinedFleet {
        devices = List.copyOf(devices);
    }

    /// @param answer of `GET /v1/devices`
    /// @param here GFLOP/s that stand for speed 1; empty: those of the fastest device
    /// @throws UserException if no device with a known speed is there
    static JoinedFleet of(JsonNode answer, Optional<Double> here) {
        var names = new ArrayList<String>();
        var speeds = new ArrayList<Double>();
        int unknown = 0;
        for (var device : answer.path("devices")) {
            if (device.path("state").asText().equals("silent")) continue;
            double gflops = device.path("profile").path("gflops").asDouble(0);
            if (gflops > 0) {
                names.add(device.path("name").asText());
                speeds.add(gflops);
            } else {
                unknown++;
            }
        }
        var fastest = speeds.stream().max(Double::compare);
        if (fastest.isEmpty()) {
            throw new UserException(
                    "--devices-of: no device there tells its speed (expected: one that has joined,"
                            + " and is yours)");
        }
        double one = here.orElse(fastest.get());
        var devices = new ArrayList<DeviceGroup>();
        for (int i = 0; i < names.size(); i++) {
            devices.add(new DeviceGroup(1, speeds.get(i) / one, Optional.of(names.get(i))));
        }
        return new JoinedFleet(devices, unknown, one);
    }

    String text() {
        var others = unknown == 0 ? "" : "; %d more whose speed is not known".formatted(unknown);
        return "%d devices have joined%s; speed 1 is %.1f GFLOP/s"
                .formatted(devices.size(), others, gflops);
    }
}
