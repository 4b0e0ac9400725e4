package motley.wire;

import java.util.List;
import java.util.OptionalDouble;

/// What a device has. What could not be measured is empty, never invented.
///
/// @param threads how many its owner lends
/// @param memoryLimitBytes how much its owner lends
/// @param gflops measured speed of a short matrix product on all lent threads
/// @param numericClass devices of one class compute bit-identical results
public record DeviceProfile(
        String operatingSystem,
        String processor,
        int cores,
        int threads,
        long memoryBytes,
        long memoryLimitBytes,
        OptionalDouble gflops,
        List<String> engines,
        String numericClass,
        String version) {
    public DeviceProfile {
        engines = List.copyOf(engines);
    }
}
