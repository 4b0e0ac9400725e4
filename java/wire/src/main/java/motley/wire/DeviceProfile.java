package motley.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a device has. What could not be measured is empty, never invented.
///
/// @param threads how many its owner lends
/// @param memoryLimitBytes how much its owner lends
/// @param gflops measured speed of a short matrix product on all lent threads
/// @param numericClass devices of one class compute bit-identical results
/// @param thin what a device knows that runs plans and fetches inputs; empty for one with a
///     compiler and samples of its own
/// @param ownSamples data sets that lie on it and never leave it, by what they are
/// @param limits when and under which conditions its owner lets it work, each in words
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
        String version,
        Optional<Thin> thin,
        List<OwnSamples> ownSamples,
        List<String> limits) {
    public DeviceProfile {
        engines = List.copyOf(engines);
        ownSamples = List.copyOf(ownSamples);
        limits = List.copyOf(limits);
    }

    /// A device that offers no samples, and always works.
    public DeviceProfile(
            String operatingSystem,
            String processor,
            int cores,
            int threads,
            long memoryBytes,
            long memoryLimitBytes,
            OptionalDouble gflops,
            List<String> engines,
            String numericClass,
            String version,
            Optional<Thin> thin) {
        this(
                operatingSystem,
                processor,
                cores,
                threads,
                memoryBytes,
                memoryLimitBytes,
                gflops,
                engines,
                numericClass,
                version,
                thin,
                List.of(),
                List.of());
    }

    /// A device with a compiler and samples of its own.
    public DeviceProfile(
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
        this(
                operatingSystem,
                processor,
                cores,
                threads,
                memoryBytes,
                memoryLimitBytes,
                gflops,
                engines,
                numericClass,
                version,
                Optional.empty());
    }

    /// This profile in another class.
    public DeviceProfile withNumericClass(String other) {
        return with(other, ownSamples, limits);
    }

    /// This profile with data sets on the device.
    public DeviceProfile withOwnSamples(List<OwnSamples> offered) {
        return with(numericClass, offered, limits);
    }

    /// This profile with what the device's owner allows.
    public DeviceProfile withLimits(List<String> words) {
        return with(numericClass, ownSamples, words);
    }

    private DeviceProfile with(String newClass, List<OwnSamples> newSamples, List<String> words) {
        return new DeviceProfile(
                operatingSystem,
                processor,
                cores,
                threads,
                memoryBytes,
                memoryLimitBytes,
                gflops,
                engines,
                newClass,
                version,
                thin,
                newSamples,
                words);
    }

    /// A data set on a device.
    ///
    /// @param input type of one sample's input, in words
    /// @param target type of one sample's target, in words
    /// @param classes labels are below it; 0 where targets are not labels
    public record OwnSamples(String name, int samples, String input, String target, int classes) {
        /// How many a device offers at most.
        public static final int OFFERED_MAX = 16;
    }

    /// What such a device can read and write, by the names of [motley.wire.encoding.Encoding] and
    /// [motley.wire.encoding.ParameterForm]. It takes no tasks of local steps.
    public record Thin(List<String> encodings, List<String> parameterForms) {
        public Thin {
            encodings = List.copyOf(encodings);
            parameterForms = List.copyOf(parameterForms);
        }
    }
}
