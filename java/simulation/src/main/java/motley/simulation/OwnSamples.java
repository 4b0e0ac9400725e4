package motley.simulation;

import java.util.List;
import motley.rounds.DeviceId;
import motley.rounds.Range;

/// The samples that stay on a device: those of one have nothing to do with those of another, and a
/// device that loses its disk comes back with others.
final class OwnSamples {
    private static final int COUNT_MAX = 20;

    private OwnSamples() {}

    static Range of(DeviceId device) {
        int number = Math.toIntExact(device.value());
        return new Range(number * COUNT_MAX, 1 + number * 7 % COUNT_MAX);
    }

    static List<Long> gradient(int epoch, DeviceId device, List<Long> weights) {
        return IntegerModel.gradient(epoch, of(device), weights);
    }
}
