package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which devices take part in a run, and in what.
final class CrewOptions {
    @Option(
            names = "--min-devices",
            paramLabel = "N",
            defaultValue = "1",
            description = "wait for so many before the first step (default: ${DEFAULT-VALUE})")
    private int min;

    @Option(
            names = "--max-devices",
            paramLabel = "N",
            defaultValue = "0",
            description = "let at most so many take part (default: any number)")
    private int max;

    @Option(
            names = "--slow-factor",
            paramLabel = "X",
            description = {
                "devices that take more than X times as long as the median get evaluations and",
                "repeats only, while others are at work (default: 16; 0: never)"
            })
    private Optional<Double> slowFactor = Optional.empty();

    /// Adds what was said to `request`, which the coordinator checks.
    void addTo(ObjectNode request) {
        request.put("minDevices", min).put("maxDevices", max);
        slowFactor.ifPresent(value -> request.put("slowFactor", value));
    }
}
