package motley.app;

import java.util.Optional;
import java.util.OptionalDouble;
import motley.worker.OwnerHours;
import motley.worker.OwnerLimits.Surroundings;
import picocli.CommandLine.Option;

/// When a device may work, at which heat, over which network.
final class SurroundingsOptions {
    @Option(
            names = "--hours",
            paramLabel = "H-H",
            description = "work at these times of the day only, as 22-7 or 18:30-23,7-8")
    private Optional<String> hours = Optional.empty();

    @Option(
            names = "--heat-max",
            paramLabel = "CELSIUS",
            description = {
                "pause while the processor is hotter, until it is 5 degrees cooler; where the",
                "machine does not tell its heat, it works"
            })
    private Optional<Double> heatMax = Optional.empty();

    @Option(
            names = "--not-metered",
            description = {
                "pause while the network is paid by the byte, as NetworkManager knows it; where",
                "nobody knows, it works"
            })
    private boolean notMetered;

    /// @throws UserException if an option is wrong
    Surroundings limits() {
        try {
            return new Surroundings(
                    hours.map(OwnerHours::parse).orElse(OwnerHours.ALWAYS),
                    heatMax.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                    notMetered);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + String.valueOf(e.getMessage()), e);
        }
    }
}
