package motley.coordinator;

import java.util.List;
import java.util.stream.Collectors;

/// Devices that a run could have and that do not work, each with its reason.
final class Bystanders {
    /// How many are named.
    static final int NAMED_MAX = 3;

    private Bystanders() {}

    /// What is said of them after the reason that `run` waits for; empty if there are none.
    ///
    /// Those of other people are named only if they have worked for the run: whose device it is
    /// and how it fares is not everybody's business.
    static String text(List<DeviceView> devices, String run, String owner) {
        var waiting =
                devices.stream()
                        .filter(device -> device.reason().isPresent())
                        .filter(device -> concerns(device, run, owner))
                        .toList();
        var named =
                waiting.stream()
                        .limit(NAMED_MAX)
                        .map(device -> " %s: %s.".formatted(device.name(), device.reason().get()))
                        .collect(Collectors.joining());
        int more = waiting.size() - NAMED_MAX;
        return more > 0 ? named + " And %d more: see `motley devices`.".formatted(more) : named;
    }

    private static boolean concerns(DeviceView device, String run, String owner) {
        if (device.run().isPresent()) return device.run().get().equals(run);
        boolean isHere = device.state() != DeviceView.State.SILENT;
        return isHere && device.owner().equals(owner);
    }
}
