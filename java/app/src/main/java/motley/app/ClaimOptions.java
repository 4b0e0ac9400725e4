package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import motley.coordinator.credits.Credits;
import picocli.CommandLine.Option;

/// What a run claims of the fleet and of credits.
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

    @Option(
            names = "--budget",
            paramLabel = "CREDITS",
            description = {
                "end it before a round that these do not pay (default: what it takes); a credit",
                "is 10^12 operations, see `motley credits --help`"
            })
    private Optional<String> budget = Optional.empty();

    boolean isGiven() {
        return weight.isPresent()
                || priority.isPresent()
                || contributors.isPresent()
                || budget.isPresent();
    }

    /// Adds what was said to `request`; the coordinator knows the rest.
    ///
    /// @throws UserException if the budget is no number
    void addTo(ObjectNode request) {
        weight.ifPresent(value -> request.put("weight", value));
        priority.ifPresent(value -> request.put("priority", value));
        contributors.ifPresent(value -> request.put("contributors", value));
        budget.ifPresent(value -> request.put("budgetMicros", micros(value)));
    }

    private static long micros(String credits) {
        try {
            return Credits.micros("--budget", credits);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }
}
