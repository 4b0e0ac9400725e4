package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What a run claims of the fleet. It can be changed while the run goes on.
final class ClaimOptions {
    @Option(
            names = "--weight",
            paramLabel = "N",
            description = {
                "its share of the fleet's time against other runs of its priority, 1 to 1000",
                "(default: 1): of two runs with 3 and 1 the first gets three quarters"
            })
    private Optional<Integer> weight = Optional.empty();

    @Option(
            names = "--priority",
            paramLabel = "NAME",
            description = {
                "low, normal or high (default: normal); a step is worth four times the",
                "weight, and nothing waits for ever"
            })
    private Optional<String> priority = Optional.empty();

    @Option(
            names = "--contributors",
            paramLabel = "WHO",
            description = {
                "whose devices may work for it: everybody (default), mine, or names as",
                "device:NAME,person:ID"
            })
    private Optional<String> contributors = Optional.empty();

    boolean isGiven() {
        return weight.isPresent() || priority.isPresent() || contributors.isPresent();
    }

    /// Adds what was said to `request`; the coordinator knows the rest.
    void addTo(ObjectNode request) {
        weight.ifPresent(value -> request.put("weight", value));
        priority.ifPresent(value -> request.put("priority", value));
        contributors.ifPresent(value -> request.put("contributors", value));
    }
}
